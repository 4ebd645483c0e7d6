// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/book_operator.h"

#include <algorithm>
#include <utility>

#include "core/exec/filter_operator.h"

namespace weir {

namespace {

// A feed that never takes a level back, or names ever more books, must not take all memory.
constexpr size_t kMostLevels = 100'000;  // of a book
constexpr size_t kMostLevelsOfAll = 1'000'000;
constexpr size_t kMostBooks = 100'000;

bool isZero(const Column& numbers, size_t row) {
  return isReal(numbers.type()) ? numbers.real(row) == 0 : numbers.integer(row) == 0;
}

}  // namespace

BookOperator::BookOperator(NodeContext& context, const physical::Select& select)
    : Operator(context),
      m_select(select),
      m_book(*select.window.book),
      m_aggregates(select, nullptr, AggregateSet::Rows::Leave),
      m_losses(context.lossesBefore(UINT32_MAX)),
      m_startsWhole(!m_book.snapshot) {}

std::unique_ptr<BookOperator::Changes> BookOperator::read(const Batch& batch) {
  auto changes = std::make_unique<Changes>();
  const auto evaluated = [&](const physical::ExpressionPtr& part) {
    return part ? m_context.evaluator.evaluate(*part, batch) : nullptr;
  };
  for (const auto& key : m_select.keys) changes->keys.push_back(evaluated(key));
  changes->level.push_back(evaluated(m_book.price));
  if (m_book.side) changes->level.push_back(evaluated(m_book.side));
  changes->quantity = evaluated(m_book.quantity);
  changes->snapshot = evaluated(m_book.snapshot);
  for (uint32_t row = 0; row < batch.rows(); ++row)
    if (!changes->level[0]->isNull(row) && !changes->quantity->isNull(row) && !isZero(*changes->quantity, row))
      changes->added.push_back(row);
  changes->addedRows = selected(batch, changes->added);
  changes->input = prepareArguments(m_select, m_context.evaluator, changes->addedRows);
  for (const ColumnPtr& key : changes->keys) changes->input.keys.push_back(gathered(key, changes->added));
  return changes;
}

void BookOperator::consume(const Batch& batch) {
  const std::unique_ptr<Changes> changes = read(batch);
  Output out = outputFor(batch);
  uint32_t added = 0;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    const uint32_t origin = batch.meta[row].origin;
    const uint32_t message = m_context.messageOf(origin);
    if (message != std::exchange(m_message, message)) answer(out);
    const uint64_t losses = m_context.lossesBefore(origin);
    if (losses != std::exchange(m_losses, losses)) emptyAll();
    const bool isAdded = added < changes->added.size() && changes->added[added] == row;
    const uint32_t group = groupOf(*changes, row);
    apply(*changes, row, isAdded ? std::optional(added++) : std::nullopt, group);
    note(group, batch, row);
  }
  keepAnswers();
  sendOut(std::move(out));
}

void BookOperator::finishPush() {
  if (m_answers.empty()) return;
  Output out = outputFor(m_kept);
  answer(out);
  m_kept = Batch();
  sendOut(std::move(out));
}

uint32_t BookOperator::groupOf(const Changes& changes, uint32_t row) {
  const uint32_t group = m_aggregates.groupOf(changes.keys, row);
  if (group < m_books.size()) return group;
  m_books.push_back(std::make_unique<Book>());
  // A query that joined a running pipeline has not seen how its books came to be.
  m_books.back()->isWhole = m_startsWhole && !m_context.knownFrom;
  return group;
}

void BookOperator::apply(const Changes& changes, uint32_t row, std::optional<uint32_t> added, uint32_t group) {
  Book& book = *m_books[group];
  const bool isSnapshot = changes.snapshot && !changes.snapshot->isNull(row) && changes.snapshot->integer(row) != 0;
  if (isSnapshot && !std::exchange(book.inSnapshot, isSnapshot)) {
    empty(group);
    book.isWhole = true;
  }
  book.inSnapshot = isSnapshot;
  if (changes.level[0]->isNull(row) || changes.quantity->isNull(row)) return;
  std::string key;
  appendKey(key, changes.level, row);
  if (const auto before = book.places.find(key); before != book.places.end()) remove(group, before->second);
  if (added) set(group, std::move(key), changes.input, *added);
}

void BookOperator::set(uint32_t group, std::string key, const PreparedInput& input, uint32_t row) {
  Book& book = *m_books[group];
  std::vector<uint32_t> groups;
  m_aggregates.add(input, {&row, 1}, groups);
  book.levels.push_back({key, keptRow(input, row)});
  book.places.emplace(std::move(key), std::prev(book.levels.end()));
  ++m_levels;
  if (book.levels.size() <= kMostLevels) return;
  remove(group, book.levels.begin());
  book.isWhole = false;
  ++m_context.forgotten;
}

void BookOperator::remove(uint32_t group, std::list<Level>::iterator level) {
  Book& book = *m_books[group];
  for (const size_t aggregate : m_aggregates.takeBack(level->row.input, 0, group)) book.stale.insert(aggregate);
  book.places.erase(level->key);
  book.levels.erase(level);
  --m_levels;
}

void BookOperator::empty(uint32_t group) {
  Book& book = *m_books[group];
  m_levels -= book.levels.size();
  book.levels.clear();
  book.places.clear();
  book.stale.clear();
  m_aggregates.empty(group);
}

void BookOperator::emptyAll() {
  for (uint32_t group = 0; group < m_books.size(); ++group) {
    empty(group);
    m_books[group]->isWhole = false;
  }
  m_startsWhole = false;
}

// What cannot be taken back without a trace is made anew, once for a message.
void BookOperator::remakeStale(uint32_t group) {
  Book& book = *m_books[group];
  if (book.stale.empty()) return;
  std::vector<const PreparedInput*> rows;
  for (const Level& level : book.levels) rows.push_back(&level.row.input);
  for (const size_t aggregate : std::exchange(book.stale, {})) m_aggregates.remake(aggregate, group, rows);
}

// Answers stand in the order of their rows: that is the order of origins.
void BookOperator::note(uint32_t group, const Batch& batch, uint32_t row) {
  Book& book = *m_books[group];
  if (book.answer) m_answers[*book.answer].batch = nullptr;
  book.answer = m_answers.size();
  m_answers.push_back({group, &batch, row});
}

void BookOperator::answer(Output& out) {
  for (const Answer& each : m_answers) {
    if (!each.batch) continue;
    Book& book = *m_books[each.group];
    book.answer.reset();
    book.inSnapshot = false;
    book.lastUse = ++m_uses;
    remakeStale(each.group);
    size_t next = 0;
    for (const ColumnPtr& in : each.batch->columns) {
      if (in) out.columns[next]->appendFrom(*in, each.row);
      ++next;
    }
    for (size_t a = 0; a < m_select.aggregates.size(); ++a)
      m_aggregates.finishOne(a, each.group, *out.columns[next++], m_context.evaluator.issues());
    RowMeta meta = each.batch->meta[each.row];
    for (const size_t bound : {next, next + 1}) out.columns[bound]->appendInteger(meta.time());
    meta.hasGap = meta.hasGap || !book.isWhole;
    out.meta.push_back(meta);
  }
  m_answers.clear();
  letGo();
}

// The batch goes, and the message may go on in the next one.
void BookOperator::keepAnswers() {
  std::erase_if(m_answers, [](const Answer& each) { return !each.batch; });
  if (m_answers.empty()) return;
  Batch kept;
  for (size_t c = 0; c < m_answers.front().batch->columns.size(); ++c) {
    const ColumnPtr& first = m_answers.front().batch->columns[c];
    auto column = first ? std::make_shared<Column>(first->type()) : nullptr;
    if (column)
      for (const Answer& each : m_answers) column->appendFrom(*each.batch->columns[c], each.row);
    kept.columns.push_back(std::move(column));
  }
  for (const Answer& each : m_answers) kept.meta.push_back(each.batch->meta[each.row]);
  m_kept = std::move(kept);
  for (uint32_t i = 0; i < m_answers.size(); ++i) {
    m_answers[i] = {m_answers[i].group, &m_kept, i};
    m_books[m_answers[i].group]->answer = i;
  }
}

BookOperator::Output BookOperator::outputFor(const Batch& input) const {
  Output out;
  for (const ColumnPtr& in : input.columns) out.columns.push_back(in ? std::make_shared<Column>(in->type()) : nullptr);
  for (const physical::Aggregate& aggregate : m_select.aggregates)
    out.columns.push_back(std::make_shared<Column>(aggregate.overload->result));
  for (int bound = 0; bound < 2; ++bound) out.columns.push_back(std::make_shared<Column>(Type::Long));
  return out;
}

void BookOperator::sendOut(Output out) {
  if (out.meta.empty()) return;
  Batch batch;
  batch.schema = m_select.layout;
  batch.columns.assign(out.columns.begin(), out.columns.end());
  batch.meta = std::move(out.meta);
  send(batch);
}

// Of too many, the quarter that was not changed for longest. What comes back begins anew, and has missed something.
void BookOperator::letGo() {
  if (m_books.size() <= kMostBooks && m_levels <= kMostLevelsOfAll) return;
  std::vector<uint64_t> uses;
  for (const auto& book : m_books) uses.push_back(book->lastUse);
  const auto oldestKept = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 4);
  std::nth_element(uses.begin(), oldestKept, uses.end());
  std::vector<uint32_t> kept;
  for (uint32_t group = 0; group < m_books.size(); ++group) {
    if (m_books[group]->lastUse < *oldestKept) {
      empty(group);
      ++m_context.forgotten;
      continue;
    }
    m_books[kept.size()] = std::move(m_books[group]);
    kept.push_back(group);
  }
  m_books.resize(kept.size());
  m_aggregates.keepOnly(kept);
  m_startsWhole = false;
}

}  // namespace weir
