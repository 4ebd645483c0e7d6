// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/time_window_operator.h"

#include <algorithm>
#include <numeric>

namespace weir {

namespace {

// Any watermark is past it.
constexpr int64_t kLongAgo = 4'000'000'000'000'000;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kWeekMs = 7 * kDayMs;
// 1970-01-05 was the first Monday after the epoch, which was a Thursday.
constexpr int64_t kMonday = 4 * kDayMs;

}  // namespace

TimeWindowOperator::TimeWindowOperator(NodeContext& context, const physical::Select& select)
    : Operator(context),
      m_select(select),
      m_steps(context),
      m_timer(context,
              [this](int64_t watermark) {
                closeUpTo(watermark, 0, m_context.clock.now());
                arm();
              }),
      m_changes(select.output.kind == logical::Output::Kind::Changes) {
  if (AggregateSet::needsForever(select)) m_forever.emplace(select);
  if (select.output.kind == logical::Output::Kind::Snapshot)
    m_ticks.emplace(context, select.output.everyMs, [this] { tick(); });
}

// The last multiple of `step` up to `time`, counted from a Monday for windows of whole weeks, otherwise from the epoch.
int64_t TimeWindowOperator::aligned(int64_t time, int64_t step) const {
  const int64_t anchor = m_select.window.sizeMs % kWeekMs == 0 ? kMonday : 0;
  return floorDivide(time - anchor, step) * step + anchor;
}

std::vector<TimeWindowOperator::Bounds> TimeWindowOperator::windowsOf(int64_t time) const {
  const physical::Window& window = m_select.window;
  std::vector<Bounds> out;
  if (window.kind == logical::WindowKind::Tumbling) {
    const int64_t start = aligned(time, window.sizeMs);
    out.push_back({start + window.sizeMs, start});
  } else if (window.kind == logical::WindowKind::Cumulate) {
    const int64_t start = aligned(time, window.sizeMs);
    for (int64_t end = start + (floorDivide(time - start, window.slideMs) + 1) * window.slideMs;
         end <= start + window.sizeMs; end += window.slideMs)
      out.push_back({end, start});
  } else {
    const int64_t last = aligned(time, window.slideMs);
    for (int64_t start = last; start > time - window.sizeMs; start -= window.slideMs)
      out.push_back({start + window.sizeMs, start});
    std::reverse(out.begin(), out.end());
  }
  return out;
}

bool TimeWindowOperator::isClosed(const Bounds& bounds, Micros arrival) const {
  if (bounds.end <= m_closedUpTo) return true;
  // Windows of a stream without event time close by timer, at the very instant after what comes from upstream.
  return !m_context.watermark.hasSources() && m_context.watermark.clockReaches(bounds.end) < arrival;
}

AggregateSet& TimeWindowOperator::window(const Bounds& bounds) {
  auto& open = m_open[bounds];
  if (!open) open = std::make_unique<AggregateSet>(m_select, m_forever ? &*m_forever : nullptr);
  return *open;
}

void TimeWindowOperator::addPending(const PreparedInput& input) {
  if (m_pending.empty()) return;
  window(*m_pendingWindow).add(input, m_pending, m_groups);
  m_pending.clear();
}

void TimeWindowOperator::consume(const Batch& batch) {
  const PreparedInput input = prepare(m_select, m_context.evaluator, batch);
  const bool single = m_select.window.kind == logical::WindowKind::Tumbling && !m_changes;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    const RowMeta& meta = batch.meta[row];
    m_steps.before(meta.origin, [&](int64_t watermark, uint32_t origin) {
      addPending(input);
      closeUpTo(watermark, origin, m_context.arrivalOf(origin));
    });
    if (m_ticks) m_ticks->start(meta.arrival);
    if (single && m_pendingWindow && meta.time() >= m_pendingWindow->start && meta.time() < m_pendingWindow->end &&
        !isClosed(*m_pendingWindow, meta.arrival)) {
      m_pending.push_back(row);
      if (m_forever) m_forever->add(input, {&row, 1}, m_groups);
      continue;
    }
    addPending(input);
    bool inTime = false;
    for (const Bounds& bounds : windowsOf(meta.time())) {
      if (isClosed(bounds, meta.arrival)) continue;
      if (!inTime && m_forever) m_forever->add(input, {&row, 1}, m_groups);
      inTime = true;
      if (single) {
        m_pendingWindow = bounds;
        m_pending.push_back(row);
        continue;
      }
      AggregateSet& groups = window(bounds);
      groups.add(input, {&row, 1}, m_groups);
      if (m_changes) emitWindow(bounds, groups, m_groups, true, meta.origin, meta.arrival);
    }
    if (!inTime) ++m_context.late;
  }
  addPending(input);
  arm();
}

void TimeWindowOperator::finishPush() {
  m_steps.rest([&](int64_t watermark, uint32_t origin) { closeUpTo(watermark, origin, m_context.arrivalOf(origin)); });
  arm();
}

void TimeWindowOperator::closeUpTo(int64_t watermark, uint32_t origin, Micros at) {
  while (!m_open.empty() && m_open.begin()->first.end <= watermark) {
    auto closed = m_open.extract(m_open.begin());
    m_closedUpTo = std::max(m_closedUpTo, closed.key().end);
    std::vector<uint32_t> all(closed.mapped()->groups());
    std::iota(all.begin(), all.end(), 0U);
    emitWindow(closed.key(), *closed.mapped(), all, false, origin, at);
  }
  if (m_context.watermark.hasSources()) m_closedUpTo = std::max(m_closedUpTo, watermark);
}

void TimeWindowOperator::emitWindow(const Bounds& bounds, const AggregateSet& groups, std::span<const uint32_t> which,
                                    bool provisional, uint32_t origin, Micros at) {
  auto columns = layoutColumns(m_select);
  groups.finish(which, columns, m_context.evaluator.issues());
  Column& start = *columns[columns.size() - 2];
  Column& end = *columns.back();
  for (size_t i = 0; i < which.size(); ++i) {
    start.appendInteger(bounds.start);
    end.appendInteger(bounds.end);
  }
  Batch batch;
  batch.schema = m_select.layout;
  batch.columns.assign(columns.begin(), columns.end());
  RowMeta meta;
  meta.at = bounds.end;
  meta.arrival = at;
  meta.origin = origin;
  meta.isWindowEnd = true;
  meta.isProvisional = provisional;
  meta.hasGap = m_context.hasGap(bounds.start, bounds.end);
  batch.meta.assign(which.size(), meta);
  send(batch);
}

void TimeWindowOperator::arm() {
  if (!m_open.empty()) m_timer.arm(m_open.begin()->first.end);
}

Micros TimeWindowOperator::earliestTimer(Micros from) const {
  const physical::Window& window = m_select.window;
  const int64_t step = window.slideMs > 0 ? window.slideMs : window.sizeMs;
  // Ends of hopping windows are multiples of the slide, shifted by the size.
  const int64_t shift = window.kind == logical::WindowKind::Hopping ? window.sizeMs % window.slideMs : 0;
  const auto endAfter = [&](int64_t time) { return aligned(time - shift, step) + step + shift; };
  const int64_t watermark = m_context.watermark.at(from);
  Micros earliest = m_context.watermark.earliestIdle(from, watermark == kNoWatermark ? -kLongAgo : endAfter(watermark));
  if (m_context.watermark.hasClock())
    earliest = std::min(earliest, m_context.watermark.clockReaches(endAfter(m_context.watermark.ofClock(from))));
  if (m_ticks) earliest = std::min(earliest, m_ticks->nextAfter(from));
  return earliest;
}

void TimeWindowOperator::emitProvisional() {
  for (const auto& [bounds, groups] : m_open) {
    std::vector<uint32_t> all(groups->groups());
    std::iota(all.begin(), all.end(), 0U);
    emitWindow(bounds, *groups, all, true, 0, m_context.clock.now());
  }
}

void TimeWindowOperator::tick() {
  // At a window's end only its final row leaves.
  closeUpTo(m_context.watermark.at(m_context.clock.now()), 0, m_context.clock.now());
  emitProvisional();
  if (!m_open.empty()) m_ticks->start(m_context.clock.now());
}

void TimeWindowOperator::emitOpen() { emitProvisional(); }

void TimeWindowOperator::flush() {
  emitProvisional();
  m_open.clear();
}

}  // namespace weir
