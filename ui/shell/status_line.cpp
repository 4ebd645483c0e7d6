// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include <QDateTime>
#include <QLabel>
#include <QStatusBar>
#include <QToolButton>
#include <algorithm>

#include "ui/health/health_card.h"

namespace weir {

StatusLine::StatusLine(const Theme& theme, QStatusBar& bar) : QObject(&bar), m_theme(&theme) {
  const auto label = [&bar](const char* name, const QString& text = {}) {
    auto* made = new QLabel(text, &bar);
    made->setObjectName(QLatin1String(name));
    return made;
  };
  bar.setSizeGripEnabled(false);
  bar.setContentsMargins(8, 0, 8, 0);
  m_demo = label("demoBadge", tr("DEMO DATA"));
  m_preview = label("previewBadge", tr("PREVIEW, SINKS OFF"));
  m_status = label("status", tr("not running"));
  m_faults = label("statusFaults");
  m_faults->setTextFormat(Qt::RichText);
  for (QLabel* badge : {m_demo, m_preview}) badge->hide();
  for (QLabel* left : {m_demo, m_preview, m_status, m_faults}) bar.addWidget(left);
  m_caret = label("caret");
  m_problems = new QToolButton(&bar);
  m_problems->setObjectName(QStringLiteral("problemCount"));
  m_problems->setAccessibleName(tr("Show the problems"));
  connect(m_problems, &QToolButton::clicked, this, &StatusLine::problemsWanted);
  m_clock = label("clock");
  m_problems->hide();
  for (QWidget* right : std::initializer_list<QWidget*>{m_caret, m_problems, m_clock}) bar.addPermanentWidget(right);
}

void StatusLine::setDemo(bool on) { m_demo->setVisible(on); }

void StatusLine::setPreview(bool on) { m_preview->setVisible(on); }

void StatusLine::setCaret(int line, int column) { m_caret->setText(tr("Ln %1, Col %2").arg(line + 1).arg(column + 1)); }

void StatusLine::setProblems(int count) {
  m_problems->setText(count == 1 ? tr("1 problem") : tr("%n problems", nullptr, count));
  m_problems->setVisible(count > 0);
}

void StatusLine::showClock(bool local) {
  const QDateTime time = QDateTime::currentDateTimeUtc();
  m_clock->setText((local ? tr("Local %1") : tr("UTC %1"))
                       .arg((local ? time.toLocalTime() : time).toString(QStringLiteral("HH:mm:ss"))));
}

void StatusLine::takeRates(const RunSnapshot& s) {
  if (m_lastAt != 0 && s.now - m_lastAt < 1'000'000) return;
  if (m_lastAt > 0) {
    const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
    m_inRate = static_cast<double>(s.rowsIn - m_lastIn) / elapsed;
    m_outRate = static_cast<double>(s.rowsOut - m_lastOut) / elapsed;
  }
  m_lastAt = s.now;
  m_lastIn = s.rowsIn;
  m_lastOut = s.rowsOut;
}

void StatusLine::showRun(const RunSnapshot& s, const Figures& figures) {
  takeRates(s);
  QString text = tr("%n running", nullptr, static_cast<int>(figures.results)) +
                 tr("     in %1/s   out %2/s").arg(m_inRate, 0, 'f', 0).arg(m_outRate, 0, 'f', 1);
  if (s.lagMs) text += tr("     lag %1").arg(spanWords(static_cast<double>(*s.lagMs)));
  // The dashboard may be a moment ahead of what was last asked of the sink.
  if (figures.dashboard && (s.rowsOut > 0 || *figures.dashboard > 0))
    text += tr("     dashboard received %1 of %2 sent")
                .arg(*figures.dashboard)
                .arg(std::max<uint64_t>(s.rowsOut, *figures.dashboard));
  m_status->setText(text);
  m_faults->setText(faults(s, figures.unseen));
  m_faults->setToolTip(figures.unseen == 0
                           ? QString()
                           : tr("%1 rows came faster than the window could take them: charts, tables and "
                                "alerts lack them. Sinks, recordings and the history have them.")
                                 .arg(figures.unseen));
}

// Only what is not zero stands out.
QString StatusLine::faults(const RunSnapshot& s, uint64_t unseen) const {
  QStringList faults;
  const auto fault = [&](const QString& words, uint64_t count) {
    faults << QStringLiteral("<span style='color:%1;%2'>%3</span>")
                  .arg((count > 0 ? m_theme->warn : m_theme->text3).name(),
                       count > 0 ? QStringLiteral("font-weight:600") : QString(), words.arg(count));
  };
  fault(tr("late %1"), s.late);
  fault(tr("dropped %1"), s.dropped);
  fault(tr("bad %1"), s.bad);
  if (unseen > 0) fault(tr("not shown %1"), unseen);
  if (s.expressionErrors > 0) fault(tr("errors %1"), s.expressionErrors);
  double fullest = 0;
  for (const ConnectionHealth& h : s.connections) fullest = std::max(fullest, queueFill(h));
  faults << QStringLiteral("<span style='color:%1'>%2</span>")
                .arg(m_theme->text3.name(), tr("buffer %1 %").arg(fullest, 0, 'f', 1));
  return faults.join(QStringLiteral("&nbsp;&nbsp;&nbsp;"));
}

void StatusLine::endRun() {
  setPreview(false);
  m_status->setText(tr("not running"));
  m_faults->clear();
}

}  // namespace weir
