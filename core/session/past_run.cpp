// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/past_run.h"
#include "core/plan/lower/lower.h"

#include <utility>

#include "core/options/connector_options.h"
#include "core/session/shared_connections.h"

namespace weir {

namespace {

// The window, signals and sinks have their turn as often.
constexpr Micros kSlice = 10'000;
constexpr int kEventsBetweenLooks = 64;
constexpr Micros kWhileCrowded = 1'000;

}  // namespace

PastRun::PastRun(std::shared_ptr<QtClock> clock, std::unique_ptr<Past> past, double pace)
    : m_clock(std::move(clock)), m_past(std::move(past)), m_pace(pace), m_sinks(*m_clock) {}

PastRun::~PastRun() { m_clock->cancel(m_timer); }

Result<std::shared_ptr<PastRun>> PastRun::create(logical::Plan script, std::unique_ptr<Past> past,
                                                 std::shared_ptr<QtClock> clock, const Settings& settings) {
  std::shared_ptr<PastRun> run(new PastRun(std::move(clock), std::move(past), settings.pace));
  auto resolved = resolvedSinks(script, settings.sinks, settings.secrets);
  if (!resolved) return resolved.diagnostics();
  run->m_pipeline = std::make_unique<Pipeline>(lowered(std::move(script)), settings.started, settings.seed);
  run->m_feeder = std::make_unique<Feeder>(*run->m_pipeline, settings.batchRows);
  run->m_player.emplace(*run->m_past, *run->m_pipeline, *run->m_feeder);
  const logical::Plan& plan = run->m_pipeline->script();
  // What comes over them is not heard: the past is what happens. So they are opened as sinks open theirs.
  for (const auto& [name, options] : sharedConnections(plan, *resolved))
    run->m_connections[name] =
        makeConnection(plan.connections.at(name), options.ofKind(StreamKind::Sink), *run->m_clock);
  for (const auto& [name, options] : *resolved) {
    const logical::Stream& stream = plan.stream(name);
    run->m_sinks.add(stream, options, isShared(stream) ? run->m_connections.at(stream.connection()) : nullptr);
  }
  run->m_sinks.onWritten = [raw = run.get()] {
    for (const auto& [name, connection] : raw->m_connections) connection->stop();
  };
  run->m_sinks.tap(*run->m_pipeline);
  run->m_sinks.onEvent = [raw = run.get()](const LogEntry& entry) {
    if (raw->onEvent) raw->onEvent(entry);
  };
  return run;
}

void PastRun::start() {
  for (const auto& [name, connection] : m_connections) connection->start();
  m_sinks.start();
  m_begun = m_clock->now();
  goOn();
}

void PastRun::goOn() {
  QMetaObject::invokeMethod(
      this, [this] { playSome(); }, Qt::QueuedConnection);
}

void PastRun::waitUntil(Micros due) {
  m_clock->cancel(m_timer);
  m_timer = m_clock->callAt(due, [this] { playSome(); });
}

Micros PastRun::dueAt(Micros at) const {
  return m_begun + static_cast<Micros>(static_cast<double>(at - *m_firstAt) / m_pace);
}

// Windows close when their time has come, not with the next message.
bool PastRun::isDue(Micros at) {
  if (!std::exchange(m_firstAt, m_firstAt.value_or(at))) m_begun = m_clock->now();
  m_feeder->flush();
  for (Micros timer = m_pipeline->clock().nextDeadline(); timer < at; timer = m_pipeline->clock().nextDeadline()) {
    if (timer < *m_firstAt) break;
    if (dueAt(timer) > m_clock->now()) {
      waitUntil(dueAt(timer));
      return false;
    }
    m_feeder->advance(timer);
  }
  if (dueAt(at) <= m_clock->now()) return true;
  waitUntil(dueAt(at));
  return false;
}

void PastRun::playSome() {
  if (m_isStopping || m_isOver) return;
  // Rows that a first attempt may still take are not lost to a run that is over before it.
  if (m_sinks.isConnecting() || m_sinks.isCrowded()) return waitUntil(m_clock->now() + kWhileCrowded);
  const Micros until = m_clock->now() + kSlice;
  for (int i = 1; i % kEventsBetweenLooks != 0 || (m_clock->now() < until && !m_sinks.isCrowded()); ++i) {
    const auto at = m_player->nextAt();
    if (!at) return over(at.diagnostics());
    if (!*at) return over({});
    if (m_pace > 0 && !isDue(**at)) {
      if (onSettled) onSettled();
      return;
    }
    if (Diagnostics wrong = m_player->play(); !wrong.empty()) return over(std::move(wrong));
    if (onPlayed && !onPlayed()) return over({});
  }
  if (onSettled) onSettled();
  if (!m_isStopping) goOn();
}

void PastRun::over(Diagnostics trouble) {
  // What came before a wrong line counts.
  m_feeder->flush();
  m_isOver = true;
  m_trouble = std::move(trouble);
  if (onSettled) onSettled();
  emit sourceEnded();
}

void PastRun::stop(std::function<void()> done) {
  if (done && m_hasStopped) return done();
  if (done) m_done.push_back(std::move(done));
  if (std::exchange(m_isStopping, true)) return;
  m_clock->cancel(m_timer);
  const auto finish = [this] {
    m_hasStopped = true;
    for (const auto& each : std::exchange(m_done, {})) each();
  };
  if (m_sinks.isEmpty())
    QMetaObject::invokeMethod(this, finish, Qt::QueuedConnection);
  else
    m_sinks.drain(finish);
}

void PastRun::addFeed(ConnectionHealth& h, const Intake& intake) const {
  const SourceCounters& counters = intake.counters();
  const logical::Stream& stream = m_pipeline->script().stream(intake.name());
  h.url = QString::fromStdString(shownAddress(stream.options));
  h.state = m_isOver ? ConnectionState::Closed : ConnectionState::Live;
  h.since = m_firstAt.value_or(now());
  h.isFinished = isFinished();
  h.isTable = stream.isLoaded();
  h.tableRows = intake.loadedRows();
  h.openedAt = h.since;
  // Each of a connection's streams has all of its messages, and its gaps.
  h.messages = std::max(h.messages, counters.messages);
  h.gaps = std::max(h.gaps, intake.gaps());
  h.lastMessage = std::max(h.lastMessage, intake.lastMessage());
  h.bad += counters.rejected;
  h.fromFuture += counters.fromFuture;
  h.duplicates += counters.duplicates;
  h.sequenceJumps += counters.sequenceJumps;
  h.newestEvent = std::max(h.newestEvent, intake.newestEvent());
  if (isShared(stream))
    h.streams.push_back({QString::fromStdString(stream.name), false, counters.passed, counters.rejected});
}

std::vector<ConnectionHealth> PastRun::health() const {
  const logical::Plan& script = m_pipeline->script();
  std::map<std::string, ConnectionHealth> feeds;
  for (const auto& [name, intake] : m_feeder->intakes()) {
    const logical::Stream& stream = script.stream(name);
    if (intake->counters().messages == 0 && stream.kind != StreamKind::Source) continue;
    addFeed(feeds[feedOf(stream)], *intake);
  }
  std::vector<ConnectionHealth> out;
  for (auto& [name, h] : feeds) {
    h.name = QString::fromStdString(name);
    m_sinks.addTo(h);
    out.push_back(std::move(h));
  }
  // Sinks live by the real clock; what looks at a run goes by its own.
  const Micros ahead = now() - m_clock->now();
  std::vector<ConnectionHealth> sinks = m_sinks.health();
  for (const auto& [name, connection] : m_connections) {
    if (feeds.contains(name)) continue;
    sinks.push_back(connection->health());
    sinks.back().isSink = true;
    m_sinks.addTo(sinks.back());
  }
  for (ConnectionHealth& sink : sinks) {
    sink.since += ahead;
    out.push_back(std::move(sink));
  }
  return out;
}

void PastRun::watchFrames(const std::function<FrameWatch(const QString& name)>& make) {
  for (const auto& [name, connection] : m_connections)
    connection->watchFrames(make ? make(QString::fromStdString(name)) : FrameWatch());
  m_sinks.watchFrames(make);
}

}  // namespace weir
