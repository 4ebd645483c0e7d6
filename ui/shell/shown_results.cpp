// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shown_results.h"

#include <QJsonArray>
#include <algorithm>

#include "ui/charts/chart_deck.h"
#include "ui/charts/gap_layer.h"
#include "ui/health/stream_tree.h"
#include "ui/results/results_panel.h"
#include "ui/run/run_controller.h"
#include "ui/shell/panels.h"

namespace weir {

ShownResults::ShownResults(RunController& run, const Panels& panels, QObject* parent)
    : QObject(parent), m_run(run), m_panels(panels) {
  connect(&run, &RunController::viewsGoing, this, &ShownResults::dropTables);
  connect(&run, &RunController::began, this, &ShownResults::begin);
  for (const ResultsPanel* panel : {panels.results, panels.changes})
    connect(panel, &ResultsPanel::streamChosen, this, [this](const QString& name) { showStream(name.toStdString()); });
  connect(panels.streams, &StreamTree::streamChosen, this, [this](const QString& name) {
    const auto& streams = m_run.script().streams;
    const auto found = streams.find(name.toStdString());
    if (m_run.isRunning() && found != streams.end() && found->second.kind != StreamKind::Source)
      showStream(name.toStdString());
  });
  connect(panels.streams, &StreamTree::chartWanted, this, [this](const QString& name, bool on) {
    showChart(name, on);
    m_chartsChosen = true;
    emit settingsChanged();
  });
  connect(panels.charts, &ChartDeck::settingsChanged, this, &ShownResults::settingsChanged);
  connect(panels.charts, &ChartDeck::streamsChanged, this, &ShownResults::chartsChanged);
  connect(panels.charts, &ChartDeck::olderWanted, this,
          [this](const QString& stream) { m_run.loadOlder(stream.toStdString()); });
}

const SeriesStore& ShownResults::series() const {
  static const SeriesStore kNone;
  const std::shared_ptr<ResultView> view = m_run.views().find(m_stream);
  return view ? view->series : kNone;
}

void ShownResults::beginFile(const QJsonObject& kept) {
  m_kept = kept;
  m_chartsChosen = !kept[QLatin1String("shown")].toArray().isEmpty();
}

QJsonObject ShownResults::settings() const {
  const QStringList shown = m_chartsChosen ? m_panels.charts->streams() : QStringList();
  return {{QStringLiteral("charts"), m_panels.charts->settings()},
          {QStringLiteral("shown"), QJsonArray::fromStringList(shown)}};
}

// The rows that they show may not outlive the views.
void ShownResults::dropTables() {
  m_panels.results->setModel(nullptr);
  m_panels.changes->setModel(nullptr);
}

void ShownResults::begin() {
  ChartDeck& charts = *m_panels.charts;
  charts.follow(m_run.views());
  m_stream.clear();
  charts.setSettings(m_kept[QLatin1String("charts")].toObject());
  charts.show(m_run.views(), wantedCharts());
  QStringList names = m_run.previewed();
  if (names.isEmpty())
    for (const std::string& name : m_run.info().results) names << QString::fromStdString(name);
  const QString first =
      m_run.previewed().isEmpty() && !charts.streams().isEmpty() ? charts.streams().first() : names.value(0);
  for (ResultsPanel* panel : {m_panels.results, m_panels.changes}) panel->setStreams(names, first);
  showStream(first.toStdString());
}

// What was shown of this file the last time, else one chart for each result as far as there is room: the shortest
// window first, because it moves first.
QStringList ShownResults::wantedCharts() const {
  ResultViews& views = m_run.views();
  QStringList wanted = m_run.previewed();
  if (wanted.isEmpty())
    for (const auto name : m_kept[QLatin1String("shown")].toArray())
      if (views.find(name.toString().toStdString())) wanted << name.toString();
  if (!wanted.isEmpty()) return wanted;
  std::vector<std::string> byWindow;
  for (const std::string& name : m_run.info().results)
    if (!views.find(name)->series.valueName().isEmpty()) byWindow.push_back(name);
  const auto window = [&](const std::string& name) {
    const int64_t ms = m_run.script().stream(name).windowMs;
    return ms > 0 ? ms : INT64_MAX;
  };
  std::stable_sort(byWindow.begin(), byWindow.end(),
                   [&](const auto& a, const auto& b) { return window(a) < window(b); });
  for (const std::string& name : byWindow)
    if (wanted.size() < m_panels.charts->room()) wanted << QString::fromStdString(name);
  return wanted;
}

void ShownResults::showStream(const std::string& name) {
  const std::shared_ptr<ResultView> view = m_run.views().find(name);
  if (!view || name == m_stream) return;
  m_stream = name;
  for (ResultsPanel* panel : {m_panels.results, m_panels.changes}) panel->choose(QString::fromStdString(name));
  m_panels.results->setModel(view->latest.get());
  m_panels.changes->setModel(view->changes.get());
  chartsChanged();
}

void ShownResults::showChart(const QString& stream, bool on) {
  QStringList shown = m_panels.charts->streams();
  if (on == shown.contains(stream) || (!on && shown.size() == 1)) return;
  if (on)
    shown << stream;
  else
    shown.removeAll(stream);
  m_panels.charts->show(m_run.views(), shown);
}

void ShownResults::chartsChanged() {
  const auto& panes = m_panels.charts->panes();
  if (panes.size() == 1)
    emit titled(panes.front()->stream(), panes.front()->subtitle());
  else if (panes.empty())
    emit titled(tr("Chart"), {});
  else
    emit titled(tr("Charts"), tr("%n streams, one time axis", nullptr, static_cast<int>(panes.size())));
  QStringList watched = m_panels.charts->streams();
  m_panels.streams->setCharts(watched);
  // Open windows are computed for what somebody looks at.
  const QString table = QString::fromStdString(m_stream);
  if (!watched.contains(table)) watched << table;
  m_run.engine().watch(watched);
}

void ShownResults::refresh(const RunSnapshot& snapshot, bool hasRows) {
  ChartDeck& charts = *m_panels.charts;
  const int64_t first = charts.firstTime();
  charts.forEach([&](ChartPane& pane) {
    const std::string stream = pane.stream().toStdString();
    auto& gaps = pane.chart().layer<GapLayer>();
    gaps.setLost(m_run.lostOf(stream));
    gaps.setGaps(m_run.gapsOf(stream));
    pane.chart().refresh(toMillis(snapshot.now), first);
    if (hasRows) pane.refreshLegend();
  });
}

}  // namespace weir
