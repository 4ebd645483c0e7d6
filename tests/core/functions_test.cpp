// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <sstream>

#include "app/row_printer.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/functions/function_list.h"
#include "core/functions/quantile_sketch.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

// What the last row of a query over x = 1, 2, 4 and y = 1, 1, 2 says in its only column.
std::string answer(const std::string& expression, const std::string& window) {
  const std::string sql =
      "CREATE STREAM S (x LONG, y LONG); SELECT " + expression + " AS r FROM S" + window + " INSERT INTO O;";
  BoundResult checked = checkScript(sql);
  if (hasError(checked.diagnostics)) return checked.diagnostics.front().message;
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  std::string out;
  RowPrinter printer(pipeline, {"O"}, RowFormat::JsonLines, -1, [&](const std::string& rows) { out += rows; });
  feeder.message(*feeder.find("S"), R"([{"x":1,"y":1},{"x":2,"y":1},{"x":4,"y":2}])", 1000);
  feeder.flush();
  printer.flush();
  const size_t last = out.rfind("{\"r\":");
  return last == std::string::npos ? "no row" : out.substr(last + 5, out.size() - last - 5 - 3);
}

}  // namespace

TEST_CASE("every scalar function's example holds") {
  for (const ScalarFunction& function : scalarFunctions()) {
    REQUIRE_FALSE(function.example.empty());
    CHECK_MESSAGE(answer(std::string(function.example), "") == function.exampleResult, function.name);
  }
}

TEST_CASE("every aggregate's example holds in a window and rolling") {
  for (const AggregateFunction& function : aggregateFunctions()) {
    REQUIRE_FALSE(function.example.empty());
    const std::string example(function.example);
    for (const char* window : {" WINDOW LENGTHBATCH(3)", " WINDOW LENGTH(3)", ""}) {
      const std::string got = answer(example, window);
      const auto number = parseNumber<double>(got);
      const auto wanted = parseNumber<double>(function.exampleResult);
      if (number && wanted)
        CHECK_MESSAGE(*number == doctest::Approx(*wanted).epsilon(1e-12), function.name);
      else
        CHECK_MESSAGE(got == function.exampleResult, function.name);
    }
  }
}

TEST_CASE("the quantile sketch stays near the truth") {
  QuantileSketch sketch;
  for (int i = 0; i < 200000; ++i) sketch.add((i * 7919) % 200000);
  for (const double p : {0.01, 0.25, 0.5, 0.9, 0.999})
    CHECK(sketch.quantile(p) == doctest::Approx(p * 200000).epsilon(0.01));
}
