// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health_card.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QDialog>
#include <QMenu>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace weir {

namespace {

constexpr Micros kSample = 500'000;
constexpr size_t kSparkPoints = 60;

QString bytesText(double bytes) {
  if (bytes >= 1e6) return QObject::tr("%1 MB/s").arg(bytes / 1e6, 0, 'f', 1);
  if (bytes >= 1e3) return QObject::tr("%1 kB/s").arg(bytes / 1e3, 0, 'f', 1);
  return QObject::tr("%1 B/s").arg(bytes, 0, 'f', 0);
}

}  // namespace

QString durationWords(int64_t ms) {
  const int64_t s = ms / 1000;
  if (s < 60) return QObject::tr("%1 s").arg(s);
  if (s < 3600) return QObject::tr("%1 m %2 s").arg(s / 60).arg(s % 60);
  return QObject::tr("%1 h %2 m").arg(s / 3600).arg(s / 60 % 60);
}

HealthLook healthLook(const ConnectionHealth& h, const Theme& t) {
  using Mark = HealthLook::Mark;
  switch (h.state) {
    case ConnectionState::Idle: return {QObject::tr("Idle"), t.idle, Mark::Ring};
    case ConnectionState::Connecting: return {QObject::tr("Connecting"), t.accent, Mark::HalfRing};
    case ConnectionState::Open:
    case ConnectionState::Live:
      if (h.stale) return {QObject::tr("Stale"), t.stale, Mark::Diamond};
      if (!h.degraded.isEmpty()) return {QObject::tr("Degraded"), t.warn, Mark::Triangle};
      if (h.state == ConnectionState::Live || h.isSink)
        return {h.isSink ? QObject::tr("Open") : QObject::tr("Live"), t.success, Mark::Disc};
      return {QObject::tr("Open"), t.accent, Mark::HalfRing};
    case ConnectionState::Waiting: return {QObject::tr("Retrying"), t.accent, Mark::HalfRing};
    case ConnectionState::Refused: return {QObject::tr("Refused"), t.error, Mark::SlashedRing};
    case ConnectionState::GaveUp: return {QObject::tr("Gave up"), t.error, Mark::Square};
    case ConnectionState::Closed: return {QObject::tr("Closed"), t.idle, Mark::Ring};
  }
  return {};
}

void paintMark(QPainter& p, const QRectF& box, const HealthLook& look) {
  using Mark = HealthLook::Mark;
  const QRectF r = box.adjusted(1.5, 1.5, -1.5, -1.5);
  QPen outline(look.color, 1.6);
  p.setPen(outline);
  p.setBrush(Qt::NoBrush);
  switch (look.mark) {
    case Mark::Ring: p.drawEllipse(r); break;
    case Mark::HalfRing:
      p.drawEllipse(r);
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawPie(r, 90 * 16, 180 * 16);
      break;
    case Mark::Disc:
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawEllipse(r);
      break;
    case Mark::Triangle:
      p.setPen(Qt::NoPen);
      p.setBrush(look.color);
      p.drawPolygon(QPolygonF({QPointF(box.center().x(), box.top() + 1), QPointF(box.right() - 0.5, box.bottom() - 1.5),
                               QPointF(box.left() + 0.5, box.bottom() - 1.5)}));
      break;
    case Mark::Diamond:
      p.drawPolygon(QPolygonF({QPointF(box.center().x(), r.top()), QPointF(r.right(), box.center().y()),
                               QPointF(box.center().x(), r.bottom()), QPointF(r.left(), box.center().y())}));
      break;
    case Mark::Square: p.fillRect(r, look.color); break;
    case Mark::SlashedRing:
      p.drawEllipse(r);
      p.drawLine(r.bottomLeft() + QPointF(1.3, -1.3), r.topRight() + QPointF(-1.3, 1.3));
      break;
  }
}

HealthCard::HealthCard(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(&theme) {
  QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  setSizePolicy(policy);
  setFocusPolicy(Qt::StrongFocus);
  const auto button = [this](const QString& text) {
    auto* b = new QToolButton(this);
    b->setText(text);
    b->setObjectName(QStringLiteral("cardButton"));
    b->setFont(uiFont(11));
    b->hide();
    return b;
  };
  m_reconnect = button(tr("Reconnect now"));
  m_copy = button(tr("Copy error"));
  connect(m_reconnect, &QToolButton::clicked, this, [this] { emit reconnectWanted(m_health.name); });
  connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_health.error + QLatin1Char('\n') + m_health.hint); });
}

bool HealthCard::isFailing() const {
  return m_health.state == ConnectionState::Waiting || m_health.state == ConnectionState::Refused || m_health.state == ConnectionState::GaveUp;
}

void HealthCard::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  placeButtons();
}

void HealthCard::placeButtons() {
  const bool shown = isFailing() || (m_health.state == ConnectionState::Closed);
  m_reconnect->setVisible(shown);
  m_copy->setVisible(shown && !m_health.error.isEmpty());
  m_reconnect->adjustSize();
  m_copy->adjustSize();
  m_reconnect->move(8, height() - m_reconnect->height() - 6);
  m_copy->move(m_reconnect->geometry().right() + 6, m_reconnect->y());
}

void HealthCard::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu;
  menu.addAction(tr("Reconnect now"), this, [this] { emit reconnectWanted(m_health.name); });
  menu.addAction(tr("Disconnect"), this, [this] { emit disconnectWanted(m_health.name); });
  menu.addSeparator();
  menu.addAction(tr("Copy error"), m_copy, &QToolButton::click)->setEnabled(!m_health.error.isEmpty());
  menu.addAction(tr("Copy address"), this, [this] { QApplication::clipboard()->setText(m_health.url); });
  menu.addAction(tr("Bad messages..."), this, &HealthCard::showRejects)->setEnabled(!m_rejects.empty());
  menu.exec(event->globalPos());
}

void HealthCard::showRejects() {
  auto* dialog = new QDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Bad messages of %1").arg(m_health.name));
  dialog->resize(760, 420);
  auto* text = new QPlainTextEdit(dialog);
  text->setAccessibleName(dialog->windowTitle());
  text->setReadOnly(true);
  text->setFont(monoFont(12));
  QString all;
  for (auto it = m_rejects.rbegin(); it != m_rejects.rend(); ++it)
    all += QDateTime::fromMSecsSinceEpoch(toMillis(it->at), Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz  ")) + QString::fromStdString(it->reason) + QStringLiteral("\n    ") +
           QString::fromUtf8(it->payload.data(), static_cast<qsizetype>(std::min<size_t>(it->payload.size(), 4096))) + QStringLiteral("\n\n");
  text->setPlainText(all);
  auto* column = new QVBoxLayout(dialog);
  column->addWidget(text);
  dialog->show();
}

void HealthCard::setTheme(const Theme& theme) {
  m_theme = &theme;
  update();
}

QSize HealthCard::sizeHint() const {
  const bool trouble = m_look.mark == HealthLook::Mark::SlashedRing || m_look.mark == HealthLook::Mark::Square ||
                       m_health.state == ConnectionState::Waiting;
  constexpr int kChecks = 3;
  if (!m_health.checklist.isEmpty()) return {220, 84 + 34 * static_cast<int>(std::min<qsizetype>(m_health.checklist.size(), kChecks))};
  return {220, trouble ? 108 : m_health.isSink ? 100 : 142};
}

void HealthCard::show(const ConnectionHealth& h, Micros now, const std::vector<Reject>& rejects) {
  m_rejects = rejects;
  const uint64_t count = h.isSink ? h.sent : h.messages;
  if (m_sampledAt == 0 || count < m_countAt) {
    m_sampledAt = now;
    m_countAt = count;
    m_bytesAt = h.bytes;
  } else if (now - m_sampledAt >= kSample) {
    const double elapsed = static_cast<double>(now - m_sampledAt) / 1e6;
    m_rate = static_cast<double>(count - m_countAt) / elapsed;
    m_byteRate = static_cast<double>(h.bytes - m_bytesAt) / elapsed;
    m_countAt = count;
    m_bytesAt = h.bytes;
    m_sampledAt = now;
    m_rates.push_back(m_rate);
    if (m_rates.size() > kSparkPoints) m_rates.pop_front();
  }
  const QSize before = sizeHint();
  m_health = h;
  m_now = now;
  m_look = healthLook(h, *m_theme);
  if (h.state == ConnectionState::Waiting)
    m_detail = tr("Attempt %1%2, retrying in %3 s")
                   .arg(h.attempt)
                   .arg(h.maxAttempts < 0 ? QString() : tr(" of %1").arg(h.maxAttempts))
                   .arg(std::max(0.0, std::ceil(static_cast<double>(h.nextTry - now) / 1e6)), 0, 'f', 0);
  else if (h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp)
    m_detail = h.hint;
  else if (!h.checklist.isEmpty())
    m_detail = tr("Open, but no rows. Check:");
  else if (h.stale)
    m_detail = tr("Socket open, but silent. Usual gap %1 s.").arg(h.usualGapMs / 1000, 0, 'f', 1);
  else
    m_detail = h.degraded;
  setAccessibleName(tr("%1: %2").arg(h.name, m_look.word));
  setAccessibleDescription(h.error.isEmpty() ? m_detail : h.error + QLatin1Char(' ') + m_detail);
  setToolTip(h.error.isEmpty() ? h.url : h.url + QLatin1Char('\n') + h.error + (h.hint.isEmpty() ? QString() : QLatin1Char('\n') + h.hint));
  if (!h.checklist.isEmpty()) setToolTip(toolTip() + QStringLiteral("\n• ") + h.checklist.join(QStringLiteral("\n• ")));
  if (sizeHint() != before) updateGeometry();
  placeButtons();
  update();
}

void HealthCard::paintEvent(QPaintEvent*) {
  const Theme& t = *m_theme;
  const ConnectionHealth& h = m_health;
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  p.setPen(QPen(t.line, 1));
  p.setBrush(t.bg2);
  p.drawRoundedRect(frame, 6, 6);
  const double left = 11;
  const double right = width() - 11;
  paintMark(p, QRectF(left, 11, 12, 12), m_look);
  const QString since = durationWords((m_now - h.since) / 1000);
  p.setFont(uiFont(11));
  const double sinceWidth = p.fontMetrics().horizontalAdvance(since);
  p.setPen(t.text3);
  p.drawText(QRectF(right - sinceWidth - 2, 8, sinceWidth + 2, 18), Qt::AlignVCenter | Qt::AlignRight, since);
  p.setFont(uiFont(12, QFont::DemiBold));
  const double wordWidth = p.fontMetrics().horizontalAdvance(m_look.word);
  p.setPen(m_look.color);
  p.drawText(QRectF(right - sinceWidth - 6 - wordWidth - 2, 8, wordWidth + 2, 18), Qt::AlignVCenter | Qt::AlignRight, m_look.word);
  p.setFont(uiFont(12.5, QFont::DemiBold));
  p.setPen(t.text1);
  const double nameWidth = right - sinceWidth - wordWidth - 18 - (left + 18);
  p.drawText(QRectF(left + 18, 8, nameWidth, 18), Qt::AlignVCenter, p.fontMetrics().elidedText(h.name, Qt::ElideRight, static_cast<int>(nameWidth)));
  const auto line = [&](double y, const QString& text, const QColor& color, double px = 11) {
    p.setFont(uiFont(px));
    p.setPen(color);
    p.drawText(QRectF(left, y, right - left, 17), Qt::AlignVCenter, p.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(right - left)));
  };
  if (isFailing()) {
    // The cause comes first: the address is on the tool tip.
    line(32, h.error.section(QStringLiteral(": "), -1), t.text1, 11.5);
    line(54, m_detail, t.text2);
    return;
  }
  p.setFont(uiFont(20, QFont::DemiBold));
  p.setPen(t.text1);
  const QString rate = m_rate >= 100 ? QString::number(m_rate, 'f', 0) : QString::number(m_rate, 'f', m_rate > 0 && m_rate < 10 ? 1 : 0);
  p.drawText(QRectF(left, 29, 120, 28), Qt::AlignVCenter, rate);
  const double rateWidth = p.fontMetrics().horizontalAdvance(rate);
  p.setFont(uiFont(11));
  p.setPen(t.text2);
  p.drawText(QRectF(left + rateWidth + 6, 33, 60, 24), Qt::AlignVCenter, h.isSink ? tr("rows/s") : tr("msg/s"));
  const QRectF spark(right - 84, 31, 84, 26);
  if (m_rates.size() > 1) {
    const double most = std::max(1.0, *std::max_element(m_rates.begin(), m_rates.end()) * 1.1);
    QPainterPath path;
    for (size_t i = 0; i < m_rates.size(); ++i) {
      const QPointF at(spark.right() - static_cast<double>(m_rates.size() - 1 - i) * spark.width() / (kSparkPoints - 1),
                       spark.bottom() - m_rates[i] / most * spark.height());
      if (i == 0)
        path.moveTo(at);
      else
        path.lineTo(at);
    }
    p.setPen(QPen(t.accent, 1.4));
    p.setBrush(Qt::NoBrush);
    p.drawPath(path);
  }
  p.setPen(QPen(t.line2, 1));
  p.drawLine(spark.bottomLeft(), spark.bottomRight());
  if (!m_detail.isEmpty())
    line(58, m_detail, t.text2);
  else if (h.isSink)
    line(58, tr("%1 sent, queue %2 of %3").arg(h.sent).arg(h.queued).arg(h.queueMax), t.text2);
  else
    line(58, tr("%1 · last message %2 ms ago").arg(bytesText(m_byteRate)).arg(h.lastMessage == 0 ? 0 : (m_now - h.lastMessage) / 1000), t.text2);
  if (!h.checklist.isEmpty()) {
    // Two lines each; the whole of it is on the tool tip.
    double top = 78;
    p.setFont(uiFont(11));
    for (qsizetype i = 0; i < std::min<qsizetype>(h.checklist.size(), 3); ++i, top += 34) {
      p.setPen(t.warn);
      p.drawText(QRectF(left, top, 10, 16), Qt::AlignVCenter, QStringLiteral("•"));
      p.setPen(t.text2);
      p.drawText(QRectF(left + 12, top, right - left - 12, 32), Qt::AlignTop | Qt::TextWordWrap, h.checklist[i]);
    }
    return;
  }
  const auto pair = [&](int column, double y, const QString& label, const QString& value, bool bad) {
    const double x = column == 0 ? left : left + (right - left) / 2 + 8;
    const double w = (right - left) / 2 - 8;
    p.setFont(uiFont(11));
    p.setPen(t.text3);
    p.drawText(QRectF(x, y, w, 16), Qt::AlignVCenter, label);
    p.setFont(uiFont(11, QFont::Medium));
    p.setPen(bad ? t.warn : t.text1);
    p.drawText(QRectF(x, y, w, 16), Qt::AlignVCenter | Qt::AlignRight, value);
  };
  if (h.isSink) {
    pair(0, 78, tr("Failed"), QString::number(h.failed), h.failed > 0);
    pair(1, 78, tr("Dropped"), QString::number(h.dropped), h.dropped > 0);
    return;
  }
  pair(0, 80, tr("Ping"), h.pingMs < 0 ? QStringLiteral("–") : tr("%1 ms").arg(h.pingMs, 0, 'f', 0), false);
  pair(1, 80, tr("Messages"), QString::number(h.messages), false);
  pair(0, 98, tr("Gaps"), QString::number(h.gaps), h.gaps > 0);
  pair(1, 98, tr("Lost"), h.gaps > 0 ? tr("≥ %1").arg(h.lost) : QStringLiteral("0"), h.gaps > 0);
  pair(0, 116, tr("Duplicates"), QString::number(h.duplicates), false);
  pair(1, 116, tr("Bad"), QString::number(h.bad), h.bad > 0);
}

}  // namespace weir
