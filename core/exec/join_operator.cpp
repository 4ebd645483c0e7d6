// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/join_operator.h"

#include <algorithm>
#include <optional>

#include "core/data/json_text.h"
#include "core/exec/group_table.h"

namespace weir {

namespace {

// An ASOF JOIN looks back over so many right rows of one key.
constexpr size_t kMostPerKey = 4096;
// Of ASOF and TABLE: so many right rows come before what is kept is looked through.
constexpr size_t kTidyAfter = 16'384;
// And so many keys of them are kept: of more, those whose newest row came first go.
constexpr size_t kMostKeys = 1'000'000;
// Left rows may come this much behind the watermark, as those of OUTPUT EVERY do, and still find their partner.
constexpr int64_t kGraceMs = 60'000;

int64_t timeAt(const Column& column, uint32_t row) {
  // A double would take the last digits of a time in nanoseconds.
  if (!isReal(column.type())) return column.integer(row);
  constexpr double kFarthest = 9.2e18;
  return static_cast<int64_t>(std::clamp(column.real(row), -kFarthest, kFarthest));
}

}  // namespace

JoinOperator::JoinOperator(NodeContext& context, const physical::Join& join, SchemaPtr schema, size_t leftColumns)
    : Operator(context),
      m_join(join),
      m_leftColumns(leftColumns),
      m_out(std::move(schema)),
      m_steps(context),
      m_timer(context, [this](int64_t watermark) {
        giveUpOn(watermark, 0, m_context.clock.now());
        sendAnswers();
      }) {}

JoinOperator::Prepared JoinOperator::prepare(size_t side, const BatchPtr& batch) {
  Prepared out{batch, {}, nullptr};
  for (const auto& key : side == 0 ? m_join.leftKeys : m_join.rightKeys)
    out.keys.push_back(m_context.evaluator.evaluate(*key, *batch));
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
  const bool rightFirst = m_join.match != physical::Join::Match::Within;
  std::stable_sort(rows.begin(), rows.end(), [&](const Position& a, const Position& b) {
    const uint32_t x = a.input->batch->meta[a.row].origin;
    const uint32_t y = b.input->batch->meta[b.row].origin;
    return x != y ? x < y : rightFirst ? a.side > b.side : a.side < b.side;
  });
  for (const Position& at : rows) {
    m_steps.before(at.input->batch->meta[at.row].origin, [this](int64_t watermark, uint32_t origin) {
      giveUpOn(watermark, origin, m_context.arrivalOf(origin));
    });
    take(at.side, *at.input, at.row);
  }
  sendAnswers();
}

void JoinOperator::forgetRight() {
  m_stores[1].clear();
  m_keptRight = 0;
  m_sinceTidy = 0;
}

void JoinOperator::finishPush() {
  m_steps.rest(
      [this](int64_t watermark, uint32_t origin) { giveUpOn(watermark, origin, m_context.arrivalOf(origin)); });
  sendAnswers();
}

void JoinOperator::sendAnswers() {
  if (m_out.rows() > 0) send(*m_out.take());
  if (!m_lonely.empty()) m_timer.arm(m_lonely.begin()->first.first);
}

Micros JoinOperator::earliestTimer(Micros from) const {
  if (!keepsLonely(0) && !keepsLonely(1)) return kNever;
  const WatermarkView& watermark = m_context.watermark;
  const int64_t now = watermark.at(from);
  // A row may give up at any moment.
  Micros earliest = watermark.earliestIdle(from, now == kNoWatermark ? now / 4096 : now + 1);
  if (watermark.hasClock())
    earliest = std::min(earliest, watermark.clockReaches(watermark.ofClock(from) + m_join.withinMs + 1));
  return earliest;
}

void JoinOperator::flush() {
  for (auto& [when, lonely] : std::exchange(m_lonely, {})) {
    Kept row = lonely.row;
    row.meta.isProvisional = true;
    answerAlone(lonely.side, row, row.meta);
  }
  sendAnswers();
}

bool JoinOperator::keepsLonely(size_t side) const {
  return m_join.match == physical::Join::Match::Within &&
         (m_join.kind == physical::Join::Kind::Full ||
          m_join.kind == (side == 0 ? physical::Join::Kind::Left : physical::Join::Kind::Right));
}

void JoinOperator::giveUpOn(int64_t watermark, uint32_t origin, Micros at) {
  m_passed = std::max(m_passed, watermark);
  while (!m_lonely.empty() && m_lonely.begin()->first.first <= watermark) {
    const Lonely lonely = m_lonely.extract(m_lonely.begin()).mapped();
    RowMeta cause = lonely.row.meta;
    cause.origin = origin;
    cause.arrival = at;
    answerAlone(lonely.side, lonely.row, cause);
  }
}

void JoinOperator::take(size_t side, const Prepared& input, uint32_t row) {
  const RowMeta& meta = input.batch->meta[row];
  // NULL equals nothing: such a row has no partner.
  const bool nullKey =
      std::any_of(input.keys.begin(), input.keys.end(), [row](const ColumnPtr& key) { return key->isNull(row); });
  const bool nullTime = input.time && input.time->isNull(row);
  const EventInstant time = input.time && !nullTime ? EventInstant{timeAt(*input.time, row), 0} : meta.instant();
  const Kept self{time, meta, input.batch, row, m_number++};
  std::string key;
  appendKey(key, input.keys, row);
  if (m_join.match != physical::Join::Match::Within) {
    if (side == 1) {
      if (nullKey || nullTime) return;
      return keepRight(key, self);
    }
    const auto found = nullKey || nullTime ? m_stores[1].end() : m_stores[1].find(key);
    if (found != m_stores[1].end()) {
      for (auto kept = found->second.rbegin(); kept != found->second.rend(); ++kept) {
        if (m_join.match == physical::Join::Match::Asof) {
          if (kept->time > time || (m_join.strict && kept->time == time)) continue;
          if (m_join.withinMs >= 0 && !EventInstant::areWithin(time, kept->time, m_join.withinMs)) break;
        }
        if (matches(self, *kept)) return answer(&self, &*kept, meta);
      }
    }
    if (m_join.kind == physical::Join::Kind::Left) answer(&self, nullptr, meta);
    return;
  }
  joinWithin(side, self, nullKey ? nullptr : &key);
}

void JoinOperator::keepRight(const std::string& key, Kept row) {
  const RowMeta now = row.meta;
  std::deque<Kept>& kept = m_stores[1][key];
  m_keptRight -= kept.size();
  if (m_join.match == physical::Join::Match::Table) {
    kept.assign(1, row);
  } else {
    // Mostly in order; a row out of order finds its place, behind equals.
    const auto place = std::upper_bound(kept.begin(), kept.end(), row.time,
                                        [](const EventInstant& t, const Kept& k) { return t < k.time; });
    kept.insert(place, std::move(row));
    if (kept.size() > kMostPerKey) {
      if (!isOutlived(kept, oldestWanted(now))) ++m_context.forgotten;
      kept.pop_front();
    }
  }
  m_keptRight += kept.size();
  const bool isCrowded = m_stores[1].size() > kMostKeys;
  if (isCrowded) forgetOldestKeys(m_stores[1]);
  if (++m_sinceTidy > kTidyAfter + m_keptRight || isCrowded) tidyRight(now);
}

// The watermark as far as all its rows have come: a jump closes windows upstream, whose rows come with it.
int64_t JoinOperator::passedBefore(const RowMeta& row) const {
  const WatermarkView& watermark = m_context.watermark;
  return watermark.hasSources() ? m_passed : std::min(watermark.ofClock(row.arrival), watermark.at(row.arrival));
}

// The time of the oldest left row that may still come. Those of this very step may be as old as the watermark before
// it.
int64_t JoinOperator::oldestWanted(const RowMeta& now) const {
  const int64_t passed = passedBefore(now);
  return passed == kNoWatermark ? passed : passed - kGraceMs;
}

// Whether every left row that may still come finds a younger one than the oldest of a key.
bool JoinOperator::isOutlived(const std::deque<Kept>& rows, int64_t oldest) const {
  const bool anyMatches =
      m_join.match == physical::Join::Match::Asof && !m_join.leftTime && !m_join.residual && !m_join.strict;
  return anyMatches && rows.size() > 1 && rows[1].time.ms < oldest;
}

// Each row that is kept holds the batch in which it came: the few that matter are copied together, the rest goes.
// Rows that no left row in time can want go as well: those beyond the TOLERANCE, and those with a younger one that is
// old enough. Where ON names time columns nobody knows which those are.
void JoinOperator::tidyRight(const RowMeta& now) {
  Store& store = m_stores[1];
  if (m_join.match == physical::Join::Match::Asof && !m_join.leftTime) {
    const int64_t oldest = oldestWanted(now);
    for (auto entry = store.begin(); entry != store.end();) {
      std::deque<Kept>& rows = entry->second;
      while (isOutlived(rows, oldest)) rows.pop_front();
      while (m_join.withinMs >= 0 && !rows.empty() && rows.front().time.ms < oldest &&
             !EventInstant::areWithin({oldest, 0}, rows.front().time, m_join.withinMs))
        rows.pop_front();
      entry = rows.empty() ? store.erase(entry) : std::next(entry);
    }
  }
  m_sinceTidy = 0;
  m_keptRight = 0;
  std::optional<BatchBuilder> copies;
  for (auto& [key, rows] : store)
    for (Kept& kept : rows) {
      if (!copies) copies.emplace(kept.batch->schema);
      for (size_t c = 0; c < kept.batch->columns.size(); ++c)
        copies->column(c).appendFrom(*kept.batch->columns[c], kept.row);
      copies->finishRow(kept.meta);
      ++m_keptRight;
    }
  if (!copies) return;
  const BatchPtr together = copies->take();
  uint32_t next = 0;
  for (auto& [key, rows] : store)
    for (Kept& kept : rows) {
      kept.batch = together;
      kept.row = next++;
    }
}

void JoinOperator::forgetOldestKeys(Store& store) {
  std::vector<uint64_t> newest;
  for (const auto& [key, rows] : store) newest.push_back(rows.back().number);
  const auto oldestKept = newest.begin() + static_cast<std::ptrdiff_t>(newest.size() / 4);
  std::nth_element(newest.begin(), oldestKept, newest.end());
  m_context.forgotten +=
      std::erase_if(store, [&](const auto& entry) { return entry.second.back().number < *oldestKept; });
}

void JoinOperator::joinWithin(size_t side, const Kept& self, const std::string* key) {
  bool found = false;
  if (key) {
    std::deque<Kept>& others = m_stores[1 - side][*key];
    prune(others, self.meta);
    for (const Kept& other : others) {
      if (!EventInstant::areWithin(other.time, self.time, m_join.withinMs)) continue;
      const Kept& left = side == 0 ? self : other;
      const Kept& right = side == 0 ? other : self;
      if (!matches(left, right)) continue;
      answer(&left, &right, self.meta);
      found = true;
      m_lonely.erase({lonelyFrom(other), other.number});
    }
    std::deque<Kept>& own = m_stores[side][*key];
    prune(own, self.meta);
    own.push_back(self);
    if (m_stores[side].size() > m_sweepAt[side]) sweep(side, self.meta);
    if (m_stores[1 - side].size() > m_sweepAt[1 - side]) sweep(1 - side, self.meta);
  }
  if (found || !keepsLonely(side)) return;
  // A NULL key equals nothing, and the partners of a row that comes too late are gone.
  const bool hopeless = !key || lonelyFrom(self) <= passedBefore(self.meta);
  if (hopeless)
    answerAlone(side, self, self.meta);
  else
    m_lonely.emplace(std::pair{lonelyFrom(self), self.number}, Lonely{side, self});
}

// Keys that come no more must not stay for ever: a trade number as a key would take all memory.
void JoinOperator::sweep(size_t side, const RowMeta& now) {
  Store& store = m_stores[side];
  for (auto entry = store.begin(); entry != store.end();) {
    prune(entry->second, now);
    entry = entry->second.empty() ? store.erase(entry) : std::next(entry);
  }
  m_sweepAt[side] = std::max<size_t>(1024, 2 * m_stores[side].size());
}

void JoinOperator::prune(std::deque<Kept>& rows, const RowMeta& now) {
  const int64_t watermark = passedBefore(now);
  if (watermark == kNoWatermark) return;
  while (!rows.empty() && rows.front().time.ms < watermark - m_join.withinMs) rows.pop_front();
}

bool JoinOperator::matches(const Kept& left, const Kept& right) {
  if (!m_join.residual) return true;
  BatchBuilder pair(m_out.schema());
  for (size_t c = 0; c < m_leftColumns; ++c) pair.column(c).appendFrom(*left.batch->columns[c], left.row);
  for (size_t c = m_leftColumns; c < m_out.schema()->fields.size(); ++c)
    pair.column(c).appendFrom(*right.batch->columns[c - m_leftColumns], right.row);
  pair.finishRow(left.meta);
  const auto batch = pair.take();
  return !m_context.evaluator.select(*m_join.residual, *batch, {0}).empty();
}

void JoinOperator::answerAlone(size_t side, const Kept& row, const RowMeta& cause) {
  answer(side == 0 ? &row : nullptr, side == 0 ? nullptr : &row, cause);
}

void JoinOperator::answer(const Kept* left, const Kept* right, const RowMeta& cause) {
  for (size_t c = 0; c < m_out.schema()->fields.size(); ++c) {
    const Kept* from = c < m_leftColumns ? left : right;
    if (from)
      m_out.column(c).appendFrom(*from->batch->columns[c < m_leftColumns ? c : c - m_leftColumns], from->row);
    else
      m_out.column(c).appendNull();
  }
  // The event time of a joined row is the latest of its parts; a table's row has none that counts.
  const bool rightIsLater =
      !left || (right && m_join.match != physical::Join::Match::Table && right->meta.instant() > left->meta.instant());
  RowMeta meta = rightIsLater ? right->meta : left->meta;
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
