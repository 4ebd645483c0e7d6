// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dock_title.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace weir {

namespace {

constexpr int kHeight = 30;
constexpr int kButton = 24;

}  // namespace

DockTitle::DockTitle(const Theme& theme, QDockWidget* dock)
    : QWidget(dock),
      m_name(new QLabel(dock->windowTitle(), this)),
      m_subtitle(new QLabel(this)),
      m_float(new QToolButton(this)),
      m_close(new QToolButton(this)) {
  setObjectName(QStringLiteral("dockTitle"));
  setAttribute(Qt::WA_StyledBackground);
  m_name->setObjectName(dock->objectName() + QStringLiteral("Title"));
  m_name->setFont(uiFont(12, QFont::DemiBold));
  for (QLabel* label : {m_name, m_subtitle}) label->setTextFormat(Qt::PlainText);
  m_subtitle->setFont(uiFont(12));
  m_subtitle->setForegroundRole(QPalette::PlaceholderText);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 0, 4, 0);
  row->setSpacing(2);
  row->addWidget(m_name);
  row->addSpacing(6);
  row->addWidget(m_subtitle, 1);
  const auto button = [&](QToolButton* b, const QString& what, const QString& text) {
    b->setObjectName(dock->objectName() + what);
    b->setAccessibleName(text);
    b->setToolTip(text);
    b->setFixedSize(kButton, kButton);
    b->setIconSize({16, 16});
    row->addWidget(b, 0, Qt::AlignVCenter);
  };
  button(m_float, QStringLiteral("Float"), tr("Detach or put back %1").arg(dock->windowTitle()));
  button(m_close, QStringLiteral("Close"), tr("Close %1").arg(dock->windowTitle()));
  connect(m_float, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
  connect(m_close, &QToolButton::clicked, dock, &QDockWidget::close);
  setTheme(theme);
}

void DockTitle::setTheme(const Theme& theme) {
  m_float->setIcon(lineIcon(QStringLiteral("float"), theme.text2, theme.bg1));
  m_close->setIcon(lineIcon(QStringLiteral("close"), theme.text2, theme.bg1));
}

void DockTitle::setFolded(bool folded) {
  if (folded == m_folded) return;
  m_folded = folded;
  for (QWidget* child : std::initializer_list<QWidget*>{m_name, m_subtitle, m_float, m_close})
    child->setVisible(!folded);
  updateGeometry();
}

// The dock takes the title's size hint, whatever its fixed height.
QSize DockTitle::sizeHint() const { return {QWidget::sizeHint().width(), m_folded ? 0 : kHeight}; }

QSize DockTitle::minimumSizeHint() const {
  return {m_folded ? 0 : QWidget::minimumSizeHint().width(), m_folded ? 0 : kHeight};
}

}  // namespace weir
