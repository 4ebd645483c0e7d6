// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of a run that is going: health cards, status bar, rates beside the queries.
#include <QLabel>
#include <QStatusBar>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/document_tabs.h"
#include "ui/health_card.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/sql_editor.h"
#include "ui/stream_tree.h"

namespace weir {

void MainWindow::showHealth(const RunSnapshot& snapshot) {
  int live = 0;
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
    live += h.state == ConnectionState::Live || (h.isSink && h.state == ConnectionState::Open) ? 1 : 0;
    const auto before = m_wasLive.find(h.name);
    // Silent is as bad as lost.
    const bool wasLive = before != m_wasLive.end() && before->second;
    const bool isLive = h.state == ConnectionState::Live && !h.stale;
    if (wasLive && !isLive && h.state != ConnectionState::Idle) emit feedTrouble(tr("%1: %2").arg(h.name, healthLook(h, *m_theme).word));
    m_wasLive[h.name] = isLive;
  }
  m_streams->setHealth(snapshot.connections);
  m_healthSubtitle->setText(tr("%1 of %2 live").arg(live).arg(snapshot.connections.size()));
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
    m_messageBar->show(tr("That was the demo. Now point it at your own URL."), false, tr("Connect to a URL"), [this] { connectToUrl(); });
  }
  QString text = tr("%n running", nullptr, static_cast<int>(m_chipLines.size())) +
                 tr("     in %1/s   out %2/s").arg(m_inRate, 0, 'f', 0).arg(m_outRate, 0, 'f', 1);
  if (m_isDemo && m_demo.dashboardRows) text += tr("     dashboard received %1 of %2 sent").arg(m_demo.dashboardRows()).arg(s.rowsOut);
  m_status->setText(text);
  const bool faults = s.late + s.dropped + s.bad + s.expressionErrors > 0;
  m_statusFaults->setText(tr("   late %1   dropped %2   bad %3   errors %4").arg(s.late).arg(s.dropped).arg(s.bad).arg(s.expressionErrors));
  QPalette palette = m_statusFaults->palette();
  palette.setColor(QPalette::WindowText, faults ? m_theme->warn : m_theme->text3);
  m_statusFaults->setPalette(palette);
}

// "0.6 rows/s, 0 errors" beside each query that runs.
void MainWindow::updateChips(const RunSnapshot& s) {
  if (m_problems->topLevelItemCount() > 0) return;
  const double elapsed = static_cast<double>(s.now - m_lastAt) / 1e6;
  std::map<int, LineChip> chips;
  for (const auto& [name, line] : m_chipLines) {
    const auto now = s.streamRows.find(name);
    if (now == s.streamRows.end()) continue;
    const auto before = m_lastRows.find(name);
    const uint64_t past = before == m_lastRows.end() ? 0 : before->second;
    chips.emplace(line, LineChip{tr("%1 rows/s").arg(static_cast<double>(now->second - past) / elapsed, 0, 'f', 1), m_theme->text3});
  }
  m_documents->editor()->setChips(std::move(chips));
}

}  // namespace weir
