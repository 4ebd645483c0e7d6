// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/health_card.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QDialog>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/widgets/bytes_text.h"
#include "ui/widgets/plain_text.h"

namespace weir {

namespace {

constexpr Micros kSample = 1'000'000;
constexpr size_t kRateSamples = 5;
// Rows go out a window at a time: over less than this, a sink would flip between nothing and a burst.
constexpr size_t kSinkRateSamples = 15;
constexpr size_t kSparkPoints = 60;
constexpr int kButtonsHeight = 34;
constexpr int kLineHeight = 18;

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

QString spanWords(double ms) {
  const QString sign = ms < 0 ? QString(QChar(0x2212)) : QString();
  const double size = std::fabs(ms);
  if (size < 1000)
    return QObject::tr("%1 ms").arg(sign + QString::number(size, 'f', size < 10 && size != std::floor(size) ? 1 : 0));
  if (size < 60'000) return QObject::tr("%1 s").arg(sign + QString::number(size / 1000, 'f', 1));
  return sign + durationWords(static_cast<int64_t>(size));
}

double queueFill(const ConnectionHealth& h) { return 100 * h.queueFill(); }

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
    case ConnectionState::Closed:
      if (h.isLoaded()) return {QObject::tr("Loaded"), t.success, Mark::Disc};
      if (h.isOutdated()) return {QObject::tr("Outdated"), t.warn, Mark::Triangle};
      return {QObject::tr("Closed"), t.idle, Mark::Ring};
  }
  return {};
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
  connect(m_copy, &QToolButton::clicked, this,
          [this] { QApplication::clipboard()->setText(m_health.error + QLatin1Char('\n') + m_health.hint); });
}

// An attempt lasts longer than the countdown, or not at all: the card stays as it is.
bool HealthCard::isTryingAgain() const {
  return m_health.state == ConnectionState::Waiting ||
         (m_health.state == ConnectionState::Connecting && !m_health.error.isEmpty());
}

// Figures of a connection that is not there say nothing: the cause and what one can do stand in their place.
bool HealthCard::isDown() const {
  return isTryingAgain() || m_health.state == ConnectionState::Refused || m_health.state == ConnectionState::GaveUp ||
         m_health.state == ConnectionState::Closed;
}

QString HealthCard::causeText() const {
  if (!isDown()) return {};
  const auto rows = static_cast<int>(m_health.tableRows);
  if (m_health.isLoaded()) return tr("%n rows, watched for changes.", nullptr, rows);
  if (m_health.isOutdated()) return tr("%n rows, as they were before.", nullptr, rows);
  if (m_health.isFinished) return tr("Read to its end.");
  if (m_health.closedByUser) return tr("Closed on request.");
  if (m_health.error.isEmpty())
    return m_rejects.empty() ? tr("Not connected.")
                             : tr("Stopped at a bad message: %1").arg(QString::fromStdString(m_rejects.back().reason));
  // The address is on the tool tip.
  if (m_health.error.contains(QLatin1String(" timed out after ")))
    return tr("Host %1 did not answer.").arg(QUrl(m_health.url).host());
  return m_health.error.section(QStringLiteral(": "), -1);
}

QString HealthCard::hintLine() const { return isTryingAgain() ? m_health.hint : QString(); }

void HealthCard::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  placeButtons();
}

void HealthCard::placeButtons() {
  m_reconnect->setVisible(isDown() && m_runs);
  m_reconnect->setText(m_health.isTable ? tr("Load again") : tr("Reconnect now"));
  m_copy->setVisible(isDown() && !m_health.error.isEmpty() && !m_health.closedByUser);
  int x = 8;
  for (QToolButton* button : {m_reconnect, m_copy}) {
    if (button->isHidden()) continue;
    button->adjustSize();
    button->move(x, height() - button->height() - 6);
    x = button->geometry().right() + 6;
  }
}

void HealthCard::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu;
  menu.addAction(tr("Reconnect now"), this, [this] { emit reconnectWanted(m_health.name); })->setEnabled(m_runs);
  menu.addAction(tr("Disconnect"), this, [this] { emit disconnectWanted(m_health.name); })
      ->setEnabled(m_runs && m_health.state != ConnectionState::Closed);
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
  text->setObjectName(QStringLiteral("badMessages"));
  text->setAccessibleName(dialog->windowTitle());
  text->setReadOnly(true);
  text->setFont(monoFont(12));
  constexpr size_t kShown = 4096;
  QString all;
  for (auto it = m_rejects.rbegin(); it != m_rejects.rend(); ++it)
    all += QDateTime::fromMSecsSinceEpoch(toMillis(it->at), Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz  ")) +
           QString::fromStdString(it->reason) + QStringLiteral("\n    ") +
           textOrHex(QByteArray(it->payload.data(), static_cast<qsizetype>(std::min(it->payload.size(), kShown)))) +
           QStringLiteral("\n\n");
  text->setPlainText(all);
  auto* column = new QVBoxLayout(dialog);
  column->addWidget(text);
  auto* copy = new QPushButton(tr("Copy"), dialog);
  copy->setObjectName(QStringLiteral("copyBad"));
  column->addWidget(copy, 0, Qt::AlignRight);
  connect(copy, &QPushButton::clicked, text, [text] { QApplication::clipboard()->setText(text->toPlainText()); });
  dialog->show();
}

void HealthCard::setTheme(const Theme& theme) {
  m_theme = &theme;
  m_look = healthLook(m_health, theme);
  update();
}

QSize HealthCard::sizeHint() const {
  constexpr int kChecks = 3;
  int high = m_health.isSink ? 104 : 142;
  if (isDown())
    high = 76 + (hintLine().isEmpty() ? 0 : kLineHeight) +
           (m_reconnect->isHidden() && m_copy->isHidden() ? 0 : kButtonsHeight);
  else if (!m_health.checklist.isEmpty())
    high = 84 + 34 * static_cast<int>(std::min<qsizetype>(m_health.checklist.size(), kChecks));
  else if (!m_health.streams.empty())
    high += kLineHeight;
  return {220, high + (m_health.insecure ? kLineHeight : 0)};
}

void HealthCard::sample(const ConnectionHealth& h, Micros now) {
  const bool isThere = h.state == ConnectionState::Open || h.state == ConnectionState::Live ||
                       (h.isSink && h.state == ConnectionState::Idle);
  const Sample current{now, h.isSink ? h.sent : h.messages, h.bytes};
  // What was lost meanwhile does not count, and a run that began anew counts from nothing.
  if (!isThere || (!m_samples.empty() && current.count < m_samples.back().count)) m_samples.clear();
  if (m_sampledAt > 0 && now - m_sampledAt < kSample) return;
  if (m_samples.empty()) {
    m_rate = m_byteRate = 0;
  } else {
    const double elapsed = static_cast<double>(now - m_samples.front().at) / 1e6;
    m_rate = static_cast<double>(current.count - m_samples.front().count) / elapsed;
    m_byteRate = static_cast<double>(current.bytes - m_samples.front().bytes) / elapsed;
  }
  if (m_sampledAt > 0 && (!isThere || !m_samples.empty())) m_rates.push_back(isThere ? m_rate : std::nan(""));
  m_sampledAt = now;
  if (isThere) m_samples.push_back(current);
  if (m_samples.size() > (h.isSink ? kSinkRateSamples : kRateSamples)) m_samples.pop_front();
  if (m_rates.size() > kSparkPoints) m_rates.pop_front();
}

void HealthCard::show(const ConnectionHealth& h, Micros now, const std::vector<Reject>& rejects) {
  m_rejects = rejects;
  m_runs = true;
  sample(h, now);
  const QSize before = sizeHint();
  m_health = h;
  m_now = now;
  m_look = healthLook(h, *m_theme);
  const QString attempt =
      h.maxAttempts < 0 ? tr("Attempt %1").arg(h.attempt) : tr("Attempt %1 of %2").arg(h.attempt).arg(h.maxAttempts);
  const double wait = std::max(0.0, std::ceil(static_cast<double>(h.nextTry - now) / 1e6));
  if (h.state == ConnectionState::Waiting && h.isSink && h.queued > 0)
    // What waits meanwhile, and what the queue had no room for, matters more than which attempt it is.
    m_detail =
        tr("Retrying in %1 s · %2 queued").arg(wait, 0, 'f', 0).arg(withThousands(static_cast<double>(h.queued), 0)) +
        (h.dropped > 0 ? tr(", %1 dropped").arg(withThousands(static_cast<double>(h.dropped), 0)) : QString());
  else if (h.state == ConnectionState::Waiting)
    m_detail = tr("%1, retrying in %2 s").arg(attempt).arg(wait, 0, 'f', 0);
  else if (isTryingAgain())
    m_detail = tr("%1, connecting").arg(attempt);
  else if (h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp)
    m_detail = h.hint;
  else if (h.isLoaded())
    m_detail = h.url;
  else if (h.isOutdated())
    // Which file it is says its name: the folders before it would leave no room for what is wrong.
    m_detail = h.error.mid(h.error.lastIndexOf(QLatin1Char('/'), h.error.indexOf(QLatin1String(": "))) + 1);
  else if (h.state == ConnectionState::Closed)
    m_detail = h.isSink ? tr("%1 sent").arg(withThousands(static_cast<double>(h.sent), 0))
                        : tr("%1 messages came").arg(withThousands(static_cast<double>(h.messages), 0));
  else if (!h.checklist.isEmpty())
    m_detail = tr("Open, but no rows. Check:");
  else if (h.stale)
    m_detail =
        h.lastProof > 0
            ? tr("Open, but silent. It answered %1 ago.").arg(spanWords(static_cast<double>(now - h.lastProof) / 1000))
            : tr("Socket open, but silent. Usual gap %1.").arg(spanWords(h.usualGapMs));
  else
    m_detail = h.degraded;
  setAccessibleName(tr("%1: %2").arg(h.name, m_look.word));
  QStringList told{causeText(), hintLine(), m_detail, isDown() ? QString() : figures()};
  if (h.insecure) told << tr("Not verified: TLS checks are off");
  if (!h.streams.empty()) told << streamsLine();
  told.removeAll(QString());
  setAccessibleDescription(told.join(QStringLiteral(". ")));
  setToolTip(plainToolTip(details()));
  placeButtons();
  if (sizeHint() != before) updateGeometry();
  update();
}

void HealthCard::endRun() {
  if (!m_runs) return;
  if (!isDown() || isTryingAgain()) {
    m_health.state = ConnectionState::Closed;
    m_health.closedByUser = true;
    m_health.since = m_now;
  }
  show(m_health, m_now, m_rejects);
  m_runs = false;
  placeButtons();
  updateGeometry();
}

// The streams that go over the connection together, with their rows.
QString HealthCard::streamsLine() const {
  QStringList parts;
  for (const StreamHealth& stream : m_health.streams) {
    const QString rows = withThousands(static_cast<double>(stream.rows), 0);
    parts << (stream.isSink ? tr("%1 %2 sent") : tr("%1 %2")).arg(stream.name, rows);
  }
  return parts.join(QStringLiteral(" · "));
}

// What the card shows in numbers, for those who cannot see it.
QString HealthCard::figures() const {
  const ConnectionHealth& h = m_health;
  if (h.isSink)
    return tr("%1 rows/s, %2 sent, %3 of %4 queued, %5 failed, %6 dropped")
        .arg(m_rate, 0, 'f', 1)
        .arg(h.sent)
        .arg(h.queued)
        .arg(h.queueMax)
        .arg(h.failed)
        .arg(h.dropped);
  const std::optional<int64_t> lag = lagOf(h, m_now);
  return tr("%1 messages/s, %2, ping %3, lag %4, %5 gaps, %6 lost at least, %7 duplicates, %8 bad")
      .arg(m_rate, 0, 'f', 1)
      .arg(bytesText(m_byteRate), h.pingMs < 0 ? tr("not known") : spanWords(h.pingMs),
           lag ? spanWords(static_cast<double>(*lag)) : tr("not known"))
      .arg(h.gaps)
      .arg(h.lost)
      .arg(h.duplicates)
      .arg(h.bad);
}

QString HealthCard::proofText() const {
  const QString at =
      QDateTime::fromMSecsSinceEpoch(toMillis(m_health.lastProof), Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz"));
  return tr("%1 UTC, %2 ago")
      .arg(at, spanWords(static_cast<double>(std::max<Micros>(0, m_now - m_health.lastProof)) / 1000));
}

// What has no room on the card.
QString HealthCard::details() const {
  const ConnectionHealth& h = m_health;
  QStringList lines{h.url};
  if (!h.error.isEmpty() && !h.closedByUser) lines << h.error;
  if (!h.hint.isEmpty()) lines << h.hint;
  if (h.insecure)
    lines << tr("Not verified: TLS checks are off, so anybody in between can read and change what comes.");
  if (h.openedAt > 0) lines << tr("Connected for %1").arg(durationWords((m_now - h.openedAt) / 1000));
  if (h.isSink) {
    lines << tr("Queued %1 of %2, sent %3, failed %4, dropped %5")
                 .arg(h.queued)
                 .arg(h.queueMax)
                 .arg(h.sent)
                 .arg(h.failed)
                 .arg(h.dropped);
    if (h.state == ConnectionState::Waiting) lines << m_detail;
  } else {
    if (h.lastProof > 0) lines << tr("Last proof of life %1").arg(proofText());
    if (h.watermark)
      lines << tr("Watermark %1 UTC")
                   .arg(QDateTime::fromMSecsSinceEpoch(*h.watermark, Qt::UTC)
                            .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")));
    lines << tr("Messages %1, sequence jumps %2").arg(h.messages).arg(h.sequenceJumps);
  }
  for (const StreamHealth& stream : h.streams)
    lines << (stream.isSink ? tr("%1: %2 rows sent, %3 failed or dropped") : tr("%1: %2 rows, %3 messages bad"))
                 .arg(stream.name)
                 .arg(stream.rows)
                 .arg(stream.bad);
  if (!h.degraded.isEmpty()) lines << h.degraded;
  for (const QString& check : h.checklist) lines << QStringLiteral("• ") + check;
  return lines.join(QLatin1Char('\n'));
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
  p.drawText(QRectF(right - sinceWidth - 6 - wordWidth - 2, 8, wordWidth + 2, 18), Qt::AlignVCenter | Qt::AlignRight,
             m_look.word);
  p.setFont(uiFont(12.5, QFont::DemiBold));
  p.setPen(t.text1);
  const double nameWidth = right - sinceWidth - wordWidth - 18 - (left + 18);
  p.drawText(QRectF(left + 18, 8, nameWidth, 18), Qt::AlignVCenter,
             p.fontMetrics().elidedText(h.name, Qt::ElideRight, static_cast<int>(nameWidth)));
  const auto line = [&](double y, const QString& text, const QColor& color, double px = 11) {
    p.setFont(uiFont(px));
    p.setPen(color);
    p.drawText(QRectF(left, y, right - left, 17), Qt::AlignVCenter,
               p.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(right - left)));
  };
  if (h.insecure) {
    const int below = isDown() && !(m_reconnect->isHidden() && m_copy->isHidden()) ? kButtonsHeight : 0;
    line(height() - below - kLineHeight - 6, tr("Not verified: TLS checks are off"), t.warn);
  }
  if (isDown()) {
    line(32, causeText(), t.text1, 11.5);
    if (!hintLine().isEmpty()) line(52, hintLine(), t.text2);
    line(hintLine().isEmpty() ? 52 : 52 + kLineHeight, m_detail, t.text2);
    return;
  }
  p.setFont(uiFont(20, QFont::DemiBold));
  p.setPen(t.text1);
  const QString rate =
      m_rate >= 100 ? QString::number(m_rate, 'f', 0) : QString::number(m_rate, 'f', m_rate > 0 && m_rate < 10 ? 1 : 0);
  p.drawText(QRectF(left, 29, 120, 28), Qt::AlignVCenter, rate);
  const double rateWidth = p.fontMetrics().horizontalAdvance(rate);
  p.setFont(uiFont(11));
  p.setPen(t.text2);
  p.drawText(QRectF(left + rateWidth + 6, 33, 130, 24), Qt::AlignVCenter,
             h.isSink        ? tr("rows/s")
             : h.sockets > 1 ? tr("msg/s over %1 sockets").arg(h.sockets)
                             : tr("msg/s"));
  const QRectF spark(right - 84, 31, 84, 26);
  if (m_rates.size() > 1) {
    double most = 1;
    for (const double each : m_rates)
      if (!std::isnan(each)) most = std::max(most, each * 1.1);
    QPainterPath path;
    bool joins = false;
    for (size_t i = 0; i < m_rates.size(); ++i) {
      if (std::isnan(m_rates[i])) {
        joins = false;
        continue;
      }
      const QPointF at(spark.right() - static_cast<double>(m_rates.size() - 1 - i) * spark.width() / (kSparkPoints - 1),
                       spark.bottom() - m_rates[i] / most * spark.height());
      if (joins)
        path.lineTo(at);
      else
        path.moveTo(at);
      joins = true;
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
    line(58,
         tr("Queue %1 % full, %2 sent").arg(queueFill(h), 0, 'f', 0).arg(withThousands(static_cast<double>(h.sent), 0)),
         t.text2);
  else if (h.lastMessage == 0)
    line(58, tr("%1 · no message yet").arg(bytesText(m_byteRate)), t.text2);
  else
    line(58,
         tr("%1 · last message %2 ago")
             .arg(bytesText(m_byteRate), spanWords(static_cast<double>(m_now - h.lastMessage) / 1000)),
         t.text2);
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
    if (!h.streams.empty()) line(96, streamsLine(), t.text2);
    return;
  }
  const std::optional<int64_t> lag = lagOf(h, m_now);
  pair(0, 80, tr("Ping"), h.pingMs < 0 ? QStringLiteral("–") : spanWords(h.pingMs), false);
  pair(1, 80, tr("Lag"), lag ? spanWords(static_cast<double>(*lag)) : QStringLiteral("–"), false);
  pair(0, 98, tr("Gaps"), QString::number(h.gaps), h.gaps > 0);
  pair(1, 98, tr("Lost"), h.gaps > 0 ? tr("≥ %1").arg(h.lost) : QStringLiteral("0"), h.gaps > 0);
  pair(0, 116, tr("Duplicates"), QString::number(h.duplicates), false);
  pair(1, 116, tr("Bad"), QString::number(h.bad), h.bad > 0);
  if (!h.streams.empty()) line(134, streamsLine(), t.text2);
}

}  // namespace weir
