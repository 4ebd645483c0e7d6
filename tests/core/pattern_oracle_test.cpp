// SPDX-License-Identifier: GPL-3.0-or-later
// Random patterns over random streams, against a definition that follows each match alone over the whole list of
// events.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>

#include "app/row_printer.h"
#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/feed/feed_metrics.h"
#include "core/plan/lower/lower.h"
#include "pattern_definition.h"

using namespace weir;
using namespace pattern_definition;

namespace {

std::string nameOf(size_t term) { return "t" + std::to_string(term); }
std::string streamOf(size_t stream) { return std::string(1, static_cast<char>('A' + stream)); }

std::string textOf(const Pattern& pattern, size_t index, const Step& step) {
  const Term& term = pattern.terms[index];
  std::string out = (term.negated ? "NOT " : nameOf(index) + " = ") + streamOf(term.stream);
  if (step.least != 1 || step.most != 1)
    out += "{" + std::to_string(step.least) + "," + std::to_string(step.most) + "}";
  std::string conditions;
  for (const Condition& c : term.conditions) {
    if (!conditions.empty()) conditions += " AND ";
    const std::string other = nameOf(c.other) + (c.first ? "[0]" : "");
    switch (c.kind) {
      case Condition::Kind::OwnV: conditions += "v > " + std::to_string(c.bound); break;
      case Condition::Kind::SameK: conditions += "k = " + other + ".k"; break;
      case Condition::Kind::SameV: conditions += other + ".v = v"; break;
      case Condition::Kind::MoreV: conditions += "v > " + other + ".v"; break;
      case Condition::Kind::LessV: conditions += "v <= " + other + ".v"; break;
    }
  }
  if (!conditions.empty()) out += "[" + conditions + "]";
  if (term.lasting > 0) out += " FOR " + std::to_string(term.lasting) + " ms";
  return out;
}

std::string textOf(const Pattern& pattern) {
  std::string out = pattern.strict ? "SEQUENCE (" : "PATTERN (";
  if (pattern.every != Pattern::Every::Never) out += "EVERY ";
  if (pattern.every == Pattern::Every::Group) out += "(";
  for (size_t s = 0; s < pattern.steps.size(); ++s) {
    const Step& step = pattern.steps[s];
    if (s > 0) out += " -> ";
    for (size_t i = 0; i < step.terms.size(); ++i) {
      if (i > 0) out += step.kind == Step::Kind::And ? " AND " : " OR ";
      out += textOf(pattern, step.terms[i], step);
    }
    if (pattern.every == Pattern::Every::Group && s + 1 == pattern.groupSteps) out += ")";
  }
  out += ")";
  if (pattern.within >= 0) out += " WITHIN " + std::to_string(pattern.within) + " ms";
  return out;
}

// Which streams have event time: none, all, or all but the last.
enum class Times { Clock, Event, Mixed };
bool hasEventTime(size_t stream, Times times) { return times == Times::Event || (times == Times::Mixed && stream < 2); }

class Generator {
public:
  explicit Generator(uint64_t seed) : m_random(seed) {}

  Pattern pattern() {
    Pattern p;
    p.strict = chance(20);
    p.every = chance(25) ? Pattern::Every::Never : chance(50) ? Pattern::Every::Event : Pattern::Every::Group;
    const size_t steps = 1 + below(4);
    if (p.every == Pattern::Every::Group) p.groupSteps = 1 + below(steps);
    for (size_t i = 0; i < steps; ++i) addStep(p, i);
    if (!chance(10)) p.within = 100 + static_cast<int64_t>(below(1500));
    return p;
  }

  std::vector<Event> events(Times times, int64_t lateness) {
    std::vector<Event> out;
    int64_t now = 1000;
    const size_t count = 5 + below(60);
    const uint64_t longest = chance(50) ? 60 : 400;
    for (size_t i = 0; i < count; ++i) {
      now += chance(25) ? 0 : static_cast<int64_t>(below(longest));
      const size_t stream = below(3);
      const int64_t early =
          hasEventTime(stream, times) ? static_cast<int64_t>(below(static_cast<uint64_t>(lateness) + 1)) : 0;
      out.push_back({stream, number(), number(), now - early, now});
    }
    return out;
  }

  size_t below(uint64_t n) { return m_random() % n; }
  bool chance(uint64_t percent) { return below(100) < percent; }

private:
  Number number() { return chance(8) ? Number() : Number(static_cast<int64_t>(below(4))); }

  void addStep(Pattern& p, size_t number) {
    Step step;
    size_t terms = 1;
    if (chance(25)) {
      step.kind = chance(50) ? Step::Kind::And : Step::Kind::Or;
      terms = chance(80) ? 2 : 3;
    }
    const size_t first = p.terms.size();
    for (size_t i = 0; i < terms; ++i) {
      Term term;
      term.stream = below(3);
      term.negated = chance(number == 0 ? 15 : 30);
      if (term.negated && (step.kind != Step::Kind::And || chance(50)))
        term.lasting = 20 + static_cast<int64_t>(below(500));
      step.terms.push_back(p.terms.size());
      p.terms.push_back(term);
    }
    if (step.kind == Step::Kind::Single && !p.terms[first].negated && chance(25)) {
      step.least = static_cast<int64_t>(below(3));
      step.most = std::max<int64_t>(1, step.least + static_cast<int64_t>(below(3)));
    }
    for (const size_t term : step.terms) addConditions(p, step, term);
    p.steps.push_back(step);
  }

  void addConditions(Pattern& p, const Step& step, size_t term) {
    while (chance(45)) {
      Condition c{static_cast<Condition::Kind>(below(5))};
      c.bound = static_cast<int64_t>(below(3));
      if (c.kind != Condition::Kind::OwnV) {
        // Mostly events of earlier steps, sometimes one beside it.
        c.other = below(chance(85) ? std::max<size_t>(1, step.terms.front()) : p.terms.size());
        c.first = c.other != term ? chance(20) : true;
        if (c.other == term && step.most == 1) continue;
        if (p.terms[c.other].negated) continue;
      }
      p.terms[term].conditions.push_back(c);
    }
  }

  std::mt19937_64 m_random;
};

std::string shown(const Number& number, bool real) {
  return !number ? "null" : std::to_string(*number) + (real ? ".0" : "");
}

// v of B is a DOUBLE: it meets the LONGs of the others.
constexpr size_t kReal = 1;

std::string script(const Pattern& pattern, Times times, int64_t lateness) {
  std::string sql;
  for (size_t stream = 0; stream < 3; ++stream) {
    sql += "CREATE STREAM " + streamOf(stream) + " (k LONG, v " + (stream == kReal ? "DOUBLE" : "LONG") + ", ts LONG)";
    if (hasEventTime(stream, times))
      sql += R"( WITH (type = 'internal', "event.time.field" = 'ts', "event.time.idle.ms" = '3600000', )"
             R"("event.time.lateness.ms" = ')" +
             std::to_string(lateness) + "')";
    sql += ";\n";
  }
  std::string items;
  for (const Step& step : pattern.steps)
    for (const size_t term : step.terms) {
      if (pattern.terms[term].negated) continue;
      const std::string name = nameOf(term);
      items += (items.empty() ? "" : ", ") + name + ".k AS k" + name + ", " + name + ".v AS v" + name + ", " + name +
               "[0].v AS f" + name;
    }
  return sql + "INSERT INTO O SELECT " + (items.empty() ? "1 AS one" : items) + " FROM " + textOf(pattern) +
         ";\nINSERT INTO N SELECT COUNT(*) AS n FROM O WINDOW TUMBLING(50 ms);\n";
}

std::string expected(const Pattern& pattern, std::vector<Event> events, Times times) {
  // A pattern sees the streams that it names.
  std::erase_if(events, [&](const Event& e) {
    return std::none_of(pattern.terms.begin(), pattern.terms.end(),
                        [&](const Term& t) { return t.stream == e.stream; });
  });
  if (events.empty()) return {};
  const bool eventTime = std::any_of(pattern.terms.begin(), pattern.terms.end(),
                                     [&](const Term& t) { return hasEventTime(t.stream, times); });
  if (eventTime && pattern.hasWaits())
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  const int64_t start = eventTime ? events.front().time : 0;
  std::string out;
  for (const Match& match : Definition(pattern, events, start).matches()) {
    out += "{\"stream\":\"O\",\"at\":" + std::to_string(match.at.value()) + ",\"row\":{";
    bool first = true;
    for (size_t term = 0; term < pattern.terms.size(); ++term) {
      if (pattern.terms[term].negated) continue;
      const auto latest = match.latest.find(term);
      const auto one = match.first.find(term);
      const bool real = pattern.terms[term].stream == kReal;
      const auto put = [&](const char* letter, const std::string& value) {
        out += std::string(first ? "" : ",") + "\"" + letter + nameOf(term) + "\":" + value;
        first = false;
      };
      put("k", latest == match.latest.end() ? "null" : shown(latest->second.k, false));
      put("v", latest == match.latest.end() ? "null" : shown(latest->second.v, real));
      put("f", one == match.first.end() ? "null" : shown(one->second.v, real));
    }
    out += "}}\n";
  }
  return out;
}

std::string captureOf(const std::vector<Event>& events) {
  std::ostringstream out;
  CaptureWriter writer(out, 0, {});
  for (const Event& e : events)
    writer.message(
        streamOf(e.stream),
        R"({"k":)" + shown(e.k, false) + R"(,"v":)" + shown(e.v, false) + R"(,"ts":)" + std::to_string(e.time) + "}",
        true, fromMillis(e.arrival));
  writer.advance(fromMillis(events.back().arrival + 100'000'000));
  return out.str();
}

struct Replayed {
  std::string rows;
  std::string counters;
  int64_t counted = 0;  // matches, in the window behind the pattern
};

Replayed replay(const std::string& sql, const std::string& capture, size_t batchRows) {
  BoundResult checked = checkScript(sql);
  REQUIRE_FALSE(hasError(checked.diagnostics));
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline, batchRows);
  Replayed out;
  pipeline.tap("N", [&](const BatchPtr& rows) {
    for (size_t row = 0; row < rows->rows(); ++row) out.counted += rows->columns[0]->integer(row);
  });
  RowPrinter printer(pipeline, {"O"}, RowFormat::JsonLines, -1, [&](const std::string& rows) { out.rows += rows; });
  std::istringstream in(capture);
  CaptureReader reader(in);
  REQUIRE(reader.readHeader().ok());
  REQUIRE(playPast(reader, pipeline, feeder).empty());
  printer.flush();
  out.counters = metricsJson(metricsOf(pipeline, feeder, {}));
  return out;
}

uint64_t number(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("patterns match what the definition says, at every size of a batch") {
  const uint64_t cases = number("WEIR_FUZZ_CASES", 4000);
  const uint64_t firstSeed = number("WEIR_FUZZ_SEED", 1);
  size_t accepted = 0;
  size_t matched = 0;
  size_t failures = 0;
  for (uint64_t seed = firstSeed; seed < firstSeed + cases && failures < 3; ++seed) {
    Generator generator(seed);
    const Pattern pattern = generator.pattern();
    const Times times = generator.chance(50) ? Times::Clock : generator.chance(60) ? Times::Event : Times::Mixed;
    const int64_t lateness = times != Times::Clock && generator.chance(60) ? 100 : 0;
    const std::string sql = script(pattern, times, lateness);
    const Diagnostics diagnostics = checkScript(sql).diagnostics;
    if (hasError(diagnostics)) {
      for (const Diagnostic& d : diagnostics)
        if (d.severity == Severity::Error) CHECK_MESSAGE(!d.hint.empty(), seed << ": " << d.message << "\n" << sql);
      continue;
    }
    ++accepted;
    const std::vector<Event> events = generator.events(times, lateness);
    const std::string right = expected(pattern, events, times);
    const std::string capture = captureOf(events);
    if (!right.empty()) ++matched;
    for (const size_t batch : {1, 7, 2048}) {
      const Replayed got = replay(sql, capture, batch);
      // No match is behind the watermark of its own stream.
      const bool inTime = got.counted == std::count(right.begin(), right.end(), '\n');
      if (got.rows == right && inTime) continue;
      ++failures;
      const std::string place = "seed " + std::to_string(seed) + ", batches of " + std::to_string(batch) + "\n";
      CHECK_MESSAGE(got.rows == right, place << sql << capture);
      CHECK_MESSAGE(inTime, place << got.counted << " are counted\n" << sql << capture);
      break;
    }
  }
  MESSAGE(accepted << " of " << cases << " patterns are accepted, " << matched << " match something");
  if (cases >= 1000) {
    CHECK(accepted > cases / 4);
    CHECK(matched > accepted / 4);
  }
}

TEST_CASE("patterns over late rows and over what queries write give the same at every size of a batch") {
  const uint64_t cases = number("WEIR_FUZZ_CASES", 1000);
  const uint64_t firstSeed = number("WEIR_FUZZ_SEED", 1);
  size_t failures = 0;
  for (uint64_t seed = firstSeed; seed < firstSeed + cases && failures < 3; ++seed) {
    Generator generator(seed);
    const Pattern pattern = generator.pattern();
    const auto lateness = static_cast<int64_t>(generator.below(3) * 50);
    const std::string sql =
        "CREATE STREAM A (k LONG, v LONG, ts LONG) WITH (type = 'internal', \"event.time.field\" = 'ts', "
        "\"event.time.idle.ms\" = '300', "
        "\"event.time.lateness.ms\" = '" +
        std::to_string(lateness) + "');\nCREATE STREAM B (k LONG, v DOUBLE); CREATE STREAM C (k LONG, v LONG);\n" +
        (generator.chance(50) ? "INSERT INTO B SELECT k, MAX(v) AS v FROM A WINDOW TUMBLING(80 ms) GROUP BY k;\n"
                              : "CREATE STREAM X (k LONG, v DOUBLE, ts LONG); INSERT INTO B SELECT k, v FROM X;\n") +
        (generator.chance(50)
             ? "INSERT INTO C SELECT l.k AS k, r.v AS v FROM A AS l LEFT JOIN A AS r ON l.k = r.v WITHIN 60 ms;\n"
             : "") +
        "INSERT INTO O SELECT 1 AS one FROM " + textOf(pattern) +
        ";\nINSERT INTO N SELECT COUNT(*) AS n FROM O WINDOW TUMBLING(50 ms);\n";
    if (hasError(checkScript(sql).diagnostics)) continue;
    std::vector<Event> events = generator.events(Times::Clock, 0);
    const bool fed = sql.find("CREATE STREAM X") != std::string::npos;
    const bool joined = sql.find("LEFT JOIN") != std::string::npos;
    std::ostringstream out;
    CaptureWriter writer(out, 0, {});
    Micros arrival = 0;
    for (const Event& e : events) {
      arrival = std::max(arrival, fromMillis(e.arrival) + static_cast<Micros>(generator.below(2) * 500));
      const std::string stream = e.stream == 1 && fed ? "X" : e.stream == 2 && !joined ? "C" : "A";
      const int64_t time = e.time - static_cast<int64_t>(generator.below(400)) + (generator.chance(5) ? 500 : 0);
      writer.message(
          stream,
          R"({"k":)" + shown(e.k, false) + R"(,"v":)" + shown(e.v, false) + R"(,"ts":)" + std::to_string(time) + "}",
          true, arrival);
    }
    writer.advance(fromMillis(events.back().arrival + 100'000));
    const Replayed one = replay(sql, out.str(), 1);
    for (const size_t batch : {7, 2048}) {
      const Replayed got = replay(sql, out.str(), batch);
      if (got.rows == one.rows && got.counters == one.counters) continue;
      ++failures;
      CHECK_MESSAGE(got.rows == one.rows, "seed " << seed << ", batches of " << batch << "\n" << sql << out.str());
      CHECK_MESSAGE(got.counters == one.counters, "seed " << seed << ", batches of " << batch << "\n"
                                                          << sql << out.str());
      break;
    }
  }
}
