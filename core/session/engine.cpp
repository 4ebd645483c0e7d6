// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/engine.h"

#include <QScopeGuard>
#include <QTimer>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "core/plan/identity.h"
#include "core/session/live_run.h"
#include "core/session/result_history.h"
#include "core/session/source_inference.h"

namespace weir {

namespace {

// Three times as often as the GUI repaints, so that a trade waits for one frame and not for two.
constexpr int kObserveMs = 10;

}  // namespace

Engine::Engine(QObject* parent) : QObject(parent), m_worker(new QObject) {
  m_worker->moveToThread(&m_thread);
  connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
  m_thread.setObjectName(QStringLiteral("weir-engine"));
  m_thread.start();
}

Engine::~Engine() {
  onThread([this] {
    m_isQuitting = true;
    stopOnThread([this] { quitOnceDrained(); });
  });
  m_thread.wait();
}

// A keychain is asked in an event loop of its own: what is wanted meanwhile waits until the run is made.
void Engine::onThread(std::function<void()> work) {
  QMetaObject::invokeMethod(
      m_worker,
      [this, work = std::move(work)] {
        if (m_isStarting)
          m_wanted.push_back(work);
        else
          work();
      },
      Qt::QueuedConnection);
}

void Engine::quitOnceDrained() {
  if (m_isQuitting && !m_run && m_ending.empty()) m_thread.quit();
}

void Engine::run(const QString& text, const RunOptions& options) {
  onThread([this, sql = text.toStdString(), options] {
    m_inference.reset();
    startOnThread(sql, options);
  });
}

void Engine::stop() {
  onThread([this] { stopOnThread([this] { emit stopped(); }); });
}

void Engine::reconnect(const QString& connection) {
  onThread([this, connection] {
    if (m_run) m_run->reconnect(connection);
  });
}

void Engine::disconnectFrom(const QString& connection) {
  onThread([this, connection] {
    if (m_run) m_run->disconnectFrom(connection);
  });
}

void Engine::watch(const QStringList& streams) {
  QMetaObject::invokeMethod(
      m_worker,
      [this, streams] {
        m_watched.clear();
        for (const QString& name : streams) m_watched.insert(name.toStdString());
        m_observedPush = 0;
      },
      Qt::QueuedConnection);
}

void Engine::watchFrames(bool on) {
  QMetaObject::invokeMethod(
      m_worker,
      [this, on] {
        m_watchesFrames = on;
        hookFrames();
      },
      Qt::QueuedConnection);
}

void Engine::hookFrames() {
  if (!m_run) return;
  for (Connection* connection : m_run->connections()) {
    if (!m_watchesFrames) {
      connection->onFrame = nullptr;
      continue;
    }
    connection->onFrame = [this, connection](const QByteArray& payload, bool isText, bool isOutgoing) {
      m_frames.add({m_run->clock().now(), connection->settings().name, isOutgoing, isText, 0, payload});
    };
  }
}

RunSnapshot Engine::snapshot() const {
  const std::lock_guard lock(m_mutex);
  return m_snapshot;
}

RunInfo Engine::info() const {
  const std::lock_guard lock(m_mutex);
  return m_info;
}

void Engine::stopOnThread(std::function<void()> then) {
  m_inference.reset();
  m_next = nullptr;
  if (!m_run) return then();
  m_run->stop([this, run = m_run, then = std::move(then)] {
    // The run is not taken apart under its own call.
    onThread([this, run, then] {
      if (m_run == run) {
        m_run.reset();
        m_troubles.clear();
        const std::lock_guard lock(m_mutex);
        m_snapshot.running = false;
      }
      then();
      if (const auto next = std::exchange(m_next, nullptr)) next();
    });
  });
}

void Engine::startOnThread(const std::string& text, const RunOptions& options,
                           const std::map<std::string, SchemaPtr>& inferred, OpenedFeeds* opened) {
  if (m_run && m_run->isStopping()) {
    // It gives nothing over any more: this one begins when its last rows have gone.
    m_next = [this, text, options] { startOnThread(text, options); };
    return;
  }
  m_isStarting = true;
  const auto ready = qScopeGuard([this] {
    m_isStarting = false;
    for (auto& work : std::exchange(m_wanted, {})) onThread(std::move(work));
  });
  BoundResult checked = checkScript(text, inferred);
  if (!hasError(checked.diagnostics) && !checked.waiting.empty() && inferred.empty()) {
    emit event(tr("Learning the columns of %n sources from their first messages", nullptr,
                  static_cast<int>(checked.waiting.size())),
               false);
    m_inference = std::make_unique<SourceInference>(
        checked, m_run ? m_run->sharedClock() : std::make_shared<QtClock>(),
        [this, text, options](const std::map<std::string, SchemaPtr>& columns, const Diagnostics& why) {
          // The inference is not taken apart under its own call.
          onThread([this, text, options, columns, why] {
            if (!m_inference) return;
            OpenedFeeds feeds = m_inference->takeOpened();
            m_inference.reset();
            if (!why.empty()) {
              emit refused(QString::fromStdString(why.front().message));
              return;
            }
            startOnThread(text, options, columns, &feeds);
          });
        });
    m_inference->onEvent = [this](const LogEntry& entry) { emit event(QString::fromStdString(entry.text()), false); };
    m_inference->start();
    return;
  }
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
  const bool again = m_run != nullptr;
  auto created = LiveRun::create(std::move(checked.script), {options.sinks, options.recordFile, m_run.get(), opened});
  if (!created) return refuse(created.diagnostics());
  // What was not taken over drains and closes by itself.
  if (const std::shared_ptr<LiveRun> old = std::exchange(m_run, *created)) {
    // Of what it still does only one thing matters: rows that it could not send.
    old->onEvent = [this](const LogEntry& entry) {
      if (entry.category == LogCategory::Sink)
        emit event(QString::fromStdString(entry.text()), entry.level == LogLevel::Error);
    };
    m_ending.push_back(old);
    old->stop([this, old] {
      onThread([this, old] {
        std::erase(m_ending, old);
        quitOnceDrained();
      });
    });
  }
  m_results.clear();
  std::erase_if(m_streamRows, [&](const auto& entry) { return !m_run->keptStreams().contains(entry.first); });
  m_observedPush = 0;
  const logical::Plan& script = m_run->pipeline().script();
  const logical::Identities identities(script);
  for (const std::string& name : script.order) {
    if (!script.isWritten(name) || script.stream(name).isTable) continue;
    m_results.push_back(name);
    // The file keeps windows; a query that answers each event would only copy its feed there.
    ResultHistory* const history = script.stream(name).windowed ? m_history.load() : nullptr;
    const HistoryKey key{name, identities.streams.at(name)};
    m_run->pipeline().tap(name, [this, key, history](const BatchPtr& batch) {
      m_streamRows[key.stream] += batch->rows();
      m_feed.publish(key.stream, batch);
      if (history) history->add(key, batch);
    });
  }
  {
    const std::lock_guard lock(m_mutex);
    m_info.number = m_runNumber + 1;
    m_info.script = script;
    m_info.results = m_results;
    m_info.identities = identities.streams;
    m_info.replaces = again;
    m_info.keptConnections = m_run->kept();
    m_info.keptResults.clear();
    for (const std::string& name : m_results)
      if (m_run->keptStreams().contains(name)) m_info.keptResults << QString::fromStdString(name);
    ++m_runNumber;
  }
  hookFrames();
  m_run->onEvent = [this](const LogEntry& entry) {
    if (entry.level > LogLevel::Debug)
      emit event(QString::fromStdString(entry.text()),
                 entry.level == LogLevel::Error || entry.category == LogCategory::Feed);
  };
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
    s.streamRows[name] = intake->counters().passed;
    const auto& rejects = intake->rejects();
    constexpr size_t kShown = 20;
    s.rejects[name].assign(
        rejects.begin() + static_cast<std::ptrdiff_t>(rejects.size() - std::min(rejects.size(), kShown)),
        rejects.end());
  }
  for (const auto& [name, rows] : m_streamRows) s.streamRows[name] = rows;
  for (const Issue issue : {Issue::CastFailed, Issue::DivByZero, Issue::Overflow, Issue::DomainError})
    s.expressionErrors += pipeline.issues().of(issue);
  for (const auto& [target, late] : pipeline.lateCounts()) s.late += late;
  for (ConnectionHealth& h : s.connections) {
    const std::string name = h.name.toStdString();
    m_judge.judge(h, h.isSink ? 0 : pipeline.lateRowsOf(name), s.now);
    if (h.newestEvent) {
      if (SourceWatermark* source = pipeline.sourceWatermark(name); source && source->sent())
        h.watermark = source->at(s.now);
      // A feed that is lost or silent is not late: its card says what it is.
      if (const auto lag = lagOf(h, s.now)) s.lagMs = std::max(s.lagMs.value_or(*lag), *lag);
    }
    s.rowsOut += h.sent;
    s.dropped += h.dropped;
  }
  noteTrouble(s.connections);
  // Open windows change with what comes in, and with what somebody looks at.
  const bool moved = std::exchange(m_observedPush, pipeline.pushNumber()) != pipeline.pushNumber();
  for (const std::string& feed : pipeline.script().feeds())
    if (const auto& gaps = pipeline.gapLog(feed).gaps(); !gaps.empty()) s.gaps[feed].assign(gaps.begin(), gaps.end());
  for (const std::string& name : m_results)
    if (moved && (m_watched.empty() || m_watched.contains(name))) m_feed.publishOpen(name, pipeline.openRows(name));
  const std::lock_guard lock(m_mutex);
  m_snapshot = std::move(s);
}

void Engine::noteTrouble(const std::vector<ConnectionHealth>& connections) {
  std::map<QString, Trouble> now;
  for (const ConnectionHealth& h : connections) {
    const Trouble trouble = troubleOf(h);
    now[h.name] = trouble;
    const auto found = m_troubles.find(h.name);
    const Trouble before = found == m_troubles.end() ? Trouble::None : found->second;
    if (trouble == before) continue;
    if (trouble == Trouble::Stale)
      emit event(tr("%1: stale, the socket is open but silent").arg(h.name), false);
    else if (trouble == Trouble::Degraded)
      emit event(tr("%1: degraded, %2").arg(h.name, h.degraded), false);
    else if (h.state == ConnectionState::Open || h.state == ConnectionState::Live)
      emit event(
          before == Trouble::Stale ? tr("%1: no longer stale").arg(h.name) : tr("%1: no longer degraded").arg(h.name),
          false);
  }
  m_troubles = std::move(now);
}

}  // namespace weir
