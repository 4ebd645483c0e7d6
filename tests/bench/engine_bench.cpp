// SPDX-License-Identifier: GPL-3.0-or-later
// The engine without a network: a JSON capture to a VWAP against simdjson's own batch speed, typed rows through a
// window, the cost of many groups and of many queries.
#include <simdjson.h>

#include <functional>
#include <sstream>
#include <string>

#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/plan/lower/lower.h"
#include "tests/bench/measure.h"

namespace {

using namespace weir;

const char* const kTrades =
    "CREATE STREAM B (s STRING, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'internal', \"event.time.field\" = 'T');";

std::string capture(int messages) {
  std::ostringstream out;
  CaptureWriter writer(out, 1'700'000'000'000'000, {});
  static const char* const kSymbols[] = {"BTCUSDT", "ETHUSDT", "SOLUSDT"};
  for (int i = 0; i < messages; ++i) {
    const int64_t at = 1'700'000'000'000 + i / 20;
    const std::string text = "{\"e\":\"trade\",\"E\":" + std::to_string(at) + ",\"s\":\"" + kSymbols[i % 3] +
                             "\",\"t\":" + std::to_string(10'000'000 + i) + ",\"p\":\"" +
                             std::to_string(50'000 + i % 977) + ".25\",\"q\":\"0." + std::to_string(100 + i % 900) +
                             "\",\"T\":" + std::to_string(at) + ",\"m\":true,\"M\":true}";
    writer.message("B", text, true, fromMillis(at));
  }
  return out.str();
}

// Messages per second of a replay.
double replay(const std::string& text, int messages, int queries) {
  std::string sql = kTrades;
  for (int i = 0; i < queries; ++i)
    sql += "SELECT s, SUM(p * q) / SUM(q) AS vwap, COUNT(*) AS n FROM B WINDOW TUMBLING(" + std::to_string(i + 1) +
           " sec) GROUP BY s INSERT INTO V" + std::to_string(i) + ";";
  BoundResult checked = checkScript(sql);
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  uint64_t rows = 0;
  for (int i = 0; i < queries; ++i)
    pipeline.tap("V" + std::to_string(i), [&](const BatchPtr& batch) { rows += batch->rows(); });
  std::istringstream in(text);
  const double begun = bench::threadSeconds();
  CaptureReader reader(in);
  if (!reader.readHeader() || !playPast(reader, pipeline, feeder).empty() || rows == 0) std::abort();
  return messages / (bench::threadSeconds() - begun);
}

// simdjson over the capture file's lines in one batch, time and text of each taken out. Its second thread counts too.
double parse(const std::string& text, int messages) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  uint64_t seen = 0;
  const double begun = bench::processSeconds();
  simdjson::ondemand::document_stream documents;
  if (parser.iterate_many(padded).get(documents) != simdjson::SUCCESS) std::abort();
  for (auto document : documents) {
    int64_t at = 0;
    std::string_view message;
    if (document["at"].get(at) == simdjson::SUCCESS && document["text"].get(message) == simdjson::SUCCESS) ++seen;
  }
  if (seen != static_cast<uint64_t>(messages)) std::abort();
  return messages / (bench::processSeconds() - begun);
}

// Rows per second, typed, through a tumbling VWAP.
double typed(int groups, int batches) {
  BoundResult checked =
      checkScript(std::string(kTrades) +
                  "SELECT s, SUM(p * q) / SUM(q) AS vwap FROM B WINDOW TUMBLING(10 sec) GROUP BY s INSERT INTO V;");
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  const SchemaPtr schema = pipeline.script().stream("B").schema;
  constexpr size_t kRows = 8192;
  std::vector<std::shared_ptr<Batch>> input;
  uint64_t state = 1;
  for (int b = 0; b < 8; ++b) {
    BatchBuilder rows(schema);
    for (size_t i = 0; i < kRows; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      rows.column(0).appendText("SYM" + std::to_string((state >> 33) % static_cast<uint64_t>(groups)));
      rows.column(1).appendReal(100 + static_cast<double>(i % 97));
      rows.column(2).appendReal(1 + static_cast<double>(i % 7));
      rows.column(3).appendInteger(0);
      rows.finishRow({});
    }
    input.push_back(rows.take());
  }
  const double begun = bench::threadSeconds();
  for (int b = 0; b < batches; ++b) {
    // The columns are shared, only the times are new.
    auto batch = std::make_shared<Batch>(*input[static_cast<size_t>(b) % input.size()]);
    const int64_t at = 1'700'000'000'000 + b * 10;
    for (RowMeta& meta : batch->meta) meta = {.at = at, .arrival = fromMillis(at)};
    pipeline.advanceTo(fromMillis(at));
    pipeline.push("B", std::move(batch));
  }
  return static_cast<double>(batches) * kRows / (bench::threadSeconds() - begun);
}

double medianOf(int times, const std::function<double()>& run) {
  std::vector<double> values;
  for (int i = 0; i < times; ++i) values.push_back(run());
  return bench::median(values);
}

}  // namespace

int main(int argc, char** argv) {
  const bool isShort = argc > 1 && std::string(argv[1]) == "--short";
  const int messages = isShort ? 100'000 : 500'000;
  const std::string text = capture(messages);
  std::vector<double> shares, rates, five;
  for (int i = 0; i < 5; ++i) {
    const double plain = parse(text, messages);
    const double one = replay(text, messages, 1);
    const double many = replay(text, messages, 5);
    shares.push_back(one / plain);
    rates.push_back(one);
    five.push_back(one / many);
    std::fprintf(stderr, "simdjson %.0f/s, replay to VWAP %.0f/s, five queries %.0f/s\n", plain, one, many);
  }
  bench::report("replay_share_of_simdjson", bench::median(shares), "of simdjson's batch speed");
  bench::report("replay_messages_per_s", bench::median(rates), "messages/s");
  bench::report("five_queries_cost", bench::median(five), "times one query");
  const int batches = isShort ? 200 : 1000;
  bench::report("typed_rows_per_s", medianOf(5, [&] { return typed(100, batches); }), "rows/s");
  std::vector<double> costs;
  for (int i = 0; i < 5; ++i) costs.push_back(typed(1, batches) / typed(10'000, batches));
  bench::report("groups_10000_cost", bench::median(costs), "times one group");
  return 0;
}
