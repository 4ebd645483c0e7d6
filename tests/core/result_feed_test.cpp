// SPDX-License-Identifier: GPL-3.0-or-later
// Real threads on both sides of the feed: what the thread sanitizer looks at.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/session/result_feed.h"

namespace weir {
namespace {

constexpr int kBatches = 20000;

// Rows that say in which order they were published.
BatchPtr rowsFrom(int64_t first, size_t count) {
  auto batch = std::make_shared<Batch>();
  for (size_t row = 0; row < count; ++row) batch->meta.push_back({.at = first + static_cast<int64_t>(row)});
  return batch;
}

TEST_CASE("rows cross threads in order, and each is taken or counted as dropped") {
  ResultFeed feed(100);
  std::atomic<bool> published = false;
  std::thread engine([&] {
    int64_t next = 0;
    for (int i = 0; i < kBatches; ++i) {
      const size_t count = 1 + static_cast<size_t>(i % 3);
      feed.publish("V", rowsFrom(next, count));
      next += static_cast<int64_t>(count);
      feed.publishOpen("V", {rowsFrom(next, 1)});
    }
    published = true;
  });
  int64_t last = -1;
  int64_t open = -1;
  uint64_t taken = 0;
  bool ordered = true;
  ResultFeed::Taken end;
  for (bool over = false; !over;) {
    // Asked before taking: what is published by then is in this last round.
    over = published;
    end = feed.take();
    for (const ResultFeed::Item& item : end.closed)
      for (const RowMeta& row : item.batch->meta) {
        ordered = ordered && row.at > last;
        last = row.at;
        ++taken;
      }
    if (!end.open.empty()) {
      const int64_t seen = end.open.at("V").front()->meta.front().at;
      ordered = ordered && seen > open;
      open = seen;
    }
  }
  engine.join();
  CHECK(ordered);
  CHECK(taken + end.droppedRows == end.publishedRows);
  // The last value of a burst always arrives.
  CHECK(last == static_cast<int64_t>(end.publishedRows) - 1);
  CHECK(open == static_cast<int64_t>(end.publishedRows));
}

TEST_CASE("several threads may publish and take at once without losing count") {
  ResultFeed feed(50);
  std::atomic<uint64_t> taken = 0;
  std::atomic<int> publishing = 2;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      for (int batch = 0; batch < kBatches; ++batch) feed.publish("V", rowsFrom(batch, 1));
      --publishing;
    });
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (publishing > 0)
        for (const ResultFeed::Item& item : feed.take().closed) taken += item.batch->rows();
    });
  for (std::thread& thread : threads) thread.join();
  const ResultFeed::Taken rest = feed.take();
  for (const ResultFeed::Item& item : rest.closed) taken += item.batch->rows();
  CHECK(rest.publishedRows == 2 * kBatches);
  CHECK(taken + rest.droppedRows == rest.publishedRows);
}

}  // namespace
}  // namespace weir
