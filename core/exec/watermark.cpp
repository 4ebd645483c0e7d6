// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/watermark.h"

#include <algorithm>

namespace weir {

Micros SourceWatermark::provenByLives() const {
  Micros proven = kNever;
  for (const ProofOfLife* life : m_lives) proven = std::min(proven, life->proven());
  return proven;
}

void SourceWatermark::beginPush(Micros now) {
  m_steps.clear();
  if (m_sent) m_reached = *at(now);
  m_beforePush = m_reached;
  m_sentBeforePush = m_sent;
}

void SourceWatermark::advance(uint32_t origin, int64_t time, Micros arrival) {
  m_greatest = m_sent ? std::max(m_greatest, time) : time;
  m_last = m_sent ? std::max(m_last, arrival) : arrival;
  m_sent = true;
  const int64_t moved = std::max(m_reached, m_greatest - m_lateness);
  if (moved != m_reached || m_steps.empty()) m_steps.push_back({origin, moved});
  m_reached = moved;
}

void SourceWatermark::touch(Micros at) {
  if (!m_sent) return;
  m_reached = *this->at(at);
  m_last = std::max(m_last, at);
}

void SourceWatermark::end() {
  m_lateness = 0;
  if (!m_sent) return;
  m_reached = std::max(m_reached, m_greatest);
  m_steps.push_back({0, m_reached});
}

std::optional<int64_t> SourceWatermark::at(Micros now) const {
  if (!m_sent)
    return std::min(now, provenByLives()) - m_started >= m_idle ? std::nullopt : std::optional<int64_t>(kNoWatermark);
  const Micros silence = std::min(now, provenByLives()) - m_last;
  if (silence < m_idle) return m_reached;
  return std::max(m_reached, m_greatest - m_lateness + toMillis(silence));
}

std::optional<int64_t> SourceWatermark::atOrigin(uint32_t origin, Micros now) const {
  if (m_steps.empty()) return at(now);
  const auto after = std::upper_bound(m_steps.begin(), m_steps.end(), origin,
                                      [](uint32_t o, const WatermarkStep& step) { return o < step.origin; });
  if (after != m_steps.begin()) return std::prev(after)->watermark;
  if (!m_sentBeforePush) return kNoWatermark;
  return m_beforePush;
}

std::optional<int64_t> SourceWatermark::beforePush(Micros now) const {
  if (m_steps.empty()) return at(now);
  return m_sentBeforePush ? m_beforePush : kNoWatermark;
}

Micros SourceWatermark::reaches(int64_t target) const {
  if (!m_sent) return kNever;
  if (m_reached >= target) return 0;
  return m_last + std::max(m_idle, fromMillis(target - (m_greatest - m_lateness)));
}

void WatermarkView::addClock(ProofOfLife* life) {
  m_clock = true;
  if (std::find(m_lives.begin(), m_lives.end(), life) == m_lives.end()) m_lives.push_back(life);
}

void WatermarkView::addSource(SourceWatermark* source) {
  if (std::find(m_sources.begin(), m_sources.end(), source) == m_sources.end()) m_sources.push_back(source);
}

void WatermarkView::merge(const WatermarkView& other) {
  m_clock = m_clock || other.hasClock();
  m_delay = std::max(m_delay, other.m_delay);
  for (ProofOfLife* life : other.m_lives) addClock(life);
  for (SourceWatermark* source : other.m_sources) addSource(source);
}

template <class Get>
int64_t WatermarkView::least(const Get& get, Micros now) const {
  std::optional<int64_t> least;
  if (hasClock()) {
    Micros proven = now;
    for (const ProofOfLife* life : m_lives) proven = std::min(proven, life->proven());
    least = toMillis(proven);
  }
  for (const SourceWatermark* source : m_sources)
    if (const auto value = get(*source)) least = least ? std::min(*least, *value) : *value;
  if (!least || *least == kNoWatermark) return kNoWatermark;
  return *least - m_delay;
}

int64_t WatermarkView::at(Micros now) const {
  return least([now](const SourceWatermark& source) { return source.at(now); }, now);
}

int64_t WatermarkView::atOrigin(uint32_t origin, Micros arrival) const {
  return least([&](const SourceWatermark& source) { return source.atOrigin(origin, arrival); }, arrival);
}

int64_t WatermarkView::beforePush(Micros now) const {
  return least([now](const SourceWatermark& source) { return source.beforePush(now); }, now);
}

Micros WatermarkView::reaches(int64_t target) const {
  target += m_delay;
  Micros latest = hasClock() ? fromMillis(target) : 0;
  bool any = hasClock();
  for (const SourceWatermark* source : m_sources) {
    if (source->sent()) {
      latest = std::max(latest, source->reaches(target));
      any = true;
    } else {
      latest = std::max(latest, source->started() + source->idle());
    }
  }
  return any ? latest : kNever;
}

std::vector<ProofOfLife*> WatermarkView::lives() const {
  std::vector<ProofOfLife*> all = m_lives;
  for (const SourceWatermark* source : m_sources)
    for (ProofOfLife* life : source->lives())
      if (std::find(all.begin(), all.end(), life) == all.end()) all.push_back(life);
  return all;
}

bool WatermarkView::isProvenUntil(Micros at) const {
  bool isProven = true;
  const auto ask = [&](ProofOfLife& life) {
    isProven = false;
    life.await();
  };
  for (ProofOfLife* life : m_lives)
    if (life->proven() < at) ask(*life);
  for (const SourceWatermark* source : m_sources)
    if (source->provenUntil() < at)
      for (ProofOfLife* life : source->lives())
        if (life->proven() < at) ask(*life);
  return isProven;
}

Micros WatermarkView::earliestIdle(Micros from, int64_t target) const {
  if (m_sources.empty()) return kNever;
  Micros earliest = std::max(reaches(target), from + 1);
  for (const SourceWatermark* source : m_sources) earliest = std::min(earliest, from + source->idle());
  return earliest;
}

std::vector<uint32_t> WatermarkView::stepOrigins() const {
  std::vector<uint32_t> origins;
  for (const SourceWatermark* source : m_sources)
    for (const WatermarkStep& step : source->steps()) origins.push_back(step.origin);
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  return origins;
}

}  // namespace weir
