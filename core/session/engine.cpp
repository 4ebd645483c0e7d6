// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/engine.h"

#include <QScopeGuard>
#include <QTimer>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "core/plan/identity.h"
#include "core/session/live_run.h"
#include "core/session/result_history.h"
#include "core/session/runner.h"

namespace weir {

namespace {

// Three times as often as the GUI repaints, so that a trade waits for one frame and not for two.
constexpr int kPublishMs = 10;
// Troubles are told of whether somebody looks or not.
constexpr int kJudgeMs = 200;

// The cards show how connections come and go.
LogLevel levelForWindow(const LogEntry& entry) {
  if (entry.level == LogLevel::Error) return LogLevel::Error;
  return entry.category == LogCategory::Feed ? LogLevel::Warning : LogLevel::Info;
}

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
  if (!m_isQuitting || m_run || !m_ending.empty()) return;
  m_runner.reset();
  m_thread.quit();
}

void Engine::run(const QString& text, const RunOptions& options) {
  onThread([this, sql = text.toStdString(), options] {
    if (m_runner) m_runner->cancel();
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
  if (!m_watchesFrames) return m_run->watchFrames({});
  m_run->watchFrames([this](const QString& name) -> FrameWatch {
    return [this, name](std::string_view payload, bool isText, bool isOutgoing) {
      // What a run that was replaced still sends may come when there is no other.
      if (m_run)
        m_frames.add({m_run->now(), name, isOutgoing, isText, 0,
                      QByteArray(payload.data(), static_cast<qsizetype>(payload.size()))});
    };
  });
}

RunSnapshot Engine::snapshot() {
  if (!m_isAsked.exchange(true)) {
    QMetaObject::invokeMethod(
        m_worker,
        [this] {
          m_isAsked = false;
          look();
        },
        Qt::QueuedConnection);
  }
  const std::lock_guard lock(m_mutex);
  return m_snapshot;
}

RunInfo Engine::info() const {
  const std::lock_guard lock(m_mutex);
  return m_info;
}

void Engine::stopOnThread(std::function<void()> then) {
  if (m_runner) m_runner->cancel();
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

void Engine::startOnThread(const std::string& text, const RunOptions& options) {
  if (m_run && m_run->isStopping()) {
    // It gives nothing over any more: this one begins when its last rows have gone.
    m_next = [this, text, options] { startOnThread(text, options); };
    return;
  }
  if (!m_runner) {
    World world;
    // A keychain is asked in an event loop of its own: what is wanted meanwhile waits until it has answered.
    world.secrets = [this](const std::string& kind, const std::string& name) {
      m_isStarting = true;
      const auto ready = qScopeGuard([this] {
        m_isStarting = false;
        for (auto& work : std::exchange(m_wanted, {})) onThread(std::move(work));
      });
      return lookUpSecret(kind, name);
    };
    m_runner = std::make_unique<Runner>(std::move(world));
    m_runner->onEvent = [this](const LogEntry& entry) {
      emit event(QString::fromStdString(entry.text()), LogLevel::Info);
    };
    m_runner->onLearning = [this](size_t sources) {
      emit event(tr("Learning the columns of %n sources from their first messages", nullptr, static_cast<int>(sources)),
                 LogLevel::Info);
    };
  }
  m_runner->make(
      {.text = text, .sinks = options.sinks, .recordFile = options.recordFile},
      [this] { return m_run && !m_run->isStopping() ? m_run : nullptr; },
      [this](RunOutcome outcome) { begin(std::move(outcome)); });
}

void Engine::begin(RunOutcome outcome) {
  if (!outcome.run) {
    for (const Diagnostic& diagnostic : outcome.diagnostics)
      if (diagnostic.severity == Severity::Error) {
        emit refused(QString::fromStdString(diagnostic.message));
        return;
      }
    return;
  }
  const std::shared_ptr<Run> old = std::exchange(m_run, outcome.run);
  if (old) leave(old);
  tapResults();
  const logical::Plan& script = m_run->pipeline().script();
  const logical::Identities identities(script);
  {
    const std::lock_guard lock(m_mutex);
    m_info.number = m_runNumber + 1;
    m_info.script = script;
    m_info.results = m_results;
    m_info.identities = identities.streams;
    m_info.replaces = old != nullptr;
    m_info.keptConnections = m_run->kept();
    m_info.keptResults.clear();
    for (const std::string& name : m_results)
      if (m_run->keptStreams().contains(name)) m_info.keptResults << QString::fromStdString(name);
    ++m_runNumber;
  }
  hookFrames();
  m_run->onEvent = [this](const LogEntry& entry) {
    if (entry.level > LogLevel::Debug) emit event(QString::fromStdString(entry.text()), levelForWindow(entry));
  };
  connect(
      m_run.get(), &Run::sourceEnded, m_worker, [this] { finished(); }, Qt::QueuedConnection);
  m_run->start();
  const auto every = [this](int ms, auto call) {
    auto* timer = new QTimer(m_run.get());
    connect(timer, &QTimer::timeout, m_worker, call);
    timer->start(ms);
  };
  every(kPublishMs, [this] { publishOpenRows(); });
  every(kJudgeMs, [this] {
    if (m_run) judgedHealth();
  });
  look();
  emit started();
  publishOpenRows();
}

// What was not taken over drains and closes by itself.
void Engine::leave(const std::shared_ptr<Run>& old) {
  // Of what it still does only one thing matters: rows that it could not send.
  old->onEvent = [this](const LogEntry& entry) {
    if (entry.category == LogCategory::Sink) emit event(QString::fromStdString(entry.text()), levelForWindow(entry));
  };
  m_ending.push_back(old);
  old->stop([this, old] {
    onThread([this, old] {
      std::erase(m_ending, old);
      quitOnceDrained();
    });
  });
}

// A run whose sources have come to their end has nothing more to wait for.
void Engine::finished() {
  if (!m_run || m_run->isStopping()) return;
  const auto* past = dynamic_cast<const PastRun*>(m_run.get());
  if (past && !past->trouble().empty())
    emit event(QString::fromStdString(past->trouble().front().message), LogLevel::Error);
  else if (m_run->isFinished())
    emit event(tr("All files have been read to their end"), LogLevel::Info);
  if (!past && !m_run->isFinished()) return;
  look();
  publishOpenRows();
  stopOnThread([this] { emit stopped(); });
}

void Engine::tapResults() {
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
}

// Open windows change with what comes in, and with what somebody looks at.
void Engine::publishOpenRows() {
  if (!m_run) return;
  Pipeline& pipeline = m_run->pipeline();
  if (std::exchange(m_observedPush, pipeline.pushNumber()) == pipeline.pushNumber()) return;
  for (const std::string& name : m_results)
    if (m_watched.empty() || m_watched.contains(name)) m_feed.publishOpen(name, pipeline.openRows(name));
}

std::vector<ConnectionHealth> Engine::judgedHealth() {
  std::vector<ConnectionHealth> connections = m_run->health();
  const Micros now = m_run->now();
  for (ConnectionHealth& h : connections) {
    uint64_t late = 0;
    for (const QString& source : h.sources()) late += m_run->pipeline().lateRowsOf(source.toStdString());
    m_judge.judge(h, late, now);
  }
  noteTrouble(connections);
  return connections;
}

void Engine::look() {
  if (!m_run) return;
  RunSnapshot s;
  s.running = true;
  s.now = m_run->now();
  s.connections = judgedHealth();
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
    if (h.newestEvent) {
      // Of several streams the one that is furthest behind.
      for (const QString& name : h.sources())
        if (SourceWatermark* source = pipeline.sourceWatermark(name.toStdString()); source && source->sent())
          if (const auto at = source->at(s.now); at && (!h.watermark || *at < *h.watermark)) h.watermark = at;
      // A feed that is lost or silent is not late: its card says what it is.
      if (const auto lag = lagOf(h, s.now)) s.lagMs = std::max(s.lagMs.value_or(*lag), *lag);
    }
    s.rowsOut += h.sent;
    s.dropped += h.dropped;
  }
  for (const std::string& feed : pipeline.script().feeds())
    if (const auto& gaps = pipeline.gapLog(feed).gaps(); !gaps.empty()) s.gaps[feed].assign(gaps.begin(), gaps.end());
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
      emit event(tr("%1: stale, the socket is open but silent").arg(h.name), LogLevel::Info);
    else if (trouble == Trouble::Degraded)
      emit event(tr("%1: degraded, %2").arg(h.name, h.degraded), LogLevel::Info);
    else if (h.state == ConnectionState::Open || h.state == ConnectionState::Live)
      emit event(
          before == Trouble::Stale ? tr("%1: no longer stale").arg(h.name) : tr("%1: no longer degraded").arg(h.name),
          LogLevel::Info);
  }
  m_troubles = std::move(now);
}

}  // namespace weir
