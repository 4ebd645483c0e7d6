// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/rolling_operator.h"

#include <algorithm>

#include "core/exec/filter_operator.h"

namespace weir {

namespace {

// UNIQUE and FIRSTUNIQUE forget the oldest keys beyond this, so that no feed can take all memory.
constexpr size_t kMostKeys = 1'000'000;
// Without a window, groups stay for ever: of so many, the quarter that was not used for longest begins anew.
constexpr size_t kMostGroups = 1'000'000;
// So many groups may be empty, and as many as there are rows, before they are dropped.
constexpr size_t kEmptyGroups = 1024;

}  // namespace

RollingOperator::RollingOperator(NodeContext& context, const physical::Select& select)
    : Operator(context),
      m_select(select),
      m_rolls(select.window.kind == logical::WindowKind::Time || select.window.kind == logical::WindowKind::Length),
      m_groups(keyTypes(select)),
      m_hasForever(AggregateSet::needsForever(select)),
      m_forgets(!m_rolls && !select.keys.empty() && select.window.kind != logical::WindowKind::Unique) {
  if (!m_rolls) {
    const bool leave = select.window.kind == logical::WindowKind::Unique;
    m_running.emplace(select, nullptr, leave ? AggregateSet::Rows::Leave : AggregateSet::Rows::Stay);
    return;
  }
  for (const physical::Aggregate& aggregate : select.aggregates) {
    const bool distinct = aggregate.distinct;
    m_rolling.push_back(distinct ? aggregate.overload->makeRollingDistinct() : aggregate.overload->makeRolling());
  }
}

void RollingOperator::expire(const EventInstant& now) {
  const physical::Window& window = m_select.window;
  const auto gone = [&] {
    return window.kind == logical::WindowKind::Length
               ? m_members.size() > static_cast<size_t>(window.count)
               : m_members.front().time <= EventInstant{now.ms - window.sizeMs, now.nanos};
  };
  while (!m_members.empty() && gone()) {
    for (size_t a = 0; a < m_rolling.size(); ++a)
      if (!m_select.aggregates[a].function->isForever) m_rolling[a]->popOldest(m_members.front().group);
    leave(m_members.front().group);
    m_members.pop_front();
  }
}

void RollingOperator::leave(uint32_t group) {
  if (--m_membersOf[group] == 0) ++m_emptyGroups;
}

// Groups that come no more must not stay for ever: an order number as a key would take all memory. What no window
// resets keeps its group.
void RollingOperator::dropEmptyGroups() {
  if (m_emptyGroups <= kEmptyGroups + m_members.size() || m_hasForever || m_select.keys.empty()) return;
  std::vector<uint32_t> kept;
  std::vector<uint32_t> places(m_membersOf.size());
  for (uint32_t group = 0; group < m_membersOf.size(); ++group) {
    if (m_membersOf[group] == 0) continue;
    places[group] = static_cast<uint32_t>(kept.size());
    m_membersOf[kept.size()] = m_membersOf[group];
    kept.push_back(group);
  }
  m_membersOf.resize(kept.size());
  m_groups.keepOnly(kept);
  for (const auto& rolling : m_rolling) rolling->keepOnly(kept);
  for (Member& member : m_members) member.group = places[member.group];
  m_emptyGroups = 0;
}

void RollingOperator::used(uint32_t group) {
  if (group >= m_lastUse.size()) m_lastUse.resize(group + 1);
  m_lastUse[group] = ++m_rows;
  if (m_lastUse.size() <= kMostGroups) return;
  std::vector<uint64_t> uses = m_lastUse;
  const auto oldestKept = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 4);
  std::nth_element(uses.begin(), oldestKept, uses.end());
  std::vector<uint32_t> kept;
  for (uint32_t each = 0; each < m_lastUse.size(); ++each) {
    if (m_lastUse[each] < *oldestKept) continue;
    m_lastUse[kept.size()] = m_lastUse[each];
    kept.push_back(each);
  }
  m_context.forgotten += m_lastUse.size() - kept.size();
  m_lastUse.resize(kept.size());
  m_running->keepOnly(kept);
}

// Returns false when the row is a repeat that FIRSTUNIQUE keeps out.
bool RollingOperator::addFirst(std::string key, const PreparedInput& input, uint32_t row, uint32_t& group) {
  if (!m_seen.insert(key).second) return false;
  m_keptOrder.push_back(std::move(key));
  std::vector<uint32_t> groups;
  m_running->add(input, {&row, 1}, groups);
  group = groups[0];
  if (m_keptOrder.size() > kMostKeys) {
    m_seen.erase(m_keptOrder.front());
    m_keptOrder.pop_front();
    ++m_context.forgotten;
  }
  return true;
}

void RollingOperator::addLatest(const std::string& key, const PreparedInput& input, uint32_t row, uint32_t& group) {
  const auto [place, isNew] = m_kept.try_emplace(key);
  if (isNew)
    m_keptOrder.push_back(key);
  else
    takeOut(place->second);
  if (m_emptyGroups > kEmptyGroups + m_kept.size()) {
    if (!isNew) place->second.times = nullptr;
    startAnew();
  }
  place->second = Kept{keptRow(input, row), 0, m_order++};
  putIn(place->second);
  if (m_keptOrder.size() > kMostKeys) {
    // Many at once: what is left is added anew.
    for (size_t i = 0; i < kMostKeys / 16; ++i) {
      m_kept.erase(m_keptOrder.front());
      m_keptOrder.pop_front();
      ++m_context.forgotten;
    }
    startAnew();
  }
  group = place->second.group;
}

void RollingOperator::putIn(Kept& kept) {
  const uint32_t first = 0;
  std::vector<uint32_t> groups;
  m_running->add(kept.input, {&first, 1}, groups);
  kept.group = groups[0];
  if (kept.group >= m_keptOf.size())
    m_keptOf.resize(kept.group + 1);
  else if (m_keptOf[kept.group].empty())
    --m_emptyGroups;
  m_keptOf[kept.group].emplace(kept.order, &kept.input);
}

// What cannot be taken back from a sum without drift is added anew, but only that of its own group.
void RollingOperator::takeOut(const Kept& gone) {
  auto& left = m_keptOf[gone.group];
  left.erase(gone.order);
  const std::vector<size_t> inexact = m_running->takeBack(gone.input, 0, gone.group);
  if (!inexact.empty()) {
    std::vector<const PreparedInput*> rows;
    for (const auto& [order, stays] : left) rows.push_back(stays);
    for (const size_t aggregate : inexact) m_running->remake(aggregate, gone.group, rows);
  }
  if (left.empty()) ++m_emptyGroups;
}

// Without the groups that have nothing any more.
void RollingOperator::startAnew() {
  std::vector<Kept*> all;
  for (auto& [name, kept] : m_kept)
    if (kept.times) all.push_back(&kept);
  std::sort(all.begin(), all.end(), [](const Kept* a, const Kept* b) { return a->order < b->order; });
  m_running->clear();
  m_keptOf.clear();
  m_emptyGroups = 0;
  for (Kept* kept : all) putIn(*kept);
}

void RollingOperator::consume(const Batch& batch) {
  const PreparedInput input = prepare(m_select, m_context.evaluator, batch);
  const bool unique =
      m_select.window.kind == logical::WindowKind::Unique || m_select.window.kind == logical::WindowKind::FirstUnique;
  const ColumnPtr keys = unique ? m_context.evaluator.evaluate(*m_select.window.key, batch) : nullptr;
  std::vector<std::shared_ptr<Column>> results;
  for (const physical::Aggregate& aggregate : m_select.aggregates)
    results.push_back(std::make_shared<Column>(aggregate.overload->result));
  auto start = std::make_shared<Column>(Type::Long);
  auto end = std::make_shared<Column>(Type::Long);
  Issues& issues = m_context.evaluator.issues();
  Selection answered;
  std::vector<uint32_t> groups;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    uint32_t group = 0;
    if (unique) {
      std::string key;
      appendKey(key, {&keys, 1}, row);
      if (m_select.window.kind == logical::WindowKind::Unique)
        addLatest(key, input, row, group);
      else if (!addFirst(std::move(key), input, row, group))
        continue;
    } else if (m_rolls) {
      dropEmptyGroups();
      group = m_groups.find(input.keys, row);
      // A row out of order counts from its arrival on: it is as old as the newest before it.
      m_latest = std::max(m_latest, batch.meta[row].instant());
      m_members.push_back({m_latest, group});
      if (group >= m_membersOf.size())
        m_membersOf.resize(group + 1);
      else if (m_membersOf[group] == 0)
        --m_emptyGroups;
      ++m_membersOf[group];
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
    if (m_forgets) used(group);
    start->appendInteger(batch.meta[row].time() - m_select.window.sizeMs);
    end->appendInteger(batch.meta[row].time());
  }
  Batch out = selected(batch, answered);
  out.schema = m_select.layout;
  for (auto& column : results) out.columns.push_back(std::move(column));
  out.columns.push_back(std::move(start));
  out.columns.push_back(std::move(end));
  if (m_select.window.kind == logical::WindowKind::Time)
    for (RowMeta& meta : out.meta)
      meta.hasGap = m_context.hasGap(meta.time() - m_select.window.sizeMs + 1, meta.time() + 1);
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
