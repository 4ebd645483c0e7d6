// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStyle>
#include <QToolButton>
#include <utility>

#include "ui/widgets/plain_text.h"

namespace weir {

/// A label of one line that ends in an ellipsis where it does not fit, or of all its lines.
class MessageLabel final : public QLabel {
public:
  using QLabel::QLabel;
  void setWhole(bool whole) {
    setWordWrap(whole);
    updateGeometry();
    update();
  }
  bool isCut() const {
    return fontMetrics().horizontalAdvance(oneLine()) > width() || text().contains(QLatin1Char('\n'));
  }
  QSize sizeHint() const override {
    return wordWrap() ? QLabel::sizeHint() : QSize(QLabel::sizeHint().width(), fontMetrics().height());
  }
  QSize minimumSizeHint() const override {
    return {0, wordWrap() ? QLabel::minimumSizeHint().height() : fontMetrics().height()};
  }

protected:
  void paintEvent(QPaintEvent* event) override {
    if (wordWrap()) return QLabel::paintEvent(event);
    QPainter p(this);
    p.setPen(palette().color(QPalette::WindowText));
    p.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(oneLine(), Qt::ElideRight, width()));
  }

private:
  QString oneLine() const { return QString(text()).replace(QLatin1Char('\n'), QStringLiteral(" \u00b7 ")); }
};

/// The sign before a message, told apart by its shape: a circle with an i, or a triangle with an exclamation mark.
class MessageMark final : public QWidget {
public:
  explicit MessageMark(QWidget* parent) : QWidget(parent) { setFixedSize(16, 16); }
  void setLook(const QColor& color, bool isError) {
    m_color = color;
    m_isError = isError;
    update();
  }

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    QPen pen(m_color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    p.setPen(pen);
    if (m_isError) {
      p.drawPolygon(QPolygonF({{8, 2}, {14.5, 13.5}, {1.5, 13.5}}));
      p.drawLine(QPointF(8, 6.5), QPointF(8, 9.5));
      p.drawPoint(QPointF(8, 11.7));
    } else {
      p.drawEllipse(QPointF(8, 8), 6.2, 6.2);
      p.drawLine(QPointF(8, 7.5), QPointF(8, 11));
      p.drawPoint(QPointF(8, 5));
    }
  }

private:
  QColor m_color;
  bool m_isError = false;
};

MessageBar::MessageBar(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(&theme),
      m_mark(new MessageMark(this)),
      m_label(new MessageLabel(this)),
      m_count(new QLabel(this)),
      m_offers(new QHBoxLayout),
      m_details(new QToolButton(this)),
      m_close(new QToolButton(this)) {
  setObjectName(QStringLiteral("messageBar"));
  setAttribute(Qt::WA_StyledBackground);
  setMinimumHeight(34);
  m_label->setObjectName(QStringLiteral("messageText"));
  m_label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_label->setTextFormat(Qt::PlainText);
  m_count->setObjectName(QStringLiteral("messageCount"));
  m_count->setFont(uiFont(11));
  m_details->setObjectName(QStringLiteral("messageDetails"));
  m_details->setText(tr("Details"));
  m_details->setAccessibleName(tr("The whole message"));
  m_details->setCheckable(true);
  connect(m_details, &QToolButton::toggled, this, &MessageBar::showDetails);
  m_close->setObjectName(QStringLiteral("messageClose"));
  m_close->setIconSize({16, 16});
  m_close->setAccessibleName(tr("Close message"));
  m_close->setToolTip(tr("Close message"));
  connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
  m_offers->setSpacing(4);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 3, 6, 3);
  row->setSpacing(8);
  row->addWidget(m_mark);
  row->addWidget(m_label, 1);
  row->addWidget(m_count);
  row->addLayout(m_offers);
  row->addWidget(m_details);
  row->addWidget(m_close);
  setTheme(theme);
  hide();
}

void MessageBar::setTheme(const Theme& theme) {
  m_theme = &theme;
  // A warning asks for as much attention as an error.
  const bool isError = m_level >= LogLevel::Warning;
  m_mark->setLook(isError ? theme.error : theme.accent, isError);
  QPalette palette = m_label->palette();
  palette.setColor(QPalette::WindowText, isError ? theme.error : theme.text1);
  m_label->setPalette(palette);
  palette.setColor(QPalette::WindowText, theme.text2);
  m_count->setPalette(palette);
  m_close->setIcon(
      QIcon(theme.isDark ? QStringLiteral(":/weir/close-dark.svg") : QStringLiteral(":/weir/close-light.svg")));
}

void MessageBar::show(const QString& text, LogLevel level, const std::vector<Offer>& offers) {
  m_times = text == m_label->text() && !isHidden() ? m_times + 1 : 1;
  m_label->setText(text);
  m_label->setToolTip(plainToolTip(text));
  m_count->setText(QStringLiteral("\u00d7%1").arg(m_times));
  m_count->setVisible(m_times > 1);
  setAccessibleName(text);
  m_level = level;
  setProperty("error", level >= LogLevel::Warning);
  style()->unpolish(this);
  style()->polish(this);
  setTheme(*m_theme);
  while (QLayoutItem* item = m_offers->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  for (const Offer& offer : offers) {
    auto* button = new QToolButton(this);
    button->setObjectName(QStringLiteral("messageOffer"));
    button->setText(offer.text);
    button->setAccessibleName(offer.text);
    connect(button, &QToolButton::clicked, this, [this, act = offer.act] {
      hide();
      if (act) act();
    });
    m_offers->addWidget(button);
  }
  m_details->setChecked(false);
  QWidget::show();
  updateDetails();
}

void MessageBar::show(const QString& text, LogLevel level, const QString& action, std::function<void()> act) {
  show(text, level, action.isEmpty() ? std::vector<Offer>() : std::vector<Offer>{{action, std::move(act)}});
}

void MessageBar::showDetails(bool on) {
  m_label->setWhole(on);
  m_details->setText(on ? tr("Less") : tr("Details"));
}

// Only a text that is cut has more to show.
void MessageBar::updateDetails() { m_details->setVisible(m_label->isCut() || m_details->isChecked()); }

void MessageBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  QMetaObject::invokeMethod(this, &MessageBar::updateDetails, Qt::QueuedConnection);
}

}  // namespace weir
