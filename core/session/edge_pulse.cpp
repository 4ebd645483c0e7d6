// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/edge_pulse.h"

#include <algorithm>
#include <utility>

#include "core/flink/topic_columns.h"

namespace weir {

namespace {

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kMostMarks = 1000;

std::string markText(int64_t from, int64_t to) {
  return "{\"" + std::string(flink::kGapFrom) + "\":" + std::to_string(from) + ",\"" + flink::kGapTo +
         "\":" + std::to_string(to) + "}";
}

// A window that overlaps a gap and holds rows holds its first instant, its last, or, if it lies within, a whole second.
std::vector<std::string> marksOf(int64_t from, int64_t to) {
  std::vector<std::string> out;
  if (to <= from) return out;
  const int64_t last = to - 1;
  const int64_t step = kSecondMs * std::max<int64_t>(1, (to - from) / kSecondMs / kMostMarks);
  int64_t at = from;
  while (at < last) {
    const int64_t next = std::min(last, (at / step + 1) * step);
    out.push_back(markText(at, next));
    at = next;
  }
  out.push_back(markText(at, to));
  return out;
}

}  // namespace

EdgePulse::EdgePulse(Run& run, const std::vector<EdgeTopic>& topics) : m_run(run) {
  m_topics.reserve(topics.size());
  for (const EdgeTopic& names : topics) {
    Topic& topic = m_topics.emplace_back();
    topic.names = names;
    topic.gaps = &run.pipeline().gapLog(names.source);
    topic.life = &run.pipeline().life(names.source);
    // A stream's own taps come before those of what reads it: marks leave before the rows that end a gap.
    run.pipeline().tap(names.source, [this, &topic](const BatchPtr& batch) {
      if (!topic.hasBegun && batch->rows() > 0) {
        topic.hasBegun = true;
        int64_t first = batch->meta[0].at;
        for (const RowMeta& meta : batch->meta) first = std::min(first, meta.at);
        // What the log ends with is the last that is known to have been there.
        m_run.announce(topic.names.topic, {[first](std::optional<int64_t> before) {
                                             return marksOf(before ? std::min(*before, first - 1) : first - 1, first);
                                           },
                                           first});
      }
      mark(topic);
    });
  }
}

void EdgePulse::announceMarks(const Topic& topic, int64_t from, int64_t to) {
  std::vector<std::string> marks = marksOf(from, to);
  if (marks.empty()) return;
  m_run.announce(topic.names.topic, {[marks = std::move(marks)](std::optional<int64_t>) { return marks; }, from});
}

// Gaps that are over since the last time; and of one that lasts, up to the watermark.
void EdgePulse::mark(Topic& topic) {
  const GapLog& log = *topic.gaps;
  const auto& gaps = log.gaps();
  const bool isOpen = log.isOpen();
  const uint64_t over = log.count() - (isOpen ? 1 : 0);
  const size_t kept = gaps.size() - (isOpen ? 1 : 0);
  for (uint64_t i = std::max(topic.told, over - kept); i < over; ++i) {
    const Gap& gap = gaps[kept - static_cast<size_t>(over - i)];
    const bool wasOpen = topic.openFrom == gap.from;
    announceMarks(topic, wasOpen ? topic.markedTo : gap.from, gap.to.value_or(gap.from));
    if (wasOpen) topic.openFrom.reset();
  }
  topic.told = over;
  if (!isOpen) return;
  if (!topic.openFrom) {
    topic.openFrom = gaps.back().from;
    topic.markedTo = gaps.back().from;
  }
  const auto until = watermark(topic);
  if (!until || *until <= topic.markedTo) return;
  announceMarks(topic, topic.markedTo, *until);
  topic.markedTo = *until;
}

// Up to where no row can come that is not late, as far as silence is proven. Nothing before the first row: where the
// feed's event time stands, nobody knows.
std::optional<int64_t> EdgePulse::watermark(const Topic& topic) const {
  const Micros now = m_run.pipeline().clock().now();
  const SourceWatermark* const source = m_run.pipeline().sourceWatermark(topic.names.source);
  if (!source) return topic.hasBegun ? std::optional(toMillis(std::min(now, topic.life->proven()))) : std::nullopt;
  const auto at = source->at(now);
  return !at || *at == kNoWatermark ? std::nullopt : at;
}

// A silence counts as far as it is proven, and with event time only once it is as long as the idle rule has it.
bool EdgePulse::isProofDue(const Topic& topic) const {
  const SourceWatermark* const source = m_run.pipeline().sourceWatermark(topic.names.source);
  const Micros known = source ? source->provenUntil() : topic.life->proven();
  return m_run.pipeline().clock().now() - known >= (source ? std::max(kEvery, source->idle() / 2) : kEvery);
}

void EdgePulse::beat() {
  m_run.flush();
  for (Topic& topic : m_topics) {
    mark(topic);
    const auto until = watermark(topic);
    if (isProofDue(topic)) m_run.ask(topic.names.source);
    if (!until) continue;
    const int64_t at = std::max(*until, topic.beaten.value_or(*until));
    topic.beaten = at;
    const std::string text =
        "{\"" + std::string(flink::kAt) + "\":" + std::to_string(at) + ",\"" + flink::kHeartbeat + "\":true}";
    m_run.announce(topic.names.topic, {[text](std::optional<int64_t>) { return std::vector{text}; }, at});
  }
}

}  // namespace weir
