// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/rolling_operator.h"

#include <algorithm>

#include "core/exec/filter_operator.h"

namespace weir {

namespace {

// UNIQUE and FIRSTUNIQUE forget the oldest keys beyond this, so that no feed can take all memory.
constexpr size_t kMostKeys = 1'000'000;

}  // namespace

RollingOperator::RollingOperator(NodeContext& context, const BoundSelect& select)
    : Operator(context),
      m_select(select),
      m_rolls(select.window.kind == BoundWindow::Kind::Time || select.window.kind == BoundWindow::Kind::Length),
      m_groups(keyTypes(select)) {
  if (!m_rolls) {
    m_running.emplace(select);
    return;
  }
  for (const BoundAggregate& aggregate : select.aggregates) {
    const bool distinct = aggregate.distinct;
    m_rolling.push_back(distinct ? aggregate.overload->makeRollingDistinct() : aggregate.overload->makeRolling());
  }
}

void RollingOperator::expire(int64_t now) {
  const BoundWindow& window = m_select.window;
  const auto gone = [&] {
    return window.kind == BoundWindow::Kind::Length ? m_members.size() > static_cast<size_t>(window.count)
                                                    : m_members.front().time <= now - window.sizeMs;
  };
  while (!m_members.empty() && gone()) {
    for (size_t a = 0; a < m_rolling.size(); ++a)
      if (!m_select.aggregates[a].function->isForever) m_rolling[a]->popOldest(m_members.front().group);
    m_members.pop_front();
  }
}

// Returns false when the row is a repeat that FIRSTUNIQUE keeps out.
bool RollingOperator::addUnique(const Batch& batch, const PreparedInput& input, const Column& keys, uint32_t row,
                                uint32_t& group) {
  std::string key;
  const ColumnPtr column(&keys, [](const Column*) {});
  appendKey(key, {&column, 1}, row);
  const auto known = m_kept.find(key);
  std::vector<uint32_t> groups;
  if (m_select.window.kind == BoundWindow::Kind::FirstUnique) {
    if (known != m_kept.end()) return false;
    m_kept.emplace(key, Kept{});
    m_keptOrder.push_back(key);
    m_running->add(input, {&row, 1}, groups);
    group = groups[0];
  } else {
    auto copy = std::make_shared<Batch>(selected(batch, {row}));
    const bool replaces = known != m_kept.end();
    if (!replaces) m_keptOrder.push_back(key);
    m_kept[key] = {std::move(copy), m_order++};
    if (!replaces) {
      m_running->add(input, {&row, 1}, groups);
    } else {
      // What one key had cannot be taken back from a sum without drift, so all that are kept are added anew.
      std::vector<const Kept*> all;
      for (const auto& [name, kept] : m_kept) all.push_back(&kept);
      std::sort(all.begin(), all.end(), [](const Kept* a, const Kept* b) { return a->order < b->order; });
      m_running->clear();
      Issues counted;
      Issues& real = m_context.evaluator.issues();
      m_context.evaluator.countIn(counted);
      const uint32_t first = 0;
      for (const Kept* kept : all)
        m_running->add(prepare(m_select, m_context.evaluator, *kept->batch), {&first, 1}, groups);
      m_context.evaluator.countIn(real);
    }
    group = groups[0];
  }
  if (m_keptOrder.size() > kMostKeys) {
    m_kept.erase(m_keptOrder.front());
    m_keptOrder.pop_front();
  }
  return true;
}

void RollingOperator::consume(const Batch& batch) {
  const PreparedInput input = prepare(m_select, m_context.evaluator, batch);
  const bool unique =
      m_select.window.kind == BoundWindow::Kind::Unique || m_select.window.kind == BoundWindow::Kind::FirstUnique;
  const ColumnPtr keys = unique ? m_context.evaluator.evaluate(*m_select.window.key, batch) : nullptr;
  std::vector<std::shared_ptr<Column>> results;
  for (const BoundAggregate& aggregate : m_select.aggregates)
    results.push_back(std::make_shared<Column>(aggregate.overload->result));
  auto start = std::make_shared<Column>(Type::Long);
  auto end = std::make_shared<Column>(Type::Long);
  Issues& issues = m_context.evaluator.issues();
  Selection answered;
  std::vector<uint32_t> groups;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    uint32_t group = 0;
    if (unique) {
      if (!addUnique(batch, input, *keys, row, group)) continue;
    } else if (m_rolls) {
      group = m_groups.find(input.keys, row);
      // A row out of order counts from its arrival on: it is as old as the newest before it.
      m_latest = std::max(m_latest, batch.meta[row].time());
      m_members.push_back({m_latest, group});
      for (size_t a = 0; a < m_rolling.size(); ++a) {
        m_rolling[a]->grow(m_groups.size());
        m_rolling[a]->push(input.of(a), row, group);
      }
      expire(m_latest);
    } else {
      m_running->add(input, {&row, 1}, groups);
      group = groups[0];
    }
    answered.push_back(row);
    for (size_t a = 0; a < results.size(); ++a) {
      if (m_rolls)
        m_rolling[a]->finish(group, *results[a], issues, m_select.aggregates[a].weight);
      else
        m_running->finishOne(a, group, *results[a], issues);
    }
    start->appendInteger(batch.meta[row].time() - m_select.window.sizeMs);
    end->appendInteger(batch.meta[row].time());
  }
  Batch out = selected(batch, answered);
  out.schema = m_select.layout;
  for (auto& column : results) out.columns.push_back(std::move(column));
  out.columns.push_back(std::move(start));
  out.columns.push_back(std::move(end));
  if (m_select.window.kind == BoundWindow::Kind::Time)
    for (RowMeta& meta : out.meta) meta.hasGap = m_context.hasGap(meta.time() - m_select.window.sizeMs + 1, meta.time() + 1);
  send(out);
}

void DelayOperator::consume(const Batch& batch) {
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    Held held{batch.meta[row].arrival + fromMillis(m_delay), selected(batch, {row})};
    const Micros due = held.due;
    m_held.push_back(std::move(held));
    m_context.callAt(due, [this, due] { release(due); });
  }
}

void DelayOperator::release(Micros upTo) {
  while (!m_held.empty() && m_held.front().due <= upTo) {
    Batch batch = std::move(m_held.front().batch);
    m_held.pop_front();
    for (RowMeta& meta : batch.meta) {
      meta.at += m_delay;
      meta.origin = 0;
    }
    send(batch);
  }
}

void DelayOperator::flush() { release(kNever); }

}  // namespace weir
