// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_controller.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

namespace weir {

namespace {

// Of one stream, at once: the chart asks for more when one scrolls past them.
constexpr int kRowsLoaded = 50'000;
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

RunController::RunController(const Theme& theme, QObject* parent) : QObject(parent), m_views(theme) {
  connect(&m_engine, &Engine::started, this, [this] {
    adopt();
    m_running = true;
    emit runningChanged(true);
  });
  connect(&m_engine, &Engine::stopped, this, [this] {
    m_running = false;
    emit runningChanged(false);
  });
  connect(&m_engine, &Engine::refused, this, [this](const QString& why) { emit message(why, LogLevel::Error); });
  connect(&m_engine, &Engine::event, this, [this](const QString& text, LogLevel level) {
    if (level >= LogLevel::Warning) emit message(text.section(QLatin1Char('\n'), 0, 0), level);
  });
}

RunController::~RunController() = default;

void RunController::keepResults(const QString& file, const ResultHistory::Limits& limits) {
  m_history = std::make_unique<ResultHistory>(file, limits);
  connect(m_history.get(), &ResultHistory::problem, this,
          [this](const QString& text) { emit message(text, LogLevel::Error); });
  m_engine.setHistory(m_history.get());
}

QStringList RunController::previewable(const logical::Plan& script, Span chosen) {
  QStringList targets;
  for (const logical::Query& query : script.queries) {
    const QString target = QString::fromStdString(query.target);
    if (query.span.begin < chosen.end && query.span.end > chosen.begin && !script.stream(query.target).isTable &&
        !targets.contains(target))
      targets << target;
  }
  return targets;
}

void RunController::start(const QString& text, const logical::Plan& script, const QStringList& previewed) {
  m_previewed = previewed;
  m_info.script = logical::Plan();
  m_info.script.streams = script.streams;
  m_info.script.order = script.order;
  emit starting();
  RunOptions options;
  options.sinks = previewed.isEmpty();
  options.recordFile = std::exchange(m_recordFile, {});
  m_engine.run(text, options);
}

// Takes note of a run that has begun: its streams, and what goes on from the one before.
void RunController::adopt() {
  if (m_engine.runNumber() == m_info.number) return;
  m_info = m_engine.info();
  const RunInfo& info = m_info;
  const bool goesOn = info.replaces && !info.keptConnections.isEmpty();
  if (!goesOn) m_unseenBefore = m_unseen;
  std::set<std::string> goingOn;
  if (goesOn)
    for (const QString& name : info.keptConnections) {
      goingOn.insert(name.toStdString());
      for (const std::string& stream : info.script.sourcesOver(name.toStdString())) goingOn.insert(stream);
    }
  m_gaps.beginRun(info.identities, goingOn, QDateTime::currentMSecsSinceEpoch());
  m_feedsOf.clear();
  std::map<std::string, logical::Stream> results;
  for (const std::string& name : info.results) {
    m_feedsOf.emplace(name, m_info.script.feedsOf(name));
    results.emplace(name, m_info.script.stream(name));
  }
  QStringList connectionsBefore = std::exchange(m_connections, goesOn ? info.keptConnections : QStringList());
  connectionsBefore.sort();
  emit viewsGoing();
  const std::vector<std::string> fresh = m_views.setScript(results, info.identities);
  emit began(goesOn);
  for (const std::string& name : fresh) loadOlder(name);
  if (const QString text = summary(connectionsBefore); !text.isEmpty()) emit message(text, LogLevel::Info);
  m_windows.clear();
  for (const std::string& name : info.results) m_windows[name] = m_info.script.stream(name).windowMs;
}

// What the run before has left to this one, in one line.
QString RunController::summary(const QStringList& connectionsBefore) const {
  const RunInfo& info = m_info;
  QStringList parts;
  if (!m_previewed.empty()) parts << tr("Preview of %1, sinks off.").arg(joinedNames(m_previewed));
  if (!info.replaces) return parts.join(QString());
  QStringList connections, restarted, started, stopped;
  int sources = 0, sinks = 0;
  // A preview shows the rows that its sink does not get: the two are told apart.
  const auto sinkName = [this](const QString& name) {
    const auto found = m_info.script.streams.find(name.toStdString());
    return found != m_info.script.streams.end() && found->second.kind == StreamKind::Sink ? tr("sink %1").arg(name)
                                                                                          : name;
  };
  for (const auto& [name, stream] : m_info.script.streams) {
    if (stream.kind == StreamKind::Internal || (stream.kind == StreamKind::Sink && !m_previewed.empty())) continue;
    // Several streams may share one.
    const QString label = QString::fromStdString(stream.connection().empty() ? name : stream.connection());
    if (connections.contains(label)) continue;
    connections << label;
    if (info.keptConnections.contains(label))
      ++(stream.kind == StreamKind::Source ? sources : sinks);
    else
      (connectionsBefore.contains(label) ? restarted : started) << sinkName(label);
  }
  for (const std::string& name : info.results) {
    if (info.keptResults.contains(QString::fromStdString(name))) continue;
    const QString label = m_previewed.empty() ? sinkName(QString::fromStdString(name)) : QString::fromStdString(name);
    const auto before = m_windows.find(name);
    const int64_t now = m_info.script.stream(name).windowMs;
    if (before == m_windows.end())
      started << label;
    else if (before->second > 0 && now > 0 && before->second != now)
      restarted << tr("%1 (%2 to %3)").arg(label, windowWords(before->second), windowWords(now));
    else
      restarted << label;
  }
  for (const QString& name : connectionsBefore)
    if (!connections.contains(name)) stopped << sinkName(name);
  for (const auto& [name, window] : m_windows)
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

bool RunController::takeRows() {
  // Rows of a run that began since the last look belong to its streams.
  adopt();
  const ResultFeed::Taken taken = m_engine.feed().take();
  m_unseen = taken.droppedRows;
  for (const ResultFeed::Item& item : taken.closed) {
    const std::shared_ptr<ResultView> view = m_views.find(item.stream);
    if (!view) continue;
    const ResultBlock block = view->blockOf({item.batch});
    view->addClosed(block);
    emit closedRows(item.stream, block);
    m_hasNews = true;
  }
  for (const auto& [name, rows] : taken.open) {
    const std::shared_ptr<ResultView> view = m_views.find(name);
    if (!view) continue;
    view->setOpen(view->blockOf(rows));
    m_hasNews = true;
  }
  return std::exchange(m_hasNews, false);
}

void RunController::loadOlder(const std::string& stream) {
  const std::shared_ptr<ResultView> view = m_views.find(stream);
  if (!m_history || !view || view->isLoading || view->isWhole || !view->stream.windowed) return;
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
  m_history->load(key, view->stream.schema, before, kRowsLoaded, [this, key](std::vector<BatchPtr> rows) {
    QMetaObject::invokeMethod(
        this,
        [this, key, rows = std::move(rows)] {
          const std::shared_ptr<ResultView> loaded = m_views.find(key.stream);
          if (!loaded || loaded->identity != key.identity) return;
          size_t count = 0;
          for (const BatchPtr& batch : rows) count += batch->rows();
          loaded->isLoading = false;
          loaded->isWhole = count < kRowsLoaded;
          loaded->addOlder(loaded->blockOf(rows));
          m_hasNews = true;
        },
        Qt::QueuedConnection);
  });
}

void RunController::note(const RunSnapshot& snapshot) {
  m_gaps.take(snapshot);
  for (const ConnectionHealth& h : snapshot.connections)
    if (!m_connections.contains(h.name)) m_connections << h.name;
}

std::vector<Gap> RunController::gapsOf(const std::string& stream) const {
  const auto feeds = m_feedsOf.find(stream);
  return feeds == m_feedsOf.end() ? std::vector<Gap>() : m_gaps.gapsOf(feeds->second);
}

std::map<int64_t, uint64_t> RunController::lostOf(const std::string& stream) const {
  const auto feeds = m_feedsOf.find(stream);
  return feeds == m_feedsOf.end() ? std::map<int64_t, uint64_t>() : m_gaps.lostOf(feeds->second);
}

}  // namespace weir
