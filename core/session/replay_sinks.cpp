// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/replay_sinks.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QThread>

#include "core/session/connection_log.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

constexpr Micros kConnectPatience = 10'000'000;
constexpr Micros kDrainPatience = 5'000'000;

}  // namespace

Diagnostics ReplaySinks::start(Pipeline& pipeline) {
  for (const auto& [name, stream] : pipeline.script().streams) {
    if (stream.kind != StreamKind::Sink) continue;
    const auto options = stream.options.resolved(lookUpSecret);
    if (!options) return options.diagnostics();
    auto sink = std::make_unique<WebSocketSink>(QString::fromStdString(name), *options, stream.options, m_clock);
    pipeline.tap(name, [raw = sink.get()](const BatchPtr& batch) { raw->publish(*batch); });
    sink->onRowsFailed = [this, label = QString::fromStdString(name)](uint64_t rows, const QString& why) {
      m_tell(rowsFailedEntry(label, rows, why));
    };
    sink->onQueueFull = [this, raw = sink.get()](bool byBytes) { m_tell(queueFullEntry(raw->health(), byBytes)); };
    sink->start();
    m_sinks.emplace(name, std::move(sink));
  }
  const Micros until = m_clock.now() + kConnectPatience;
  const auto connecting = [&] {
    for (const auto& [name, sink] : m_sinks)
      if (sink->connection().state() == ConnectionState::Connecting) return true;
    return false;
  };
  while (connecting() && m_clock.now() < until) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  return {};
}

void ReplaySinks::breathe() {
  bool full = false;
  for (const auto& [name, sink] : m_sinks) {
    const ConnectionHealth h = sink->health();
    full = full || (sink->connection().isOpen() && h.queueFill() > 0.5);
  }
  QCoreApplication::processEvents(QEventLoop::AllEvents, full ? 20 : 1);
}

void ReplaySinks::drain() {
  if (std::exchange(m_drained, true)) return;
  const Micros until = m_clock.now() + kDrainPatience;
  const auto waiting = [&] {
    for (const auto& [name, sink] : m_sinks)
      if (!sink->drained() && !sink->hasEnded()) return true;
    return false;
  };
  while (waiting() && m_clock.now() < until) {
    QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    QThread::msleep(1);
  }
  for (const auto& [name, sink] : m_sinks) sink->stop();
  // The close frames leave with the event loop's next turns.
  const Micros last = m_clock.now() + 50'000;
  while (!m_sinks.empty() && m_clock.now() < last) QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
}

std::map<std::string, uint64_t> ReplaySinks::metrics() const {
  std::map<std::string, uint64_t> out;
  for (const auto& [name, sink] : m_sinks) {
    out[name + ".published"] = sink->published();
    out[name + ".sent"] = sink->sent();
    out[name + ".failed"] = sink->failed() + sink->queued();
    out[name + ".dropped"] = sink->dropped();
    out[name + ".queued"] = 0;
  }
  return out;
}

uint64_t ReplaySinks::rowsFailed() const {
  uint64_t failed = 0;
  for (const auto& [name, sink] : m_sinks) failed += sink->failed() + sink->queued();
  return failed;
}

}  // namespace weir
