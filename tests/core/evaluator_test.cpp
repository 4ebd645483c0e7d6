// SPDX-License-Identifier: GPL-3.0-or-later
// The column evaluator against a naive one that walks a tree for each row: generated expressions over generated rows.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <random>

#include "app/row_printer.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/feed/feeder.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

enum class Kind { Long, Double, Text, Truth };

/// What a row gives: nothing, or one of the four. Truths are 0 and 1 in `whole`.
struct Given {
  bool null = true;
  int64_t whole = 0;
  double real = 0;
  std::string text;
  long double exact = 0;
};
Given whole(int64_t value) { return {false, value, 0, {}, 0}; }
Given real(double value) { return {false, 0, value, {}, 0}; }
Given text(std::string value) { return {false, 0, 0, std::move(value), 0}; }

struct Row {
  Given a, b, x, s, t, f;
};
struct Counts {
  uint64_t zero = 0, overflow = 0;
};

/// SQL, and what it means for one row.
struct Tree {
  std::string sql;
  std::function<Given(const Row&, Counts&)> value;
};

class Generator {
public:
  explicit Generator(uint64_t seed) : m_random(seed) {}
  size_t pick(size_t n) { return static_cast<size_t>(m_random() % n); }

  Tree make(Kind kind, int depth) {
    if (depth == 0) return leaf(kind);
    if (pick(6) == 0) return choice(kind, depth);
    switch (kind) {
      case Kind::Long: return arithmetic(depth);
      case Kind::Double: return reals(depth);
      case Kind::Text: return texts(depth);
      case Kind::Truth: return truths(depth);
    }
    return leaf(kind);
  }

  Row row() {
    Row r;
    static constexpr int64_t kEdges[] = {0,
                                         1,
                                         -1,
                                         7,
                                         100,
                                         -250,
                                         std::numeric_limits<int64_t>::max(),
                                         std::numeric_limits<int64_t>::min() + 1,
                                         4'611'686'018'427'387'904,
                                         9'007'199'254'740'993};
    static constexpr double kReals[] = {0.0,      1.5,
                                        -2.25,    1e10,
                                        -0.5,     3.0,
                                        1e-3,     1.7e308,
                                        -1.7e308, 9'007'199'254'740'992.0,
                                        0x1p63,   4'611'686'018'427'387'904.0};
    static const char* const kTexts[] = {"", "a", "AB", "weir", "100", "Zz"};
    if (pick(5)) r.a = whole(kEdges[pick(10)]);
    if (pick(5)) r.b = whole(static_cast<int64_t>(pick(9)) - 4);
    if (pick(5)) r.x = real(kReals[pick(12)]);
    if (pick(5)) r.s = text(kTexts[pick(6)]);
    if (pick(5)) r.t = text(kTexts[pick(6)]);
    if (pick(5)) r.f = whole(static_cast<int64_t>(pick(2)));
    return r;
  }

private:
  Tree leaf(Kind kind) {
    const size_t which = pick(4);
    switch (kind) {
      case Kind::Long:
        if (which == 0) return {"a", [](const Row& r, Counts&) { return r.a; }};
        if (which == 1) return {"b", [](const Row& r, Counts&) { return r.b; }};
        if (which == 2) return {"NULL::LONG", [](const Row&, Counts&) { return Given(); }};
        return {"3", [](const Row&, Counts&) { return whole(3); }};
      case Kind::Double:
        if (which < 3) return {"x", [](const Row& r, Counts&) { return r.x; }};
        return {"0.25", [](const Row&, Counts&) { return real(0.25); }};
      case Kind::Text:
        if (which == 0) return {"'A'", [](const Row&, Counts&) { return text("A"); }};
        if (which == 1) return {"t", [](const Row& r, Counts&) { return r.t; }};
        return {"s", [](const Row& r, Counts&) { return r.s; }};
      case Kind::Truth:
        if (which == 0) return {"TRUE", [](const Row&, Counts&) { return whole(1); }};
        return {"f", [](const Row& r, Counts&) { return r.f; }};
    }
    return {};
  }

  Tree arithmetic(int depth) {
    const Tree l = make(Kind::Long, depth - 1);
    if (pick(8) == 0) {
      const Tree s = make(Kind::Text, depth - 1);
      return {"LENGTH(" + s.sql + ")", [s](const Row& r, Counts& c) {
                const Given v = s.value(r, c);
                return v.null ? v : whole(static_cast<int64_t>(v.text.size()));
              }};
    }
    const Tree r = make(Kind::Long, depth - 1);
    const size_t op = pick(5);
    static const char* const kOps[] = {" + ", " - ", " * ", " // ", " % "};
    return {"(" + l.sql + kOps[op] + r.sql + ")", [l, r, op](const Row& row, Counts& counts) {
              const Given p = l.value(row, counts);
              const Given q = r.value(row, counts);
              if (p.null || q.null) return Given();
              int64_t out = 0;
              if (op >= 3) {
                if (q.whole == 0) return ++counts.zero, Given();
                if (q.whole == -1) {
                  if (op == 4) return whole(0);
                  if (p.whole == std::numeric_limits<int64_t>::min()) return ++counts.overflow, Given();
                }
                return whole(op == 3 ? p.whole / q.whole : p.whole % q.whole);
              }
              const bool bad = op == 0   ? __builtin_add_overflow(p.whole, q.whole, &out)
                               : op == 1 ? __builtin_sub_overflow(p.whole, q.whole, &out)
                                         : __builtin_mul_overflow(p.whole, q.whole, &out);
              if (bad) return ++counts.overflow, Given();
              return whole(out);
            }};
  }

  Tree reals(int depth) {
    if (pick(3) == 0) {
      const Tree l = make(Kind::Long, depth - 1);
      const Tree r = make(Kind::Long, depth - 1);
      return {"(" + l.sql + " / " + r.sql + ")", [l, r](const Row& row, Counts& counts) {
                const Given p = l.value(row, counts);
                const Given q = r.value(row, counts);
                if (p.null || q.null) return Given();
                if (q.whole == 0) return ++counts.zero, Given();
                return real(static_cast<double>(p.whole) / static_cast<double>(q.whole));
              }};
    }
    const Tree l = make(Kind::Double, depth - 1);
    const Tree r = make(Kind::Double, depth - 1);
    const size_t op = pick(3);
    static const char* const kOps[] = {" + ", " - ", " * "};
    return {"(" + l.sql + kOps[op] + r.sql + ")", [l, r, op](const Row& row, Counts& counts) {
              const Given p = l.value(row, counts);
              const Given q = r.value(row, counts);
              if (p.null || q.null) return Given();
              const double out = op == 0 ? p.real + q.real : op == 1 ? p.real - q.real : p.real * q.real;
              if (!std::isfinite(out)) return ++counts.overflow, Given();
              return real(out);
            }};
  }

  Tree texts(int depth) {
    const Tree l = make(Kind::Text, depth - 1);
    const Tree r = make(Kind::Text, depth - 1);
    switch (pick(3)) {
      case 0:
        return {"(" + l.sql + " || " + r.sql + ")", [l, r](const Row& row, Counts& c) {
                  const Given p = l.value(row, c);
                  const Given q = r.value(row, c);
                  return p.null || q.null ? Given() : text(p.text + q.text);
                }};
      case 1:
        return {"LOWER(" + l.sql + ")", [l](const Row& row, Counts& c) {
                  Given p = l.value(row, c);
                  p.text = lowered(p.text);
                  return p;
                }};
      default:
        return {"CONCAT(" + l.sql + ", " + r.sql + ")", [l, r](const Row& row, Counts& c) {
                  const Given p = l.value(row, c);
                  const Given q = r.value(row, c);
                  return text((p.null ? "" : p.text) + (q.null ? "" : q.text));
                }};
    }
  }

  Tree truths(int depth) {
    const size_t what = pick(6);
    if (what == 0) {
      const Tree l = make(Kind::Truth, depth - 1);
      return {"(NOT " + l.sql + ")", [l](const Row& row, Counts& c) {
                Given p = l.value(row, c);
                p.whole = 1 - p.whole;
                return p.null ? Given() : p;
              }};
    }
    if (what < 3) {
      const bool conjunction = what == 1;
      const Tree l = make(Kind::Truth, depth - 1);
      const Tree r = make(Kind::Truth, depth - 1);
      return {"(" + l.sql + (conjunction ? " AND " : " OR ") + r.sql + ")",
              [l, r, conjunction](const Row& row, Counts& c) {
                const Given p = l.value(row, c);
                // The left side that decides keeps the right one from being computed.
                if (!p.null && (p.whole != 0) != conjunction) return p;
                const Given q = r.value(row, c);
                if (!q.null && (q.whole != 0) != conjunction) return q;
                return p.null || q.null ? Given() : whole(conjunction ? 1 : 0);
              }};
    }
    // Numbers of both types meet as they are.
    const bool numbers = pick(3) > 0;
    const auto some = [&] { return !numbers ? Kind::Text : pick(2) ? Kind::Long : Kind::Double; };
    const Tree l = comparable(some(), depth - 1);
    if (what == 3)
      return {"(" + l.sql + " IS NULL)",
              [l](const Row& row, Counts& c) { return whole(l.value(row, c).null ? 1 : 0); }};
    const Tree r = comparable(some(), depth - 1);
    const auto order = [numbers](const Given& p, const Given& q) {
      return numbers ? (p.exact < q.exact ? -1 : p.exact > q.exact ? 1 : 0) : p.text.compare(q.text);
    };
    if (what == 4) {
      const Tree other = comparable(some(), depth - 1);
      return {"(" + l.sql + " IN (" + r.sql + ", " + other.sql + "))", [l, r, other, order](const Row& row, Counts& c) {
                // All three are computed, whatever the first ones say.
                const Given p = l.value(row, c);
                const Given q = r.value(row, c);
                const Given o = other.value(row, c);
                if (p.null) return Given();
                if ((!q.null && order(p, q) == 0) || (!o.null && order(p, o) == 0)) return whole(1);
                return q.null || o.null ? Given() : whole(0);
              }};
    }
    const size_t op = pick(6);
    static const char* const kOps[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    return {"(" + l.sql + kOps[op] + r.sql + ")", [l, r, op, order](const Row& row, Counts& c) {
              const Given p = l.value(row, c);
              const Given q = r.value(row, c);
              if (p.null || q.null) return Given();
              const int o = order(p, q);
              const bool out = op == 0   ? o == 0
                               : op == 1 ? o != 0
                               : op == 2 ? o < 0
                               : op == 3 ? o <= 0
                               : op == 4 ? o > 0
                                         : o >= 0;
              return whole(out ? 1 : 0);
            }};
  }

  // With the value that a number is compared by: a long double holds every LONG and every DOUBLE.
  Tree comparable(Kind kind, int depth) {
    Tree tree = make(kind, depth);
    if (kind == Kind::Text) return tree;
    return {tree.sql, [kind, value = tree.value](const Row& row, Counts& c) {
              Given p = value(row, c);
              p.exact = kind == Kind::Long ? static_cast<long double>(p.whole) : static_cast<long double>(p.real);
              return p;
            }};
  }

  Tree choice(Kind kind, int depth) {
    const Tree l = make(kind, depth - 1);
    const Tree r = make(kind, depth - 1);
    if (pick(2))
      return {"COALESCE(" + l.sql + ", " + r.sql + ")", [l, r](const Row& row, Counts& c) {
                const Given p = l.value(row, c);
                return p.null ? r.value(row, c) : p;
              }};
    const Tree condition = make(Kind::Truth, depth - 1);
    return {"CASE WHEN " + condition.sql + " THEN " + l.sql + " ELSE " + r.sql + " END",
            [l, r, condition](const Row& row, Counts& c) {
              const Given p = condition.value(row, c);
              return !p.null && p.whole != 0 ? l.value(row, c) : r.value(row, c);
            }};
  }

  std::mt19937_64 m_random;
};

std::string json(const Given& given, Kind kind) {
  std::string out;
  if (given.null) return "null";
  if (kind == Kind::Long) return std::to_string(given.whole);
  if (kind == Kind::Truth) return given.whole ? "true" : "false";
  if (kind == Kind::Double)
    appendDouble(out, given.real);
  else
    appendJsonString(out, given.text);
  return out;
}

}  // namespace

// WEIR_FUZZ_CASES asks for more than the bounded number that every run does.
TEST_CASE("the column evaluator agrees with a naive one, row by row") {
  const char* asked = std::getenv("WEIR_FUZZ_CASES");
  const uint64_t cases = asked ? std::strtoull(asked, nullptr, 10) : 600;
  for (uint64_t seed = 1; seed <= cases; ++seed) {
    Generator generator(seed);
    const Kind kind = static_cast<Kind>(generator.pick(4));
    const Tree tree = generator.make(kind, 1 + static_cast<int>(generator.pick(4)));
    BoundResult checked =
        checkScript("CREATE STREAM S (a LONG, b LONG, x DOUBLE, s STRING, t STRING, f BOOL); INSERT INTO O SELECT " +
                    tree.sql + " AS r FROM S;");
    REQUIRE_MESSAGE(!hasError(checked.diagnostics), tree.sql);
    Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
    Feeder feeder(pipeline, 1 + generator.pick(8));
    std::string got;
    RowPrinter printer(pipeline, {"O"}, RowFormat::JsonLines, -1, [&](const std::string& rows) { got += rows; });
    std::string wanted;
    Counts counts;
    for (int64_t i = 0; i < 12; ++i) {
      const Row row = generator.row();
      feeder.message(*feeder.find("S"),
                     "{\"a\":" + json(row.a, Kind::Long) + ",\"b\":" + json(row.b, Kind::Long) +
                         ",\"x\":" + json(row.x, Kind::Double) + ",\"s\":" + json(row.s, Kind::Text) +
                         ",\"t\":" + json(row.t, Kind::Text) + ",\"f\":" + json(row.f, Kind::Truth) + "}",
                     fromMillis(i));
      wanted += "{\"stream\":\"O\",\"at\":" + std::to_string(i) +
                ",\"row\":{\"r\":" + json(tree.value(row, counts), kind) + "}}\n";
    }
    feeder.flush();
    printer.flush();
    CHECK_MESSAGE(got == wanted, "seed " << seed << ": " << tree.sql);
    CHECK_MESSAGE(pipeline.issues().of(Issue::DivByZero) == counts.zero, "seed " << seed << ": " << tree.sql);
    CHECK_MESSAGE(pipeline.issues().of(Issue::Overflow) == counts.overflow, "seed " << seed << ": " << tree.sql);
  }
}
