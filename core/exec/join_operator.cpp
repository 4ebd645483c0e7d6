// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/join_operator.h"

#include <algorithm>

#include "core/data/json_text.h"
#include "core/exec/group_table.h"

namespace weir {

namespace {

// An ASOF JOIN looks back over so many right rows of one key.
constexpr size_t kMostPerKey = 4096;

}  // namespace

JoinOperator::JoinOperator(NodeContext& context, const BoundJoin& join, SchemaPtr schema, size_t leftColumns)
    : Operator(context), m_join(join), m_leftColumns(leftColumns), m_out(std::move(schema)) {}

JoinOperator::Prepared JoinOperator::prepare(size_t side, const BatchPtr& batch) {
  Prepared out{batch, {}, nullptr};
  for (const auto& key : side == 0 ? m_join.leftKeys : m_join.rightKeys) out.keys.push_back(m_context.evaluator.evaluate(*key, *batch));
  const auto& time = side == 0 ? m_join.leftTime : m_join.rightTime;
  if (time) out.time = m_context.evaluator.evaluate(*time, *batch);
  return out;
}

void JoinOperator::process(const std::vector<std::pair<size_t, BatchPtr>>& input) {
  struct Position {
    size_t side;
    const Prepared* input;
    uint32_t row;
  };
  std::deque<Prepared> prepared;
  std::vector<Position> rows;
  for (const auto& [side, batch] : input) {
    prepared.push_back(prepare(side, batch));
    for (uint32_t row = 0; row < batch->rows(); ++row) rows.push_back({side, &prepared.back(), row});
  }
  // What one row caused on both sides: an ASOF or table join sees the right one first.
  const bool rightFirst = m_join.match != BoundJoin::Match::Within;
  std::stable_sort(rows.begin(), rows.end(), [&](const Position& a, const Position& b) {
    const uint32_t x = a.input->batch->meta[a.row].origin;
    const uint32_t y = b.input->batch->meta[b.row].origin;
    return x != y ? x < y : rightFirst ? a.side > b.side : a.side < b.side;
  });
  for (const Position& at : rows) take(at.side, *at.input, at.row);
  if (m_out.rows() > 0) send(*m_out.take());
}

void JoinOperator::take(size_t side, const Prepared& input, uint32_t row) {
  const RowMeta& meta = input.batch->meta[row];
  // NULL equals nothing: such a row has no partner.
  const bool nullKey = std::any_of(input.keys.begin(), input.keys.end(), [row](const ColumnPtr& key) { return key->isNull(row); });
  const bool nullTime = input.time && input.time->isNull(row);
  const int64_t time = input.time && !nullTime ? static_cast<int64_t>(input.time->number(row)) : meta.time();
  const Kept self{time, meta, input.batch, row};
  std::string key;
  appendKey(key, input.keys, row);
  if (m_join.match != BoundJoin::Match::Within) {
    if (side == 1) {
      if (nullKey || nullTime) return;
      std::deque<Kept>& kept = m_stores[1][key];
      if (m_join.match == BoundJoin::Match::Table) {
        kept.assign(1, self);
        return;
      }
      // Mostly in order; a row out of order finds its place, behind equals.
      const auto place = std::upper_bound(kept.begin(), kept.end(), time, [](int64_t t, const Kept& k) { return t < k.time; });
      kept.insert(place, self);
      if (kept.size() > kMostPerKey) kept.pop_front();
      return;
    }
    const auto found = nullKey || nullTime ? m_stores[1].end() : m_stores[1].find(key);
    if (found != m_stores[1].end()) {
      for (auto kept = found->second.rbegin(); kept != found->second.rend(); ++kept) {
        if (m_join.match == BoundJoin::Match::Asof) {
          if (kept->time > time || (m_join.strict && kept->time == time)) continue;
          if (m_join.withinMs >= 0 && time - kept->time > m_join.withinMs) break;
        }
        if (matches(self, &*kept)) return answer(self, &*kept, meta);
      }
    }
    if (m_join.kind == BoundJoin::Kind::Left) answer(self, nullptr, meta);
    return;
  }
  if (nullKey) return;
  std::deque<Kept>& others = m_stores[1 - side][key];
  prune(others, meta);
  for (const Kept& other : others) {
    if (std::abs(other.time - time) > m_join.withinMs) continue;
    const Kept& left = side == 0 ? self : other;
    const Kept& right = side == 0 ? other : self;
    if (matches(left, &right)) answer(left, &right, meta);
  }
  std::deque<Kept>& own = m_stores[side][key];
  prune(own, meta);
  own.push_back(self);
}

void JoinOperator::prune(std::deque<Kept>& rows, const RowMeta& now) {
  const int64_t watermark = m_context.watermark.hasSources() ? m_context.watermark.atOrigin(now.origin, now.arrival) : toMillis(now.arrival);
  if (watermark == kNoWatermark) return;
  while (!rows.empty() && rows.front().time < watermark - m_join.withinMs) rows.pop_front();
}

bool JoinOperator::matches(const Kept& left, const Kept* right) {
  if (!m_join.residual) return true;
  BatchBuilder pair(m_out.schema());
  for (size_t c = 0; c < m_leftColumns; ++c) pair.column(c).appendFrom(*left.batch->columns[c], left.row);
  for (size_t c = m_leftColumns; c < m_out.schema()->fields.size(); ++c)
    pair.column(c).appendFrom(*right->batch->columns[c - m_leftColumns], right->row);
  pair.finishRow(left.meta);
  const auto batch = pair.take();
  return !m_context.evaluator.select(*m_join.residual, *batch, {0}).empty();
}

void JoinOperator::answer(const Kept& left, const Kept* right, const RowMeta& cause) {
  for (size_t c = 0; c < m_leftColumns; ++c) m_out.column(c).appendFrom(*left.batch->columns[c], left.row);
  for (size_t c = m_leftColumns; c < m_out.schema()->fields.size(); ++c) {
    if (right)
      m_out.column(c).appendFrom(*right->batch->columns[c - m_leftColumns], right->row);
    else
      m_out.column(c).appendNull();
  }
  // The event time of a joined row is the latest of its parts; a table's row has none that counts.
  const bool rightIsLater = right && m_join.match != BoundJoin::Match::Table && right->meta.time() > left.meta.time();
  RowMeta meta = rightIsLater ? right->meta : left.meta;
  meta.arrival = cause.arrival;
  meta.origin = cause.origin;
  m_out.finishRow(meta);
}

void UnnestOperator::consume(const Batch& batch) {
  const ColumnPtr arrays = m_context.evaluator.evaluate(*m_unnest.array, batch);
  const size_t columns = batch.columns.size();
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    if (arrays->isNull(row)) continue;
    int64_t number = 0;
    forEachJsonElement(arrays->text(row), [&](std::string_view element) {
      for (size_t c = 0; c < columns; ++c) m_out.column(c).appendFrom(*batch.columns[c], row);
      if (isJsonNull(element))
        m_out.column(columns).appendNull();
      else
        m_out.column(columns).appendText(element);
      m_out.column(columns + 1).appendInteger(++number);
      m_out.finishRow(batch.meta[row]);
    });
  }
  send(*m_out.take());
}

}  // namespace weir
