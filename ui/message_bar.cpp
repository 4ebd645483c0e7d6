// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace weir {

MessageBar::MessageBar(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(&theme), m_label(new QLabel(this)), m_action(new QToolButton(this)) {
  setObjectName(QStringLiteral("messageBar"));
  setAttribute(Qt::WA_StyledBackground);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 3, 6, 3);
  m_label->setObjectName(QStringLiteral("messageText"));
  m_label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  auto* close = new QToolButton(this);
  close->setText(QStringLiteral("✕"));
  close->setAccessibleName(tr("Close message"));
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  m_action->setAccessibleName(tr("What the message offers"));
  connect(m_action, &QToolButton::clicked, this, [this] {
    if (m_act) m_act();
  });
  row->addWidget(m_label, 1);
  row->addWidget(m_action);
  row->addWidget(close);
  hide();
}

void MessageBar::show(const QString& text, bool isError, const QString& action, std::function<void()> act) {
  m_times = text == m_text && isVisible() ? m_times + 1 : 1;
  m_text = text;
  m_label->setText((isError ? QStringLiteral("⚠  ") : QStringLiteral("ⓘ  ")) + text + (m_times > 1 ? QStringLiteral("   ×%1").arg(m_times) : QString()));
  m_label->setToolTip(text);
  QPalette palette = m_label->palette();
  palette.setColor(QPalette::WindowText, isError ? m_theme->error : m_theme->text1);
  m_label->setPalette(palette);
  setProperty("error", isError);
  style()->unpolish(this);
  style()->polish(this);
  m_act = std::move(act);
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  QWidget::show();
}

}  // namespace weir
