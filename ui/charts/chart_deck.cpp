// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_deck.h"

#include <QAction>
#include <algorithm>
#include <cmath>
#include <utility>

namespace weir {

ChartDeck::ChartDeck(const Theme& theme, QWidget* parent)
    : QSplitter(Qt::Vertical, parent), m_theme(&theme), m_empty(new ChartView(theme, this)) {
  setObjectName(QStringLiteral("chartDeck"));
  setChildrenCollapsible(false);
  setHandleWidth(5);
  m_empty->setAccessibleName(tr("Chart"));
  addWidget(m_empty);
  buildCommands();
}

// One set for all charts, so that there is one place to change a key: each acts on the chart that has the focus.
void ChartDeck::buildCommands() {
  command("chartPause", tr("Chart: pause or go on"), {Qt::Key_Space}, [this](ChartView&) { emit pauseWanted(); });
  command("chartLive", tr("Chart: go live"), {Qt::Key_End}, [](ChartView& chart) { chart.setFollowing(true); });
  command("chartZoomIn", tr("Chart: zoom in"), {Qt::Key_Plus, Qt::Key_Equal},
          [](ChartView& chart) { chart.zoomBy(0.8); });
  command("chartZoomOut", tr("Chart: zoom out"), {Qt::Key_Minus}, [](ChartView& chart) { chart.zoomBy(1.25); });
  command("chartZoomReset", tr("Chart: usual zoom"), {Qt::Key_0}, [](ChartView& chart) { chart.resetZoom(); });
  command("chartMarkA", tr("Chart: mark A at the mouse"), {Qt::Key_A}, [](ChartView& chart) { chart.mark(false); });
  command("chartMarkB", tr("Chart: mark B at the mouse"), {Qt::Key_B}, [](ChartView& chart) { chart.mark(true); });
}

void ChartDeck::command(const char* name, const QString& text, const QList<QKeySequence>& keys,
                        const std::function<void(ChartView&)>& call) {
  auto* action = new QAction(text, this);
  action->setObjectName(QLatin1String(name));
  action->setShortcuts(keys);
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  action->setShortcutVisibleInContextMenu(true);
  connect(action, &QAction::triggered, this, [this, call] { call(current()); });
  m_commands << action;
}

void ChartDeck::setTheme(const Theme& theme) {
  m_theme = &theme;
  m_empty->setTheme(theme);
  for (ChartPane* pane : m_panes) pane->setTheme(theme);
}

ChartPane* ChartDeck::make(const std::shared_ptr<const ResultView>& view) {
  auto* pane = new ChartPane(*m_theme, view, this);
  ChartView& chart = pane->chart();
  pane->setSettings(m_settings[pane->stream()].toObject());
  pane->setCommands(m_commands);
  pane->setState(m_state);
  chart.setRange(m_rangeMs);
  chart.setLocalTime(m_localTime);
  chart.setFollowing(m_following);
  // Beside others it shows their time; the first one has none but the present.
  if (m_panes.empty()) {
    setFollowing(true);
    chart.setFollowing(true);
  } else {
    const ChartView& first = m_panes.front()->chart();
    chart.setTimeView(first.shownTo(), m_rangeMs);
    chart.setMarks(first.markA(), first.markB());
  }
  connect(&chart, &ChartView::followingChanged, this, [this](bool following) { setFollowing(following); });
  connect(pane, &ChartPane::runRequested, this, &ChartDeck::runRequested);
  connect(pane, &ChartPane::message, this, &ChartDeck::message);
  connect(&chart, &ChartView::viewMoved, this, [this, raw = &chart](int64_t end, int64_t range) {
    if (std::exchange(m_rangeMs, range) != range) emit rangeChanged(range);
    for (ChartPane* other : m_panes)
      if (&other->chart() != raw) other->chart().setTimeView(end, range);
    for (ChartPane* any : m_panes)
      if (any->chart().shownFrom() < any->chart().firstTime() && any->chart().firstTime() != INT64_MAX)
        emit olderWanted(any->stream());
  });
  connect(&chart, &ChartView::cursorMoved, this, [this, raw = &chart](std::optional<int64_t> time) {
    for (ChartPane* other : m_panes)
      if (&other->chart() != raw) other->chart().setCursorTime(time);
  });
  connect(&chart, &ChartView::marksMoved, this,
          [this, raw = &chart](std::optional<int64_t> a, std::optional<int64_t> b) {
            for (ChartPane* other : m_panes)
              if (&other->chart() != raw) other->chart().setMarks(a, b);
          });
  connect(pane, &ChartPane::settingsChanged, this, [this, pane] {
    m_settings[pane->stream()] = pane->settings();
    emit settingsChanged();
  });
  connect(pane, &ChartPane::closeWanted, this, [this, pane] {
    if (m_panes.size() < 2) return;
    std::erase(m_panes, pane);
    pane->deleteLater();
    pane->hide();
    titles();
    emit streamsChanged();
  });
  return pane;
}

void ChartDeck::show(ResultViews& views, const QStringList& streams) {
  std::vector<ChartPane*> kept;
  for (const QString& name : streams) {
    const std::shared_ptr<const ResultView> view = views.find(name.toStdString());
    if (!view) continue;
    ChartPane* pane = find(name);
    if (pane)
      pane->setView(view);
    else
      pane = make(view);
    kept.push_back(pane);
  }
  for (ChartPane* pane : m_panes)
    if (std::find(kept.begin(), kept.end(), pane) == kept.end()) {
      pane->hide();
      pane->deleteLater();
    }
  m_panes = kept;
  QList<int> sizes;
  for (size_t i = 0; i < m_panes.size(); ++i) {
    insertWidget(static_cast<int>(i), m_panes[i]);
    m_panes[i]->QWidget::show();
  }
  m_empty->setVisible(m_panes.empty());
  // The first chart is the one that is looked at most.
  for (int i = 0; i < count(); ++i) sizes << (i == 0 && m_panes.size() > 1 ? 300 : 200);
  setSizes(sizes);
  titles();
  emit streamsChanged();
}

void ChartDeck::follow(ResultViews& views) {
  QStringList left;
  for (const QString& name : streams())
    if (views.find(name.toStdString())) left << name;
  show(views, left);
}

void ChartDeck::titles() {
  for (ChartPane* pane : m_panes) pane->setTitled(m_panes.size() > 1);
}

QStringList ChartDeck::streams() const {
  QStringList out;
  for (const ChartPane* pane : m_panes) out << pane->stream();
  return out;
}

ChartView& ChartDeck::current() {
  ChartPane* pane = currentPane();
  return pane ? pane->chart() : *m_empty;
}

ChartPane* ChartDeck::currentPane() {
  for (ChartPane* pane : m_panes)
    if (pane->isAncestorOf(focusWidget())) return pane;
  return m_panes.empty() ? nullptr : m_panes.front();
}

ChartPane* ChartDeck::find(const QString& stream) {
  const auto found =
      std::find_if(m_panes.begin(), m_panes.end(), [&](const ChartPane* pane) { return pane->stream() == stream; });
  return found == m_panes.end() ? nullptr : *found;
}

void ChartDeck::setRange(int64_t ms) {
  m_rangeMs = ms;
  for (ChartPane* pane : m_panes) pane->chart().setRange(ms);
  emit rangeChanged(ms);
}

void ChartDeck::setFollowing(bool following) {
  if (m_following == following) return;
  m_following = following;
  for (ChartPane* pane : m_panes) pane->chart().setFollowing(following);
  emit followingChanged(following);
}

void ChartDeck::setLocalTime(bool local) {
  m_localTime = local;
  for (ChartPane* pane : m_panes) pane->chart().setLocalTime(local);
}

void ChartDeck::setState(ChartState state) {
  m_state = state;
  for (ChartPane* pane : m_panes) pane->setState(state);
}

QString ChartDeck::rangeText(int64_t ms) {
  constexpr double kSecond = 1000;
  constexpr double kMinute = 60 * kSecond;
  constexpr double kHour = 60 * kMinute;
  // At most one digit after the point, and none that says nothing.
  const auto rounded = [](double value) { return QString::number(std::round(value * 10) / 10); };
  const auto value = static_cast<double>(ms);
  if (value < 2 * kMinute && ms % 60'000 != 0) return tr("%1 sec").arg(rounded(value / kSecond));
  return value < kHour ? tr("%1 min").arg(rounded(value / kMinute)) : tr("%1 h").arg(rounded(value / kHour));
}

void ChartDeck::forEach(const std::function<void(ChartPane&)>& each) {
  for (ChartPane* pane : m_panes) each(*pane);
}

QJsonObject ChartDeck::settings() const {
  QJsonObject all = m_settings;
  for (const ChartPane* pane : m_panes) all[pane->stream()] = pane->settings();
  return all;
}

void ChartDeck::setSettings(const QJsonObject& settings) {
  m_settings = settings;
  for (ChartPane* pane : m_panes)
    if (settings.contains(pane->stream())) pane->setSettings(settings[pane->stream()].toObject());
}

int64_t ChartDeck::firstTime() const {
  int64_t first = INT64_MAX;
  for (const ChartPane* pane : m_panes) first = std::min(first, pane->chart().firstTime());
  return first;
}

int ChartDeck::room() const {
  constexpr int kEach = 230;
  return std::clamp(height() / kEach, 1, 4);
}

}  // namespace weir
