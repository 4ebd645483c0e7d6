// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/run_sinks.h"

#include <algorithm>
#include <utility>

#include "core/telemetry/connection_log.h"

namespace weir {

namespace {

constexpr Micros kDrainPatience = 5'000'000;
constexpr Micros kDrainLook = 20'000;
// The close frames leave with the event loop's next turns.
constexpr Micros kCloseFrames = 50'000;
constexpr double kCrowded = 0.5;

}  // namespace

struct RunSinks::Entry final : SinkListener {
  Entry(RunSinks& owner, const logical::Stream& stream, std::unique_ptr<Sink> made, bool isOld)
      : all(owner),
        name(stream.name),
        connection(isShared(stream) ? stream.connection() : std::string()),
        sink(std::move(made)),
        isTaken(isOld) {
    sink->setListener(this);
  }
  ~Entry() override {
    if (sink) sink->setListener(nullptr);
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  void stateChanged() override {
    // What is shared is told of once.
    if (connection.empty() && all.onStateChanged) all.onStateChanged(sink->health());
    // One that is lost later fails its rows; only a sink that never was there ends the run.
    if (sink->endedAtStart() && !all.m_isDraining && all.onFailedAtStart) all.onFailedAtStart();
  }
  void rowsFailed(uint64_t rows, const QString& why) override {
    if (all.onEvent) all.onEvent(rowsFailedEntry(QString::fromStdString(name), rows, why));
  }
  void queueFull(bool byBytes) override {
    if (all.onEvent) all.onEvent(queueFullEntry(sink->health(), byBytes));
  }

  RunSinks& all;
  std::string name;
  std::string connection;  ///< that it shares; empty where it has its own
  std::unique_ptr<Sink> sink;
  bool isTaken;
};

RunSinks::RunSinks(Clock& clock) : m_clock(clock) {}
RunSinks::~RunSinks() { m_clock.cancel(m_timer); }

void RunSinks::add(const logical::Stream& stream, const Options& resolved, std::shared_ptr<Source> connection,
                   std::unique_ptr<Sink> taken) {
  const bool isOld = taken != nullptr;
  if (!isOld)
    taken = connectorFor(resolved).makeSink(
        {QString::fromStdString(stream.name), resolved, stream.options, m_clock, std::move(connection)}, stream);
  m_sinks[stream.name] = std::make_unique<Entry>(*this, stream, std::move(taken), isOld);
}

bool RunSinks::anyOver(const std::string& connection) const {
  return std::any_of(m_sinks.begin(), m_sinks.end(),
                     [&](const auto& entry) { return entry.second->connection == connection; });
}

void RunSinks::tap(Pipeline& pipeline) {
  for (const auto& [name, entry] : m_sinks)
    pipeline.tap(name, [sink = entry->sink.get()](const BatchPtr& batch) { sink->publish(*batch); });
}

void RunSinks::announce(const std::string& stream, Announcement what) {
  if (Sink* const sink = find(stream)) sink->announce(std::move(what));
}

void RunSinks::start() {
  for (const auto& [name, entry] : m_sinks)
    if (!entry->isTaken) entry->sink->start();
}

std::unique_ptr<Sink> RunSinks::release(const std::string& stream) {
  const auto found = m_sinks.find(stream);
  if (found == m_sinks.end()) return nullptr;
  found->second->sink->setListener(nullptr);
  std::unique_ptr<Sink> sink = std::move(found->second->sink);
  m_sinks.erase(found);
  return sink;
}

Sink* RunSinks::find(const std::string& stream) {
  const auto found = m_sinks.find(stream);
  return found == m_sinks.end() ? nullptr : found->second->sink.get();
}

const Sink* RunSinks::find(const std::string& stream) const {
  const auto found = m_sinks.find(stream);
  return found == m_sinks.end() ? nullptr : found->second->sink.get();
}

bool RunSinks::isConnecting() const {
  for (const auto& [name, entry] : m_sinks)
    if (entry->sink->state() == ConnectionState::Connecting) return true;
  return false;
}

bool RunSinks::isCrowded() const {
  for (const auto& [name, entry] : m_sinks)
    if (entry->sink->isOpen() && entry->sink->health().queueFill() > kCrowded) return true;
  return false;
}

std::map<std::string, uint64_t> RunSinks::published() const {
  std::map<std::string, uint64_t> out;
  for (const auto& [name, entry] : m_sinks) out[name] = entry->sink->counters().published;
  return out;
}

bool RunSinks::haveReported(const std::map<std::string, uint64_t>& rows) const {
  return std::all_of(rows.begin(), rows.end(), [this](const auto& wanted) {
    const Sink* sink = find(wanted.first);
    if (!sink) return true;
    const SinkCounters now = sink->counters();
    return now.sent + now.failed + now.dropped >= wanted.second;
  });
}

void RunSinks::drain(std::function<void()> done) {
  m_isDraining = true;
  m_done = std::move(done);
  m_drainUntil = m_clock.now() + kDrainPatience;
  closeSoon();
}

void RunSinks::closeSoon() {
  bool waiting = false;
  for (const auto& [name, entry] : m_sinks) waiting = waiting || (!entry->sink->drained() && !entry->sink->hasEnded());
  if (waiting && m_clock.now() < m_drainUntil) {
    m_timer = m_clock.callAt(m_clock.now() + kDrainLook, [this] { closeSoon(); });
    return;
  }
  for (const auto& [name, entry] : m_sinks)
    if (!entry->sink->hasEnded()) entry->sink->stop();
  if (onWritten) onWritten();
  m_timer = m_clock.callAt(m_clock.now() + kCloseFrames, [this] {
    if (const auto done = std::exchange(m_done, nullptr)) done();
  });
}

std::vector<ConnectionHealth> RunSinks::health() const {
  std::vector<ConnectionHealth> out;
  for (const auto& [name, entry] : m_sinks)
    if (entry->connection.empty()) out.push_back(entry->sink->health());
  return out;
}

void RunSinks::addTo(ConnectionHealth& connection) const {
  for (const auto& [name, entry] : m_sinks) {
    if (entry->connection != connection.name.toStdString()) continue;
    const ConnectionHealth sink = entry->sink->health();
    connection.published += sink.published;
    connection.sent += sink.sent;
    connection.failed += sink.failed;
    connection.dropped += sink.dropped;
    connection.queued += sink.queued;
    connection.queueMax += sink.queueMax;
    connection.queuedBytes += sink.queuedBytes;
    connection.queueMaxBytes += sink.queueMaxBytes;
    connection.streams.push_back({QString::fromStdString(name), true, sink.sent, sink.failed + sink.dropped});
  }
}

// At the end of a run, what still waits can no longer be sent.
SinkCounters RunSinks::countersOf(const Entry& entry) const {
  SinkCounters counters = entry.sink->counters();
  if (m_isDraining) counters.failed += std::exchange(counters.queued, 0);
  return counters;
}

std::map<std::string, uint64_t> RunSinks::metrics() const {
  std::map<std::string, uint64_t> out;
  for (const auto& [name, entry] : m_sinks) {
    const SinkCounters counters = countersOf(*entry);
    out[name + ".published"] = counters.published;
    out[name + ".sent"] = counters.sent;
    out[name + ".failed"] = counters.failed;
    out[name + ".dropped"] = counters.dropped;
    out[name + ".queued"] = counters.queued;
  }
  return out;
}

uint64_t RunSinks::rowsFailed() const {
  uint64_t failed = 0;
  for (const auto& [name, entry] : m_sinks) failed += countersOf(*entry).failed;
  return failed;
}

void RunSinks::watchFrames(const std::function<FrameWatch(const QString& name)>& make) {
  for (const auto& [name, entry] : m_sinks)
    entry->sink->watchFrames(make ? make(QString::fromStdString(name)) : FrameWatch());
}

}  // namespace weir
