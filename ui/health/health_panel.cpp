// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/health_panel.h"

#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/health/health_card.h"

namespace weir {

namespace {

bool isUp(const ConnectionHealth& h) {
  return h.state == ConnectionState::Live || (h.isSink && h.state == ConnectionState::Open) || h.isLoaded();
}

bool hasFailed(const ConnectionHealth& h) {
  return h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp;
}

// A sink without rows to send sleeps.
bool isGood(const ConnectionHealth& h) {
  return (isUp(h) || (h.isSink && h.state == ConnectionState::Idle)) && troubleOf(h) == Trouble::None;
}

bool isTroubled(const ConnectionHealth& h) {
  const bool isCalm =
      h.state == ConnectionState::Live || h.state == ConnectionState::Idle || h.state == ConnectionState::Closed;
  return troubleOf(h) != Trouble::None || h.isOutdated() || (!isCalm && (h.attempt > 0 || hasFailed(h)));
}

QString summaryOf(const std::vector<ConnectionHealth>& connections) {
  const auto count = [&](const auto& is) { return std::count_if(connections.begin(), connections.end(), is); };
  const auto failed = count(hasFailed);
  const auto retrying = count([](const ConnectionHealth& h) { return h.state == ConnectionState::Waiting; });
  const auto stale = count([](const ConnectionHealth& h) { return troubleOf(h) == Trouble::Stale; });
  const auto degraded = count([](const ConnectionHealth& h) { return troubleOf(h) == Trouble::Degraded; });
  QStringList troubles;
  if (failed > 0) troubles << HealthPanel::tr("%1 failed").arg(failed);
  if (retrying > 0) troubles << HealthPanel::tr("%1 retrying").arg(retrying);
  if (stale > 0) troubles << HealthPanel::tr("%1 stale").arg(stale);
  if (degraded > 0) troubles << HealthPanel::tr("%1 degraded").arg(degraded);
  if (!troubles.isEmpty()) return troubles.join(QStringLiteral(", "));
  const auto live = count([](const ConnectionHealth& h) { return isUp(h) && troubleOf(h) == Trouble::None; });
  return HealthPanel::tr("%1 of %2 live").arg(live).arg(connections.size());
}

}  // namespace

HealthPanel::HealthPanel(const Theme& theme, QWidget* parent)
    : QScrollArea(parent), m_theme(&theme), m_pane(new QWidget(this)), m_layout(new QVBoxLayout(m_pane)) {
  m_pane->setObjectName(QStringLiteral("cardsPane"));
  m_pane->setAttribute(Qt::WA_StyledBackground);
  m_layout->setContentsMargins(8, 8, 8, 8);
  m_layout->setSpacing(6);
  m_layout->addStretch(1);
  setAccessibleName(tr("Health"));
  setWidget(m_pane);
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void HealthPanel::setTheme(const Theme& theme) {
  m_theme = &theme;
  for (const auto& [name, card] : m_cards) card->setTheme(theme);
}

void HealthPanel::beginRun(const QStringList& goingOn) {
  std::erase_if(m_cards, [&](const auto& entry) {
    if (goingOn.contains(entry.first)) return false;
    entry.second->deleteLater();
    m_wasGood.erase(entry.first);
    return true;
  });
}

HealthCard* HealthPanel::card(const QString& connection) const {
  const auto found = m_cards.find(connection);
  return found == m_cards.end() ? nullptr : found->second;
}

HealthCard& HealthPanel::cardOf(const QString& connection) {
  HealthCard*& card = m_cards[connection];
  if (!card) {
    card = new HealthCard(*m_theme, m_pane);
    card->setObjectName(QStringLiteral("card_") + connection);
    connect(card, &HealthCard::reconnectWanted, this, &HealthPanel::reconnectWanted);
    connect(card, &HealthCard::disconnectWanted, this, &HealthPanel::disconnectWanted);
    m_layout->insertWidget(m_layout->count() - 1, card);
  }
  return *card;
}

void HealthPanel::showRun(const RunSnapshot& snapshot) {
  for (const ConnectionHealth& h : snapshot.connections) {
    std::vector<Reject> rejects;
    for (const QString& source : h.sources())
      if (const auto found = snapshot.rejects.find(source.toStdString()); found != snapshot.rejects.end())
        rejects.insert(rejects.end(), found->second.begin(), found->second.end());
    std::stable_sort(rejects.begin(), rejects.end(), [](const Reject& a, const Reject& b) { return a.at < b.at; });
    cardOf(h.name).show(h, snapshot.now, rejects);
    const auto before = m_wasGood.find(h.name);
    // Silent is as bad as lost; what somebody closed by hand is neither.
    if (before != m_wasGood.end() && before->second && !isGood(h) && !h.closedByUser && (h.isTable || !h.isFinished))
      emit troubled(tr("%1: %2").arg(h.name, healthLook(h, *m_theme).word));
    m_wasGood[h.name] = isGood(h);
  }
  const bool troubledNow = std::any_of(snapshot.connections.begin(), snapshot.connections.end(), isTroubled);
  if (std::exchange(m_hasTrouble, troubledNow) != troubledNow) emit troubleChanged();
  emit summaryChanged(summaryOf(snapshot.connections));
}

void HealthPanel::setRunning(bool running) {
  if (running) return;
  emit summaryChanged({});
  for (const auto& [name, card] : m_cards) card->endRun();
}

}  // namespace weir
