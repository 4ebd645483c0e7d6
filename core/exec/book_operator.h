// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/exec/aggregate_set.h"
#include "core/exec/operator.h"

namespace weir {

/// BOOK: keeps an order book for each group and answers once for each message that changed it, when the message is
/// whole. Hands on the columns of the message's last row of the group, then the aggregates over the book's levels. A
/// change costs what it changes, however deep the book.
class BookOperator final : public Operator {
public:
  BookOperator(NodeContext& context, const physical::Select& select);
  void consume(const Batch& batch) override;
  void finishPush() override;

private:
  struct Level {
    std::string key;
    KeptRow row;
  };
  struct Book {
    std::list<Level> levels;  ///< in the order in which they were set
    std::unordered_map<std::string, std::list<Level>::iterator> places;
    std::set<size_t> stale;        ///< aggregates that have to be made anew
    bool isWhole = false;          ///< nothing that was lost is missing in it
    bool inSnapshot = false;       ///< the row before was of the same snapshot
    uint64_t lastUse = 0;          ///< counted in answers
    std::optional<size_t> answer;  ///< its place in m_answers
  };
  /// A group that the present message changed, with its last row there.
  struct Answer {
    uint32_t group;
    const Batch* batch;
    uint32_t row;
  };
  /// Rows on their way out.
  struct Output {
    std::vector<std::shared_ptr<Column>> columns;
    std::vector<RowMeta> meta;
  };
  /// What a batch says of levels. `added` are its rows that set one, with the aggregates' arguments for those alone: a
  /// row that removes a level has no part in them, nor in their issues.
  struct Changes {
    std::vector<ColumnPtr> keys;
    std::vector<ColumnPtr> level;  ///< price and side
    ColumnPtr quantity;
    ColumnPtr snapshot;
    Selection added;
    Batch addedRows;
    PreparedInput input;
  };
  std::unique_ptr<Changes> read(const Batch& batch);
  void apply(const Changes& changes, uint32_t row, std::optional<uint32_t> added, uint32_t group);
  uint32_t groupOf(const Changes& changes, uint32_t row);
  void set(uint32_t group, std::string key, const PreparedInput& input, uint32_t row);
  void remove(uint32_t group, std::list<Level>::iterator level);
  void empty(uint32_t group);
  void emptyAll();
  void remakeStale(uint32_t group);
  void note(uint32_t group, const Batch& batch, uint32_t row);
  void answer(Output& out);
  void keepAnswers();
  Output outputFor(const Batch& input) const;
  void sendOut(Output out);
  void letGo();

  const physical::Select& m_select;
  const physical::Book& m_book;
  AggregateSet m_aggregates;
  std::vector<std::unique_ptr<Book>> m_books;  ///< by group
  size_t m_levels = 0;                         ///< of all books
  std::vector<Answer> m_answers;
  Batch m_kept;  ///< the last rows of a message that goes on in the next batch
  uint32_t m_message = 0;
  uint64_t m_uses = 0;
  uint64_t m_losses;
  bool m_startsWhole;  ///< a group that was not seen before has missed nothing
};

}  // namespace weir
