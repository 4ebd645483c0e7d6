// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/engine.h"

#include <QEventLoop>
#include <QTimer>

#include "core/plan/checker.h"
#include "core/session/live_run.h"

namespace weir {

namespace {

// As often as the GUI repaints.
constexpr int kObserveMs = 33;

}  // namespace

Engine::Engine(QObject* parent) : QObject(parent), m_worker(new QObject) {
  m_worker->moveToThread(&m_thread);
  connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
  m_thread.setObjectName(QStringLiteral("weir-engine"));
  m_thread.start();
}

Engine::~Engine() {
  QMetaObject::invokeMethod(m_worker, [this] {
    stopOnThread([this] { m_thread.quit(); });
  }, Qt::QueuedConnection);
  m_thread.wait();
}

void Engine::run(const QString& text) {
  QMetaObject::invokeMethod(m_worker, [this, sql = text.toStdString()] {
    stopOnThread([this, sql] { startOnThread(sql); });
  }, Qt::QueuedConnection);
}

void Engine::stop() {
  QMetaObject::invokeMethod(m_worker, [this] {
    stopOnThread([this] { emit stopped(); });
  }, Qt::QueuedConnection);
}

void Engine::reconnect(const QString& connection) {
  QMetaObject::invokeMethod(m_worker, [this, connection] {
    if (!m_run) return;
    if (WebSocketSource* source = m_run->source(connection)) source->connection().reconnectNow();
    if (WebSocketSink* sink = m_run->sink(connection)) sink->connection().reconnectNow();
  }, Qt::QueuedConnection);
}

RunSnapshot Engine::snapshot() const {
  const std::lock_guard lock(m_mutex);
  return m_snapshot;
}

void Engine::stopOnThread(std::function<void()> then) {
  if (!m_run) return then();
  m_run->stop([this, then = std::move(then)] {
    // The run is not taken apart under its own call.
    QMetaObject::invokeMethod(m_worker, [this, then] {
      m_run.reset();
      {
        const std::lock_guard lock(m_mutex);
        m_snapshot.running = false;
      }
      then();
    }, Qt::QueuedConnection);
  });
}

void Engine::startOnThread(const std::string& text) {
  BoundResult checked = checkScript(text);
  Diagnostics found = std::move(checked.diagnostics);
  if (!hasError(found)) {
    const Diagnostics missing = missingSources(checked.script);
    found.insert(found.end(), missing.begin(), missing.end());
  }
  const auto refuse = [this](const Diagnostics& why) {
    for (const Diagnostic& diagnostic : why)
      if (diagnostic.severity == Severity::Error) {
        emit refused(QString::fromStdString(diagnostic.message));
        return;
      }
  };
  if (hasError(found)) return refuse(found);
  auto created = LiveRun::create(std::move(checked.script), {});
  if (!created) return refuse(created.diagnostics());
  m_run = *created;
  m_results.clear();
  const BoundScript& script = m_run->pipeline().script();
  for (const std::string& name : script.order) {
    if (!script.isWritten(name) || script.stream(name).isTable) continue;
    m_results.push_back(name);
    m_run->pipeline().tap(name, [this, name](const BatchPtr& batch) { m_feed.publish(name, batch); });
  }
  m_run->onEvent = [this](const QString& text_, bool isError) { emit event(text_, isError); };
  m_run->start();
  auto* timer = new QTimer(m_run.get());
  connect(timer, &QTimer::timeout, m_worker, [this] { observe(); });
  timer->start(kObserveMs);
  emit started();
  observe();
}

void Engine::observe() {
  if (!m_run) return;
  RunSnapshot s;
  s.running = true;
  s.now = m_run->clock().now();
  s.connections = m_run->health();
  Pipeline& pipeline = m_run->pipeline();
  for (const auto& [name, intake] : m_run->feeder().intakes()) {
    s.rowsIn += intake->counters().passed;
    s.bad += intake->counters().rejected;
  }
  for (const auto& [target, late] : pipeline.lateCounts()) s.late += late;
  for (const ConnectionHealth& h : s.connections) {
    s.rowsOut += h.sent;
    s.dropped += h.dropped;
  }
  std::vector<Gap> gaps;
  for (const std::string& feed : pipeline.script().feeds())
    for (const Gap& gap : pipeline.gapLog(feed).gaps()) gaps.push_back(gap);
  for (const std::string& name : m_results) {
    s.gaps[name] = gaps;
    m_feed.publishOpen(name, pipeline.openRows(name));
  }
  const std::lock_guard lock(m_mutex);
  m_snapshot = std::move(s);
}

}  // namespace weir
