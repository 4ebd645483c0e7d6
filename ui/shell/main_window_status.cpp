// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of a run that is going: health cards, status bar, rates beside the queries.
#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QStatusBar>
#include <QStyle>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/charts/chart_deck.h"
#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/health/health_card.h"
#include "ui/health/stream_tree.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/icons.h"

namespace weir {

void MainWindow::buildStatus() {
  const auto badge = [this](const QString& name, const QString& text) {
    auto* label = new QLabel(text, this);
    label->setObjectName(name);
    label->hide();
    statusBar()->addWidget(label);
    return label;
  };
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setContentsMargins(8, 0, 8, 0);
  m_demoBadge = badge(QStringLiteral("demoBadge"), tr("DEMO DATA"));
  m_previewBadge = badge(QStringLiteral("previewBadge"), tr("PREVIEW, SINKS OFF"));
  m_status = new QLabel(tr("not running"), this);
  m_status->setObjectName(QStringLiteral("status"));
  m_statusFaults = new QLabel(this);
  m_statusFaults->setObjectName(QStringLiteral("statusFaults"));
  m_statusFaults->setTextFormat(Qt::RichText);
  statusBar()->addWidget(m_status);
  statusBar()->addWidget(m_statusFaults);
  m_caret = new QLabel(this);
  m_caret->setObjectName(QStringLiteral("caret"));
  m_problemCount = new QToolButton(this);
  m_problemCount->setObjectName(QStringLiteral("problemCount"));
  m_problemCount->setAccessibleName(tr("Show the problems"));
  m_problemCount->hide();
  connect(m_problemCount, &QToolButton::clicked, this, [this] { showPanel(m_problems); });
  m_clock = new QLabel(this);
  m_clock->setObjectName(QStringLiteral("clock"));
  statusBar()->addPermanentWidget(m_caret);
  statusBar()->addPermanentWidget(m_problemCount);
  statusBar()->addPermanentWidget(m_clock);
}

void MainWindow::setIcons() {
  const auto set = [this](const char* tool, const char* icon, const QColor& color) {
    m_tools.at(QLatin1String(tool))->setIcon(lineIcon(QLatin1String(icon), color, m_theme->bg0));
  };
  set("run", "run", Qt::white);
  set("runStatement", "run-statement", m_theme->text1);
  set("stop", "stop", m_theme->error);
  set("pause", "pause", m_theme->text1);
  set("range", "clock", m_theme->text2);
  set("zone", "globe", m_theme->text2);
  set("record", "record", m_theme->error);
  m_commandBox->setIcon(lineIcon(QStringLiteral("search"), m_theme->text3, m_theme->bg1));
  showLive();
}

// Words go first where there is little width.
void MainWindow::fitToolbar() {
  constexpr int kWords = 1360;
  const bool words = width() >= kWords;
  for (const char* name : {"runStatement", "stop", "pause"})
    m_tools.at(QLatin1String(name))->setToolButtonStyle(words ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  const QString keys = m_actions.at(QStringLiteral("commands"))->shortcut().toString(QKeySequence::NativeText);
  m_commandBox->setText(words && !keys.isEmpty() ? tr("Commands") + QStringLiteral("   ") + keys : tr("Commands"));
}

bool MainWindow::isPaused() const { return m_actions.at(QStringLiteral("pause"))->isChecked(); }

// Whether what one sees is the present: in a word, a mark and a colour.
void MainWindow::showLive() {
  m_charts->setState(!m_running ? ChartState::Stopped : isPaused() ? ChartState::Paused : ChartState::Running);
  struct Look {
    const char* state;
    const char* icon;
    QString word;
    QColor color;
  };
  const Look look = !m_running                 ? Look{"idle", "detached", tr("Idle"), m_theme->idle}
                    : isPaused()               ? Look{"paused", "pause", tr("Paused"), m_theme->warn}
                    : !m_charts->isFollowing() ? Look{"detached", "detached", tr("Go live"), m_theme->accent}
                    : m_hasTrouble             ? Look{"troubled", "live", tr("LIVE"), m_theme->warn}
                                               : Look{"live", "live", tr("LIVE"), m_theme->success};
  QToolButton* pill = m_live;
  pill->setText(look.word);
  pill->setAccessibleName(look.word);
  pill->setAccessibleDescription(m_hasTrouble ? tr("Not every connection is well: see Health") : QString());
  pill->setIcon(lineIcon(QLatin1String(look.icon), look.color, m_theme->bg0));
  pill->setProperty("state", QLatin1String(look.state));
  pill->style()->unpolish(pill);
  pill->style()->polish(pill);
}

void MainWindow::showHealth(const RunSnapshot& snapshot) {
  int live = 0, stale = 0, degraded = 0, retrying = 0, failed = 0;
  for (const ConnectionHealth& h : snapshot.connections) {
    HealthCard*& card = m_cards[h.name];
    if (!card) {
      card = new HealthCard(*m_theme, m_cardsPane);
      card->setObjectName(QStringLiteral("card_") + h.name);
      connect(card, &HealthCard::reconnectWanted, &m_engine, &Engine::reconnect);
      connect(card, &HealthCard::disconnectWanted, &m_engine, &Engine::disconnectFrom);
      m_cardsLayout->insertWidget(m_cardsLayout->count() - 1, card);
    }
    const auto rejects = snapshot.rejects.find(h.name.toStdString());
    card->show(h, snapshot.now, rejects == snapshot.rejects.end() ? std::vector<Reject>() : rejects->second);
    const Trouble trouble = troubleOf(h);
    const bool isUp = h.state == ConnectionState::Live || (h.isSink && h.state == ConnectionState::Open);
    // A sink without rows to send sleeps.
    const bool isGood = (isUp || (h.isSink && h.state == ConnectionState::Idle)) && trouble == Trouble::None;
    live += isUp && trouble == Trouble::None ? 1 : 0;
    stale += trouble == Trouble::Stale ? 1 : 0;
    degraded += trouble == Trouble::Degraded ? 1 : 0;
    retrying += h.state == ConnectionState::Waiting ? 1 : 0;
    failed += h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp ? 1 : 0;
    const auto before = m_wasGood.find(h.name);
    // Silent is as bad as lost; what somebody closed by hand is neither.
    if (before != m_wasGood.end() && before->second && !isGood && !h.closedByUser)
      emit feedTrouble(tr("%1: %2").arg(h.name, healthLook(h, *m_theme).word));
    m_wasGood[h.name] = isGood;
  }
  m_streams->showRun(snapshot);
  // What is seen is the present, but not all of it is to be trusted.
  const bool isTroubled =
      std::any_of(snapshot.connections.begin(), snapshot.connections.end(), [](const ConnectionHealth& h) {
        const bool isUp =
            h.state == ConnectionState::Live || h.state == ConnectionState::Idle || h.state == ConnectionState::Closed;
        return troubleOf(h) != Trouble::None ||
               (!isUp && (h.attempt > 0 || h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp));
      });
  if (std::exchange(m_hasTrouble, isTroubled) != isTroubled) showLive();
  QStringList troubles;
  if (failed > 0) troubles << tr("%1 failed").arg(failed);
  if (retrying > 0) troubles << tr("%1 retrying").arg(retrying);
  if (stale > 0) troubles << tr("%1 stale").arg(stale);
  if (degraded > 0) troubles << tr("%1 degraded").arg(degraded);
  m_healthSubtitle->setText(troubles.isEmpty() ? tr("%1 of %2 live").arg(live).arg(snapshot.connections.size())
                                               : troubles.join(QStringLiteral(", ")));
}

void MainWindow::updateStatus(const RunSnapshot& s) {
  if (m_startedAt == 0) m_startedAt = s.now;
  if (m_lastAt == 0 || s.now - m_lastAt >= 1'000'000) {
    if (m_lastAt > 0) {
      const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
      m_inRate = static_cast<double>(s.rowsIn - m_lastIn) / elapsed;
      m_outRate = static_cast<double>(s.rowsOut - m_lastOut) / elapsed;
      updateChips(s);
    }
    m_lastAt = s.now;
    m_lastIn = s.rowsIn;
    m_lastOut = s.rowsOut;
    m_lastRows = s.streamRows;
  }
  constexpr Micros kDemoOver = 40'000'000;
  if (m_isDemo && !m_demoTold && s.now - m_startedAt > kDemoOver) {
    m_demoTold = true;
    m_messageBar->show(tr("Now point it at your own URL."), LogLevel::Info, tr("Connect to a URL"),
                       [this] { connectToUrl(); });
  }
  QString text = tr("%n running", nullptr, static_cast<int>(m_ranWindows.size())) +
                 tr("     in %1/s   out %2/s").arg(m_inRate, 0, 'f', 0).arg(m_outRate, 0, 'f', 1);
  if (s.lagMs) text += tr("     lag %1").arg(spanWords(static_cast<double>(*s.lagMs)));
  if (m_isDemo && m_demo.dashboardRows && m_previewed.empty())
    // The dashboard may be a moment ahead of what was last asked of the sink.
    if (const uint64_t received = m_demo.dashboardRows() - m_dashboardBefore; s.rowsOut > 0 || received > 0)
      text += tr("     dashboard received %1 of %2 sent").arg(received).arg(std::max<uint64_t>(s.rowsOut, received));
  m_status->setText(text);
  // Only what is not zero stands out.
  QStringList faults;
  const auto fault = [&](const QString& words, uint64_t count) {
    faults << QStringLiteral("<span style='color:%1;%2'>%3</span>")
                  .arg((count > 0 ? m_theme->warn : m_theme->text3).name(),
                       count > 0 ? QStringLiteral("font-weight:600") : QString(), words.arg(count));
  };
  fault(tr("late %1"), s.late);
  fault(tr("dropped %1"), s.dropped);
  fault(tr("bad %1"), s.bad);
  const uint64_t unseen = m_unseenRows - m_unseenBefore;
  if (unseen > 0) fault(tr("not shown %1"), unseen);
  m_statusFaults->setToolTip(unseen == 0 ? QString()
                                         : tr("%1 rows came faster than the window could take them: charts, tables and "
                                              "alerts lack them. Sinks, recordings and the history have them.")
                                               .arg(unseen));
  if (s.expressionErrors > 0) fault(tr("errors %1"), s.expressionErrors);
  double fullest = 0;
  for (const ConnectionHealth& h : s.connections) fullest = std::max(fullest, queueFill(h));
  faults << QStringLiteral("<span style='color:%1'>%2</span>")
                .arg(m_theme->text3.name(), tr("buffer %1 %").arg(fullest, 0, 'f', 1));
  m_statusFaults->setText(faults.join(QStringLiteral("&nbsp;&nbsp;&nbsp;")));
}

// "0.6 rows/s, 0 errors" beside each query that runs.
void MainWindow::updateChips(const RunSnapshot& s) {
  // The lines are those of the document that is shown.
  if (m_documents->editor() != m_runEditor || m_problems->topLevelItemCount() > 0) return;
  const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
  std::map<int, LineChip> chips;
  for (const auto& [name, line] : m_chipLines) {
    const auto now = s.streamRows.find(name);
    if (now == s.streamRows.end()) continue;
    const auto before = m_lastRows.find(name);
    const uint64_t past = before == m_lastRows.end() ? 0 : before->second;
    chips.emplace(line, LineChip{tr("%1 rows/s").arg(static_cast<double>(now->second - past) / elapsed, 0, 'f', 1),
                                 m_theme->text3});
  }
  m_documents->editor()->setChips(std::move(chips));
}

}  // namespace weir
