// SPDX-License-Identifier: GPL-3.0-or-later
// The results of a run: which streams there are, where their rows go, which charts and table show them.
#include <QDateTime>
#include <QJsonArray>
#include <QLabel>
#include <QStackedWidget>
#include <utility>

#include "ui/chart_deck.h"
#include "ui/document_tabs.h"
#include "ui/health_card.h"
#include "ui/main_window.h"
#include "ui/plan_view.h"
#include "ui/results_panel.h"
#include "ui/stream_tree.h"

namespace weir {

namespace {

// Of one stream, at once: the chart asks for more when one scrolls past them.
constexpr int kRowsLoaded = 50'000;
constexpr int kMostFileSettings = 100;
constexpr size_t kMostAlertMarks = 500;
// More than one reads, at once.
constexpr size_t kMostAlertsAtOnce = 500;
constexpr qint64 kTellAlertsEveryMs = 5'000;
constexpr size_t kMostPointsLoaded = SeriesStore::kMostPoints - kRowsLoaded;

QString joinedNames(const QStringList& names) { return names.join(QStringLiteral(", ")); }

// A window's length in the unit in which one would write it.
QString windowWords(int64_t ms) {
  if (ms % 3'600'000 == 0) return QObject::tr("%1 h").arg(ms / 3'600'000);
  if (ms % 60'000 == 0) return QObject::tr("%1 min").arg(ms / 60'000);
  if (ms % 1000 == 0) return QObject::tr("%1 sec").arg(ms / 1000);
  return QObject::tr("%1 ms").arg(ms);
}

}  // namespace

ChartView& MainWindow::chart() { return m_charts->current(); }

const SeriesStore& MainWindow::series() const {
  static const SeriesStore kNone;
  const std::shared_ptr<ResultView> view = const_cast<MainWindow*>(this)->m_views.find(m_shownStream);
  return view ? view->series : kNone;
}

void MainWindow::adoptRun() {
  if (m_engine.runNumber() == m_runSeen) return;
  RunInfo info = m_engine.info();
  m_runSeen = info.number;
  m_script = std::move(info.script);
  m_streams->setScript(m_script);
  m_streams->setRunning(true);
  const bool goesOn = info.replaces && !info.keptConnections.isEmpty();
  if (!goesOn) {
    m_startedAt = 0;
    m_unseenBefore = m_unseenRows;
    m_alertMarks.clear();
  }
  std::set<std::string> goingOn;
  if (goesOn)
    for (const QString& name : info.keptConnections) goingOn.insert(name.toStdString());
  m_gaps.beginRun(info.identities, goingOn, QDateTime::currentMSecsSinceEpoch());
  m_feedsOf.clear();
  for (const std::string& name : info.results) m_feedsOf.emplace(name, m_script.feedsOf(name));
  m_lastAt = 0;
  const bool sinkGoesOn =
      goesOn && std::any_of(info.keptConnections.begin(), info.keptConnections.end(), [this](const QString& name) {
        return m_script.stream(name.toStdString()).kind == StreamKind::Sink;
      });
  if (!sinkGoesOn) m_dashboardBefore = m_demo.dashboardRows ? m_demo.dashboardRows() : 0;
  QStringList connectionsBefore;
  for (const auto& [name, card] : m_cards) connectionsBefore << name;
  // Cards of connections that go on stay.
  std::erase_if(m_cards, [&](const auto& entry) {
    if (goesOn && info.keptConnections.contains(entry.first)) return false;
    entry.second->deleteLater();
    m_wasGood.erase(entry.first);
    return true;
  });
  std::map<std::string, logical::Stream> results;
  QStringList names;
  for (const std::string& name : info.results) {
    results.emplace(name, m_script.stream(name));
    names << QString::fromStdString(name);
  }
  m_results->setModel(nullptr);
  m_changes->setModel(nullptr);
  const std::vector<std::string> fresh = m_views.setScript(results, info.identities);
  m_charts->follow(m_views);
  m_shownStream.clear();
  const QJsonObject kept = fileSettings();
  m_charts->setSettings(kept[QLatin1String("charts")].toObject());
  m_alertStreams.clear();
  for (const auto name : kept[QLatin1String("alerts")].toArray()) m_alertStreams.insert(name.toString());
  m_streams->setAlerts(m_alertStreams);
  showDefaultCharts(info);
  const QString first = !m_previewed.empty()            ? m_previewed.first()
                        : m_charts->streams().isEmpty() ? names.value(0)
                                                        : m_charts->streams().first();
  for (ResultsPanel* panel : {m_results, m_changes})
    panel->setStreams(m_previewed.empty() ? names : m_previewed, first);
  showStream(first.toStdString());
  for (const std::string& name : fresh) loadOlder(name);
  m_previewBadge->setVisible(!m_previewed.empty());
  if (const QString text = runMessage(info, connectionsBefore); !text.isEmpty()) showMessage(text, false);
  m_ranWindows.clear();
  for (const std::string& name : info.results) m_ranWindows[name] = m_script.stream(name).windowMs;
}

// What the run before has left to this one, in one line.
QString MainWindow::runMessage(const RunInfo& info, const QStringList& connectionsBefore) const {
  QStringList parts;
  if (!m_previewed.empty()) parts << tr("Preview of %1, sinks off.").arg(joinedNames(m_previewed));
  if (!info.replaces) return parts.join(QString());
  QStringList connections, restarted, started, stopped;
  int sources = 0, sinks = 0;
  // A preview shows the rows that its sink does not get: the two are told apart.
  const auto sinkName = [this](const QString& name) {
    const auto found = m_script.streams.find(name.toStdString());
    return found != m_script.streams.end() && found->second.kind == StreamKind::Sink ? tr("sink %1").arg(name) : name;
  };
  for (const auto& [name, stream] : m_script.streams) {
    if (stream.kind == StreamKind::Internal || (stream.kind == StreamKind::Sink && !m_previewed.empty())) continue;
    const QString label = QString::fromStdString(name);
    connections << label;
    if (info.keptConnections.contains(label))
      ++(stream.kind == StreamKind::Source ? sources : sinks);
    else
      (connectionsBefore.contains(label) ? restarted : started) << sinkName(label);
  }
  for (const std::string& name : info.results) {
    if (info.keptResults.contains(QString::fromStdString(name))) continue;
    const QString label = m_previewed.empty() ? sinkName(QString::fromStdString(name)) : QString::fromStdString(name);
    const auto before = m_ranWindows.find(name);
    const int64_t now = m_script.stream(name).windowMs;
    if (before == m_ranWindows.end())
      started << label;
    else if (before->second > 0 && now > 0 && before->second != now)
      restarted << tr("%1 (%2 to %3)").arg(label, windowWords(before->second), windowWords(now));
    else
      restarted << label;
  }
  for (const QString& name : connectionsBefore)
    if (!connections.contains(name)) stopped << sinkName(name);
  for (const auto& [name, window] : m_ranWindows)
    if (std::find(info.results.begin(), info.results.end(), name) == info.results.end())
      stopped << QString::fromStdString(name);
  // A sink is both a connection and a result.
  for (QStringList* names : {&restarted, &started, &stopped}) names->removeDuplicates();
  QStringList kept;
  if (sources > 0) kept << (sources == 1 ? tr("1 source") : tr("%n sources", nullptr, sources));
  if (sinks > 0) kept << (sinks == 1 ? tr("1 sink") : tr("%n sinks", nullptr, sinks));
  if (!info.keptResults.isEmpty()) kept << tr("the windows of %1").arg(joinedNames(info.keptResults));
  if (!kept.isEmpty()) parts << tr("Kept %1.").arg(joinedNames(kept));
  if (!restarted.isEmpty()) parts << tr("Restarted %1.").arg(joinedNames(restarted));
  if (!started.isEmpty()) parts << tr("Started %1.").arg(joinedNames(started));
  if (!stopped.isEmpty()) parts << tr("Stopped %1.").arg(joinedNames(stopped));
  return parts.join(QLatin1Char(' '));
}

// What was shown of this file the last time, else one chart for each result as far as there is room: the shortest
// window first, because it moves first.
void MainWindow::showDefaultCharts(const RunInfo& info) {
  QStringList wanted;
  if (m_previewed.empty()) {
    for (const auto name : fileSettings()[QLatin1String("shown")].toArray())
      if (m_views.find(name.toString().toStdString())) wanted << name.toString();
  } else {
    wanted = m_previewed;
  }
  if (wanted.isEmpty()) {
    std::vector<std::string> byWindow;
    for (const std::string& name : info.results)
      if (!m_views.find(name)->series.valueName().isEmpty()) byWindow.push_back(name);
    const auto window = [&](const std::string& name) {
      const int64_t ms = m_script.stream(name).windowMs;
      return ms > 0 ? ms : INT64_MAX;
    };
    std::stable_sort(byWindow.begin(), byWindow.end(),
                     [&](const auto& a, const auto& b) { return window(a) < window(b); });
    for (const std::string& name : byWindow)
      if (wanted.size() < m_charts->room()) wanted << QString::fromStdString(name);
  }
  m_charts->show(m_views, wanted);
}

void MainWindow::showStream(const std::string& name) {
  const std::shared_ptr<ResultView> view = m_views.find(name);
  if (!view || name == m_shownStream) return;
  m_shownStream = name;
  for (ResultsPanel* panel : {m_results, m_changes}) panel->choose(QString::fromStdString(name));
  m_results->setModel(view->latest.get());
  m_changes->setModel(view->changes.get());
  watchShown();
}

void MainWindow::showChart(const QString& stream, bool on) {
  QStringList shown = m_charts->streams();
  if (on == shown.contains(stream) || (!on && shown.size() == 1)) return;
  if (on)
    shown << stream;
  else
    shown.removeAll(stream);
  m_charts->show(m_views, shown);
}

// Open windows are computed for what somebody looks at.
void MainWindow::watchShown() {
  QStringList shown = m_charts->streams();
  const QString table = QString::fromStdString(m_shownStream);
  if (!shown.contains(table)) shown << table;
  m_engine.watch(shown);
}

void MainWindow::titleCharts() {
  const auto& panes = m_charts->panes();
  if (panes.size() == 1) {
    m_chartTitle->setText(panes.front()->stream());
    m_chartSubtitle->setText(panes.front()->subtitle());
  } else {
    m_chartTitle->setText(panes.empty() ? tr("Chart") : tr("Charts"));
    m_chartSubtitle->setText(panes.empty() ? QString()
                                           : tr("%n streams, one time axis", nullptr, static_cast<int>(panes.size())));
  }
}

void MainWindow::takeRows() {
  // Rows of a run that began since the last look belong to its streams.
  adoptRun();
  const ResultFeed::Taken taken = m_engine.feed().take();
  m_unseenRows = taken.droppedRows;
  for (const ResultFeed::Item& item : taken.closed) {
    if (m_alertStreams.contains(QString::fromStdString(item.stream))) noteAlerts(item.stream, *item.batch);
    const std::shared_ptr<ResultView> view = m_views.find(item.stream);
    if (!view) continue;
    view->series.addClosed(*item.batch);
    view->latest->addClosed(*item.batch);
    view->changes->addClosed(*item.batch);
    m_rowsChanged = true;
  }
  showAlerts();
  for (const auto& [name, rows] : taken.open) {
    const std::shared_ptr<ResultView> view = m_views.find(name);
    if (!view) continue;
    view->series.setOpen(rows);
    view->latest->setOpen(rows);
    m_rowsChanged = true;
  }
}

void MainWindow::showGaps(const RunSnapshot& snapshot) {
  m_gaps.take(snapshot);
  m_charts->forEach([&](ChartPane& pane) {
    const auto feeds = m_feedsOf.find(pane.stream().toStdString());
    if (feeds == m_feedsOf.end()) return;
    pane.chart().setLost(m_gaps.lostOf(feeds->second));
    pane.chart().setGaps(m_gaps.gapsOf(feeds->second));
  });
}

void MainWindow::setAlert(const QString& stream, bool on) {
  if (on)
    m_alertStreams.insert(stream);
  else
    m_alertStreams.erase(stream);
  m_alertNews.erase(stream);
  m_streams->setAlerts(m_alertStreams);
  m_keepDelay.start();
  showMessage(on ? tr("Each row of %1 is an alert now: it is listed under Alerts, told of, and marked on the charts.")
                       .arg(stream)
                 : tr("Rows of %1 are no longer alerts.").arg(stream),
              false);
}

void MainWindow::noteAlerts(const std::string& stream, const Batch& batch) {
  const QString name = QString::fromStdString(stream);
  AlertNews& news = m_alertNews[name];
  size_t rows = 0;
  for (size_t row = batch.rows(); row-- > 0;) rows += batch.meta[row].isProvisional ? 0 : 1;
  // Only what will be seen is put into words.
  size_t unlisted = rows - std::min(rows, kMostAlertsAtOnce);
  for (size_t row = 0; row < batch.rows(); ++row) {
    if (batch.meta[row].isProvisional) continue;
    if (unlisted > 0) {
      --unlisted;
      continue;
    }
    news.last = AlertsPanel::textOf(batch, row);
    m_alertsNew.push_back({name, batch.meta[row].at, news.last});
  }
  while (m_alertsNew.size() > kMostAlertsAtOnce) m_alertsNew.pop_front();
  news.rows += static_cast<int>(rows);
  if (!isSeen(m_alerts)) m_alertsUnseen += static_cast<int>(rows);
}

// Once for all that came since the last look: a stream of alerts must not keep the window busy.
void MainWindow::showAlerts() {
  if (m_alertsNew.empty()) return;
  m_alerts->add(m_alertsNew);
  for (const AlertsPanel::Alert& alert : m_alertsNew)
    m_alertMarks.push_back({alert.at, alert.stream + QStringLiteral(": ") + alert.text});
  m_alertsNew.clear();
  if (m_alertMarks.size() > kMostAlertMarks)
    m_alertMarks.erase(m_alertMarks.begin(), m_alertMarks.end() - kMostAlertMarks);
  m_charts->forEach([&](ChartPane& pane) { pane.chart().setAlerts(m_alertMarks); });
  titlePanel(m_alerts, tr("Alerts"), m_alertsUnseen);
}

// The first alert at once, those that follow it together.
void MainWindow::tellAlerts() {
  for (auto& [name, news] : m_alertNews) {
    if (news.rows == 0 || (news.told.isValid() && !news.told.hasExpired(kTellAlertsEveryMs))) continue;
    news.told.start();
    const int rows = std::exchange(news.rows, 0);
    emit alerted(rows == 1 ? name + QStringLiteral(": ") + news.last
                           : tr("%1: %n rows, the last one %2", nullptr, rows).arg(name, news.last));
  }
}

void MainWindow::loadOlder(const std::string& stream) {
  const std::shared_ptr<ResultView> view = m_views.find(stream);
  if (!m_resultHistory || !view || view->isLoading || view->isWhole || !view->stream.windowed) return;
  int64_t before = INT64_MAX;
  size_t points = 0;
  for (const ChartSeries& series : view->series.series()) {
    if (!series.points.empty()) before = std::min(before, series.points.front().at);
    points += series.points.size();
  }
  // Memory is bounded, however far one scrolls back.
  if (points > kMostPointsLoaded) return;
  view->isLoading = true;
  const HistoryKey key{stream, view->identity};
  m_resultHistory->load(key, view->stream.schema, before, kRowsLoaded, [this, key](std::vector<BatchPtr> rows) {
    QMetaObject::invokeMethod(
        this,
        [this, key, rows = std::move(rows)] {
          const std::shared_ptr<ResultView> loaded = m_views.find(key.stream);
          if (!loaded || loaded->identity != key.identity) return;
          size_t count = 0;
          for (const BatchPtr& batch : rows) count += batch->rows();
          loaded->isLoading = false;
          loaded->isWhole = count < kRowsLoaded;
          loaded->series.addOlder(rows);
          loaded->latest->addOlder(rows);
          loaded->changes->addOlder(rows);
          m_rowsChanged = true;
        },
        Qt::QueuedConnection);
  });
}

// Charts and alerts belong to the file, by its path, or by its title while it has none.
QJsonObject MainWindow::fileSettings() const { return m_fileSettings[m_runFile].toObject(); }

void MainWindow::keepFileSettings() {
  // Only of a file that has run is there anything to keep.
  if (m_runSeen == 0 || m_runFile.isEmpty()) return;
  QJsonArray alerts;
  for (const QString& name : m_alertStreams) alerts.append(name);
  m_fileSettings[m_runFile] = QJsonObject{
      {QStringLiteral("charts"), m_charts->settings()},
      {QStringLiteral("shown"), QJsonArray::fromStringList(m_chartsChosen ? m_charts->streams() : QStringList())},
      {QStringLiteral("alerts"), alerts},
      {QStringLiteral("used"), QDateTime::currentMSecsSinceEpoch()}};
  // Of files that have not run for longest nobody misses the charts.
  while (m_fileSettings.size() > kMostFileSettings) {
    auto oldest = m_fileSettings.begin();
    const auto used = [](const QJsonObject::iterator& it) {
      return it.value().toObject()[QLatin1String("used")].toDouble();
    };
    for (auto it = m_fileSettings.begin(); it != m_fileSettings.end(); ++it)
      if (used(it) < used(oldest)) oldest = it;
    m_fileSettings.erase(oldest);
  }
}

}  // namespace weir
