// SPDX-License-Identifier: GPL-3.0-or-later
// Order books against a book that is kept in maps, level by level, over random snapshots, changes and losses.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "core/bind/checker.h"
#include "core/feed/feeder.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

constexpr int kMessages = 20'000;
constexpr const char* kScript = R"(
CREATE STREAM B (k LONG, side STRING, p DOUBLE, q DOUBLE, snap BOOL, u LONG) WITH (type = 'internal', "sequence.key" = 'u');
INSERT INTO O SELECT k,
  MAX(CASE WHEN side = 'bid' THEN p END) AS bid, MIN(p) FILTER (WHERE side = 'ask') AS ask,
  SUM(q) FILTER (WHERE side = 'bid') AS depth, ARG_MAX(q, p) FILTER (WHERE side = 'bid') AS top,
  ARG_MAX(p, q) AS most, LAST(p) AS newest, COUNT(DISTINCT q) AS sizes, COUNT(*) AS n, window_has_gap() AS gap
FROM B WINDOW BOOK(p, q, snap, side) GROUP BY k;
)";

/// What a query says of one book after one message; NULL is nothing.
struct Answer {
  int64_t key = 0;
  std::optional<double> bid, ask, depth, top, most, newest;
  int64_t sizes = 0;
  int64_t levels = 0;
  bool hasGap = false;
  bool operator==(const Answer&) const = default;
};

struct Row {
  int64_t key;
  bool isBid;
  double price;
  double quantity;
  bool isSnapshot;
};

/// The book of one key, as plainly as it can be kept.
struct MapBook {
  struct Level {
    double quantity;
    uint64_t set;  ///< when, counted in rows
  };
  std::map<std::pair<bool, double>, Level> levels;
  bool isWhole = false;
  bool inSnapshot = false;

  void apply(const Row& row, uint64_t now) {
    if (row.isSnapshot && !inSnapshot) {
      levels.clear();
      isWhole = true;
    }
    inSnapshot = row.isSnapshot;
    levels.erase({row.isBid, row.price});
    if (row.quantity != 0) levels[{row.isBid, row.price}] = {row.quantity, now};
  }
  void lose() {
    levels.clear();
    isWhole = false;
  }
  Answer answer(int64_t key) const {
    Answer out;
    out.key = key;
    out.hasGap = !isWhole;
    out.levels = static_cast<int64_t>(levels.size());
    std::set<double> sizes;
    uint64_t newest = 0;
    const Level* largest = nullptr;
    for (const auto& [place, level] : levels) {
      const auto& [isBid, price] = place;
      sizes.insert(level.quantity);
      if (isBid) {
        out.depth = out.depth.value_or(0) + level.quantity;
        if (!out.bid || price > *out.bid) {
          out.bid = price;
          out.top = level.quantity;
        }
      } else if (!out.ask || price < *out.ask) {
        out.ask = price;
      }
      if (!out.newest || level.set > newest) {
        out.newest = price;
        newest = level.set;
      }
      const bool isLarger = !largest || level.quantity > largest->quantity ||
                            (level.quantity == largest->quantity && level.set < largest->set);
      if (isLarger) {
        out.most = price;
        largest = &level;
      }
    }
    out.sizes = static_cast<int64_t>(sizes.size());
    return out;
  }
};

struct Event {
  std::string message;  ///< empty: the feed is lost
  Micros at = 0;
};

/// The same events and answers for a seed, however they are fed.
void make(uint64_t seed, std::vector<Event>& events, std::vector<Answer>& answers) {
  std::mt19937_64 random(seed);
  std::map<int64_t, MapBook> books;
  Micros at = 1'000'000;
  int64_t sequence = 0;
  uint64_t now = 0;
  bool isFirst = true;  ///< nothing has come since the last loss
  for (int i = 0; i < kMessages; ++i) {
    at += static_cast<Micros>(random() % 3 == 0 ? random() % 2000 : 0);
    if (random() % 200 == 0) {
      events.push_back({{}, at});
      for (auto& [key, book] : books) book.lose();
      isFirst = true;
    }
    std::vector<Row> rows;
    const bool isSnapshot = random() % 20 == 0;
    const int64_t only = static_cast<int64_t>(random() % 4);
    const size_t count = random() % (isSnapshot ? 30 : 8) + 1;
    for (size_t r = 0; r < count; ++r)
      rows.push_back({random() % 5 == 0 ? static_cast<int64_t>(random() % 4) : only, random() % 2 == 0,
                      100 + static_cast<double>(random() % 40) * 0.5,
                      random() % 4 == 0 ? 0 : static_cast<double>(random() % 6 + 1) * 0.25,
                      isSnapshot && random() % 50 != 0});
    std::string message = "[";
    std::vector<int64_t> order;
    for (const Row& row : rows) {
      // A jump in the midst of a message is a loss as well, but not the first one after a loss that is known.
      const bool jumps = random() % 1000 == 0;
      sequence += jumps ? 3 : 1;
      if (jumps && !isFirst)
        for (auto& [key, book] : books) book.lose();
      isFirst = false;
      message += std::string(message.size() > 1 ? "," : "") + "{\"k\":" + std::to_string(row.key) + ",\"side\":\"" +
                 (row.isBid ? "bid" : "ask") + "\",\"p\":" + std::to_string(row.price) +
                 ",\"q\":" + std::to_string(row.quantity) + ",\"snap\":" + (row.isSnapshot ? "true" : "false") +
                 ",\"u\":" + std::to_string(sequence) + "}";
      books[row.key].apply(row, ++now);
      std::erase(order, row.key);
      order.push_back(row.key);
    }
    events.push_back({message + "]", at});
    for (const int64_t key : order) answers.push_back(books[key].answer(key));
    for (auto& [key, book] : books) book.inSnapshot = false;
  }
}

std::vector<Answer> answersOf(const std::vector<Event>& events, size_t batchRows) {
  BoundResult checked = checkScript(kScript);
  for (const Diagnostic& d : checked.diagnostics) REQUIRE_MESSAGE(d.severity != Severity::Error, d.message);
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline, batchRows);
  std::vector<Answer> answers;
  pipeline.tap("O", [&](const BatchPtr& batch) {
    const auto real = [&](size_t column, size_t row) {
      const Column& values = *batch->columns[column];
      return values.isNull(row) ? std::nullopt : std::optional(values.real(row));
    };
    for (size_t row = 0; row < batch->rows(); ++row)
      answers.push_back({batch->columns[0]->integer(row), real(1, row), real(2, row), real(3, row), real(4, row),
                         real(5, row), real(6, row), batch->columns[7]->integer(row), batch->columns[8]->integer(row),
                         batch->columns[9]->integer(row) != 0});
  });
  Feed& feed = *feeder.find("B");
  for (const Event& event : events) {
    if (event.message.empty()) {
      feeder.lost(feed, event.at);
      feeder.opened(feed, event.at);
    } else {
      feeder.message(feed, event.message, event.at);
    }
  }
  feeder.flush();
  return answers;
}

}  // namespace

TEST_CASE("books are those that are kept level by level, at each size of a batch") {
  for (const uint64_t seed : {1, 2}) {
    std::vector<Event> events;
    std::vector<Answer> wanted;
    make(seed, events, wanted);
    for (const size_t batchRows : {size_t{1}, size_t{7}, size_t{2048}}) {
      CAPTURE(batchRows);
      const std::vector<Answer> got = answersOf(events, batchRows);
      REQUIRE(got.size() == wanted.size());
      const auto differs = std::mismatch(got.begin(), got.end(), wanted.begin()).first - got.begin();
      CHECK(differs == static_cast<std::ptrdiff_t>(wanted.size()));
    }
  }
}

// A book that is left over by a run goes on in the next one; a query that comes late has not seen how it came to be.
TEST_CASE("a book goes on over a change of the script") {
  const auto script = [](const std::string& query) {
    BoundResult checked = checkScript("CREATE STREAM B (p LONG, q LONG, snap BOOL);" + query);
    REQUIRE_FALSE(hasError(checked.diagnostics));
    return lowered(std::move(checked.script));
  };
  const std::string same =
      "INSERT INTO O SELECT COUNT(*) AS n, window_has_gap() AS gap FROM B WINDOW BOOK(p, q, snap);";
  const std::string late = "INSERT INTO L SELECT COUNT(*) AS n, window_has_gap() AS gap FROM B WINDOW BOOK(p, q);";
  const std::string other =
      "INSERT INTO O SELECT COUNT(*) AS n, window_has_gap() AS gap FROM B WINDOW BOOK(p, q, snap, p);";
  Pipeline pipeline(script(same), 0, 1);
  Feeder feeder(pipeline);
  std::vector<std::pair<int64_t, bool>> rows;
  const auto listen = [&](const std::string& stream) {
    pipeline.tap(stream, [&](const BatchPtr& batch) {
      rows.emplace_back(batch->columns[0]->integer(0), batch->columns[1]->integer(0) != 0);
    });
  };
  Micros now = 0;
  const auto send = [&](const std::string& message) {
    rows.clear();
    feeder.message(*feeder.find("B"), message, now += 1000);
    feeder.flush();
    return rows;
  };
  using Rows = std::vector<std::pair<int64_t, bool>>;
  listen("O");
  CHECK(send(R"([{"p":1,"q":1,"snap":true},{"p":2,"q":1,"snap":true}])") == Rows{{2, false}});
  feeder.followChange(pipeline.changeTo(script(same + late)));
  listen("O");
  listen("L");
  CHECK(send(R"({"p":3,"q":1,"snap":false})") == Rows{{1, true}, {3, false}});
  feeder.followChange(pipeline.changeTo(script(other)));
  listen("O");
  CHECK(send(R"({"p":4,"q":1,"snap":false})") == Rows{{1, true}});
}
