// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/result_operator.h"

#include <algorithm>

#include "core/exec/filter_operator.h"
#include "core/exec/group_table.h"

namespace weir {

namespace {

// DISTINCT without a window remembers this many rows.
constexpr size_t kMostDistinct = 100'000;
// LAG remembers so many partitions; of more, the one that came first begins anew.
constexpr size_t kMostPartitions = 1'000'000;

int compareCells(const Column& column, uint32_t a, uint32_t b) {
  const auto three = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (isReal(column.type())) return three(column.real(a), column.real(b));
  if (isText(column.type())) return three(column.text(a), column.text(b));
  return three(column.integer(a), column.integer(b));
}

// A column may carry a narrower type than the stream it goes to.
ColumnPtr conformed(ColumnPtr column, Type type) {
  if (column->type() == type) return column;
  auto out = std::make_shared<Column>(type);
  out->reserve(column->size());
  for (size_t row = 0; row < column->size(); ++row) out->appendFrom(*column, row);
  return out;
}

}  // namespace

ResultOperator::ResultOperator(NodeContext& context, const physical::Select& select, SchemaPtr schema)
    : Operator(context), m_select(select), m_schema(std::move(schema)), m_lags(select.lags.size()) {}

void ResultOperator::addLags(Batch& batch) {
  // Rows without aggregates come with the input's columns only; LAG stands behind where those would be.
  const size_t first = m_select.layout->fields.size() - m_select.lags.size();
  batch.columns.resize(first);
  for (size_t i = 0; i < m_select.lags.size(); ++i) {
    const physical::Lag& lag = m_select.lags[i];
    const ColumnPtr values = m_context.evaluator.evaluate(*lag.value, batch);
    std::vector<ColumnPtr> partition;
    for (const auto& part : lag.partition) partition.push_back(m_context.evaluator.evaluate(*part, batch));
    auto out = std::make_shared<Column>(lag.value->type);
    for (uint32_t row = 0; row < batch.rows(); ++row) {
      std::string key;
      appendKey(key, partition, row);
      const auto [place, isNew] = m_lags[i].values.try_emplace(key);
      std::deque<Value>& past = place->second;
      const auto distance = static_cast<size_t>(lag.distance);
      if (past.size() < distance)
        out->appendNull();
      else
        out->append(past[past.size() - distance]);
      // A provisional row is replaced later: it is nobody's predecessor.
      if (batch.meta[row].isProvisional) {
        if (isNew) m_lags[i].values.erase(place);
        continue;
      }
      past.push_back(values->value(row));
      if (past.size() > distance) past.pop_front();
      if (isNew) remember(m_lags[i], std::move(key));
    }
    batch.columns.push_back(std::move(out));
  }
}

void ResultOperator::remember(Past& past, std::string partition) {
  past.order.push_back(std::move(partition));
  if (past.order.size() <= kMostPartitions) return;
  past.values.erase(past.order.front());
  past.order.pop_front();
  ++m_context.forgotten;
}

void ResultOperator::consume(const Batch& input) {
  Batch batch =
      m_select.having ? selected(input, m_context.evaluator.select(*m_select.having, input, allRows(input))) : input;
  if (batch.rows() == 0) return;
  if (!m_select.lags.empty()) addLags(batch);
  Batch out;
  out.schema = m_schema;
  for (size_t i = 0; i < m_select.items.size(); ++i)
    out.columns.push_back(conformed(m_context.evaluator.evaluate(*m_select.items[i], batch), m_schema->fields[i].type));
  out.meta = batch.meta;
  if (!m_select.distinct && m_select.order.empty() && !m_select.limit && m_select.offset == 0) return send(out);

  Selection rows = allRows(out);
  if (m_select.distinct) keepDistinct(out, rows);
  if (!m_select.order.empty()) order(batch, out.columns, rows);
  if (m_select.limit || m_select.offset > 0) {
    Selection kept;
    int64_t position = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const bool sameEvent =
          m_select.window.closes() || (i > 0 && out.meta[rows[i]].origin == out.meta[rows[i - 1]].origin);
      position = sameEvent ? position + (i > 0 ? 1 : 0) : 0;
      if (position >= m_select.offset && (!m_select.limit || position - m_select.offset < *m_select.limit))
        kept.push_back(rows[i]);
    }
    rows = std::move(kept);
  }
  Batch picked;
  picked.schema = m_schema;
  for (const ColumnPtr& column : out.columns) {
    auto copy = std::make_shared<Column>(column->type());
    for (const uint32_t row : rows) copy->appendFrom(*column, row);
    picked.columns.push_back(std::move(copy));
  }
  for (const uint32_t row : rows) picked.meta.push_back(out.meta[row]);
  send(picked);
}

void ResultOperator::keepDistinct(const Batch& in, Selection& rows) {
  std::unordered_set<std::string> emission;
  const bool windowed = m_select.window.closes();
  Selection kept;
  for (const uint32_t row : rows) {
    std::string key;
    appendKey(key, in.columns, row);
    if (windowed || m_context.peeking) {
      if (emission.insert(key).second) kept.push_back(row);
      continue;
    }
    if (!m_seen.insert(key).second) continue;
    kept.push_back(row);
    m_seenOrder.push_back(std::move(key));
    if (m_seenOrder.size() <= kMostDistinct) continue;
    m_seen.erase(m_seenOrder.front());
    m_seenOrder.pop_front();
    ++m_context.forgotten;
  }
  rows = std::move(kept);
}

void ResultOperator::order(const Batch& in, const std::vector<ColumnPtr>& items, Selection& rows) {
  std::vector<ColumnPtr> keys;
  for (const physical::Order& order : m_select.order)
    keys.push_back(order.output ? items[*order.output] : m_context.evaluator.evaluate(*order.expr, in));
  const bool windowed = m_select.window.closes();
  std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    if (!windowed && in.meta[a].origin != in.meta[b].origin) return in.meta[a].origin < in.meta[b].origin;
    for (size_t k = 0; k < keys.size(); ++k) {
      const bool nullA = keys[k]->isNull(a);
      const bool nullB = keys[k]->isNull(b);
      if (nullA || nullB) {
        if (nullA != nullB) return m_select.order[k].nullsFirst ? nullA : nullB;
        continue;
      }
      const int c = compareCells(*keys[k], a, b);
      if (c != 0) return m_select.order[k].descending ? c > 0 : c < 0;
    }
    return false;
  });
}

}  // namespace weir
