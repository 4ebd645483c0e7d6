// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/data/batch.h"
#include "core/exec/proof_of_life.h"

namespace weir {

/// The watermark of one source with event time: the greatest event time less the lateness, per row. After `idleMs`
/// without a message that may hold rows it moves on with the clock, as far as the silence is proven. It never goes
/// back.
class SourceWatermark {
public:
  /// `lives` are those of the feeds whose rows it sees.
  SourceWatermark(int64_t latenessMs, int64_t idleMs, Micros started, std::vector<ProofOfLife*> lives)
      : m_lateness(latenessMs), m_idle(fromMillis(idleMs)), m_started(started), m_lives(std::move(lives)) {}

  /// Forgets the steps of the push before; the silence up to `now` counts.
  void beginPush(Micros now);
  /// Takes a row's time into account; the step is noted when the watermark moves.
  void advance(uint32_t origin, int64_t time, Micros arrival);
  /// A message without usable rows ends a silence too. What it was before counts.
  void touch(Micros at);

  /// Nothing late can come any more: the watermark moves to the greatest event time.
  void end();

  /// kNoWatermark before the first row; nothing once it has been silent from the start for so long that it does not
  /// hold others back.
  std::optional<int64_t> at(Micros now) const;
  /// Value after the row(s) of `origin` in the present push.
  std::optional<int64_t> atOrigin(uint32_t origin, Micros now) const;
  /// Value before the first row of the present push, once the silence before it has counted.
  std::optional<int64_t> beforePush(Micros now) const;
  /// When the clock alone would bring the watermark to `target`, if no row comes; kNever before the first row.
  Micros reaches(int64_t target) const;
  Micros idle() const { return m_idle; }
  Micros started() const { return m_started; }
  bool sent() const { return m_sent; }
  /// Up to here it is known that nothing else has come.
  Micros provenUntil() const { return m_sent ? std::max(m_last, provenByLives()) : provenByLives(); }
  const std::vector<ProofOfLife*>& lives() const { return m_lives; }
  int64_t greatest() const { return m_greatest; }
  const std::vector<WatermarkStep>& steps() const { return m_steps; }

private:
  Micros provenByLives() const;

  int64_t m_lateness;
  Micros m_idle;
  Micros m_started;
  std::vector<ProofOfLife*> m_lives;
  bool m_sent = false;
  int64_t m_greatest = 0;
  int64_t m_reached = kNoWatermark;
  Micros m_last = 0;
  int64_t m_beforePush = kNoWatermark;
  bool m_sentBeforePush = false;
  std::vector<WatermarkStep> m_steps;
};

/// The watermark of a stream: the least of the sources that feed it, and the clock where one of them has no event time.
class WatermarkView {
public:
  /// A feed whose rows have the time of their arrival.
  void addClock(ProofOfLife* life);
  void addSource(SourceWatermark* source);
  void merge(const WatermarkView& other);
  /// Rows of this stream may come `ms` behind the watermark of what feeds it.
  void delayBy(int64_t ms) { m_delay += ms; }

  /// Of all feeds that it is made of.
  std::vector<ProofOfLife*> lives() const;
  bool hasSources() const { return !m_sources.empty(); }
  /// The watermark that the clock alone gives at an instant, and the instant at which it gives `target`.
  int64_t ofClock(Micros now) const { return toMillis(now) - m_delay; }
  Micros clockReaches(int64_t target) const { return fromMillis(target + m_delay); }
  int64_t at(Micros now) const;
  int64_t atOrigin(uint32_t origin, Micros arrival) const;
  int64_t beforePush(Micros now) const;
  Micros reaches(int64_t target) const;
  /// Whether all feeds are known to have said nothing else up to `at`. Those of which it is not known are asked.
  bool isProvenUntil(Micros at) const;
  /// The earliest instant after `from` at which silence alone may bring the watermark to `target`: that of a source
  /// that is silent already, or of one whose row comes at `from`.
  Micros earliestIdle(Micros from, int64_t target) const;
  bool hasClock() const { return m_clock || m_sources.empty(); }
  /// Origins at which the watermark may move in the present push, ascending, each once.
  std::vector<uint32_t> stepOrigins() const;

private:
  template <class Get>
  int64_t least(const Get& get, Micros now) const;

  bool m_clock = false;
  int64_t m_delay = 0;
  std::vector<SourceWatermark*> m_sources;
  std::vector<ProofOfLife*> m_lives;  ///< of feeds without event time
};

}  // namespace weir
