// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/health_judge.h"

#include <QObject>

namespace weir {

Trouble troubleOf(const ConnectionHealth& h) {
  if (h.state != ConnectionState::Open && h.state != ConnectionState::Live) return Trouble::None;
  return h.stale ? Trouble::Stale : h.degraded.isEmpty() ? Trouble::None : Trouble::Degraded;
}

std::optional<int64_t> lagOf(const ConnectionHealth& h, Micros now) {
  if (!h.newestEvent || h.state != ConnectionState::Live || h.stale) return std::nullopt;
  return toMillis(now) - *h.newestEvent;
}

void HealthJudge::judge(ConnectionHealth& h, uint64_t late, Micros now) {
  constexpr Micros kSpacing = 1'000'000;
  std::deque<Sample>& samples = m_samples[h.name];
  const Sample current{now, h.messages, h.bad, late, h.failed + h.dropped, h.fromFuture};
  // A run that began anew counts from nothing.
  if (!samples.empty() && (current.messages < samples.back().messages || current.bad < samples.back().bad ||
                           current.lost < samples.back().lost || current.late < samples.back().late))
    samples.clear();
  if (samples.empty()) samples.push_back({now, 0, 0, 0, 0, 0});
  if (now - samples.back().at >= kSpacing) samples.push_back(current);
  while (samples.size() > 1 && samples[1].at <= now - kWindow) samples.pop_front();
  const Sample& then = samples.front();
  const uint64_t messages = current.messages - then.messages;
  const uint64_t bad = current.bad - then.bad;
  const uint64_t lateNow = current.late - then.late;
  const uint64_t lost = current.lost - then.lost;
  const double most = static_cast<double>(messages) * kShare;
  h.degraded.clear();
  if (lost > 0) {
    h.degraded = QObject::tr("%n rows lost within a minute", nullptr, static_cast<int>(lost));
  } else if (bad > 0 && static_cast<double>(bad) > most) {
    h.degraded = QObject::tr("%1 of %2 messages bad within a minute").arg(bad).arg(messages);
  } else if (current.fromFuture > then.fromFuture) {
    h.degraded = QObject::tr("%n rows from the future within a minute", nullptr,
                             static_cast<int>(current.fromFuture - then.fromFuture));
  } else if (lateNow > 0 && static_cast<double>(lateNow) > most) {
    h.degraded = QObject::tr("%n rows too late for their window within a minute", nullptr, static_cast<int>(lateNow));
  }
}

}  // namespace weir
