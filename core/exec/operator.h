// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/exec/evaluator.h"
#include "core/exec/gap_log.h"
#include "core/exec/physical_plan.h"
#include "core/exec/watermark.h"

namespace weir {

/// What a node of the pipeline offers its operators. Engine thread only.
struct NodeContext {
  VirtualClock& clock;
  Evaluator& evaluator;
  WatermarkView watermark;  ///< of the node's input
  std::vector<const GapLog*> gaps;
  /// Of rows at one origin: whether they come before the watermark's step there. So it is behind a window, whose rows
  /// belong to the windows that the same step closes downstream.
  bool rowsBeforeSteps = false;
  /// Of a query that joined a running pipeline: the first time of which it has seen everything.
  std::optional<int64_t> knownFrom;
  uint64_t late = 0;
  /// Pieces of state that a bound let go: matches that had begun, groups, keys. What would have come of them is lost.
  uint64_t forgotten = 0;
  bool peeking = false;  ///< open windows are only looked at: nothing may change
  /// Calls `work` at an instant, timers of upstream nodes first, and sends on what it emits.
  std::function<TimerId(Micros at, std::function<void()> work)> callAt;
  /// The same for what rests on silence: the call waits until all that was sent up to its instant has been read.
  std::function<TimerId(Micros at, std::function<void()> work)> callOnceProven;
  /// Arrival of the row at an origin of the present push.
  std::function<Micros(uint32_t origin)> arrivalOf;
  /// Number of the message that the row at an origin of the present push came with.
  std::function<uint32_t(uint32_t origin)> messageOf;

  bool hasGap(int64_t start, int64_t end) const {
    if (knownFrom && start < *knownFrom) return true;
    for (const GapLog* gap : gaps)
      if (gap->overlaps(start, end)) return true;
    return false;
  }
  /// How often the node's sources have lost messages before the row at an origin of the present push.
  uint64_t lossesBefore(uint32_t origin) const {
    uint64_t losses = 0;
    for (const GapLog* gap : gaps) losses += gap->lossesBefore(origin);
    return losses;
  }
};

/// One station of a node: takes batches, hands batches on. State lives here.
class Operator {
public:
  explicit Operator(NodeContext& context) : m_context(context) {}
  virtual ~Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  void setNext(Operator* next) { m_next = next; }
  virtual void consume(const Batch& batch) = 0;
  /// All rows of the push have come; steps of the watermark that are left take effect.
  virtual void finishPush() {}
  /// No timer that rows arriving from `from` on could make is due before this instant. Rows up to it may share a batch.
  virtual Micros earliestTimer(Micros from) const {
    (void)from;
    return kNever;
  }
  /// So many rows at once keep nobody waiting: timers, signals and sockets have their turn between batches.
  virtual size_t mostRows() const { return SIZE_MAX; }
  /// Sends the rows of open windows on, as provisional ones.
  virtual void emitOpen() {}
  /// Sends on what it holds back, at the end of a run.
  virtual void flush() {}

protected:
  void send(const Batch& batch) {
    if (m_next) m_next->consume(batch);
  }
  NodeContext& m_context;

private:
  Operator* m_next = nullptr;
};

/// Walks the steps of the watermark alongside the rows of one push.
class StepWalker {
public:
  explicit StepWalker(NodeContext& context) : m_context(context) {}

  /// Calls `each(watermark, origin)` for the steps that come before a row of `origin`.
  template <class Each>
  void before(uint32_t origin, const Each& each) {
    if (!m_loaded) {
      load();
      // What silence before the push has passed is passed, whether or not a timer was there to say so.
      if (!m_origins.empty()) each(m_context.watermark.beforePush(m_context.arrivalOf(0)), origin);
    }
    while (m_next < m_origins.size() &&
           (m_context.rowsBeforeSteps ? m_origins[m_next] < origin : m_origins[m_next] <= origin))
      step(each);
  }
  /// The rest of the steps; the next push starts anew.
  template <class Each>
  void rest(const Each& each) {
    if (!m_loaded) load();
    while (m_next < m_origins.size()) step(each);
    m_loaded = false;
  }

private:
  void load() {
    m_origins = m_context.watermark.hasSources() ? m_context.watermark.stepOrigins() : std::vector<uint32_t>{};
    m_next = 0;
    m_loaded = true;
  }
  template <class Each>
  void step(const Each& each) {
    const uint32_t origin = m_origins[m_next++];
    each(m_context.watermark.atOrigin(origin, m_context.arrivalOf(origin)), origin);
  }

  NodeContext& m_context;
  std::vector<uint32_t> m_origins;
  size_t m_next = 0;
  bool m_loaded = false;
};

}  // namespace weir
