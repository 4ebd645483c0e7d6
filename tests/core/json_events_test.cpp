// SPDX-License-Identifier: GPL-3.0-or-later
// What the decoder reads while it walks a message once, and what paths find in the message as it is written, are the
// same.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/decoder.h"
#include "core/formats/json_events.h"
#include "core/formats/json_wanted.h"

using namespace weir;

namespace {

/// Messages of few names, so that paths often lead somewhere, with JSON in texts.
class Writer {
public:
  explicit Writer(uint32_t seed) : m_random(seed) {}

  std::string value(int depth) {
    const size_t kind = depth == 0 ? 2 + below(4) : below(8);
    if (kind < 2 || kind == 6) return list(depth, '{', '}', true);
    if (kind == 7) return list(depth, '[', ']', false);
    if (kind == 2) return std::to_string(below(3));
    if (kind == 3) return below(2) == 0 ? "null" : "true";
    std::string text = kind == 4 ? "x" : list(std::max(depth - 1, 0), below(2) == 0 ? '{' : '[', 0, below(2) == 0);
    std::string out;
    appendJsonString(out, text);
    return out;
  }

  std::string list(int depth, char open, char close, bool named) {
    named = open == '{';
    close = named ? '}' : ']';
    std::vector<std::string> names{"a", "b", "u", "t", "o"};
    std::shuffle(names.begin(), names.end(), m_random);
    std::string out(1, open);
    for (size_t i = below(4) + (depth > 2 ? 1 : 0); i > 0; --i) {
      if (out.size() > 1) out += below(3) == 0 ? ", " : ",";
      // Now and then a name is written in another way.
      if (named) out += (names[i] == "u" && below(5) == 0 ? "\"\\u0075\"" : '"' + names[i] + '"') + ':';
      out += value(std::max(depth - 1, 0));
    }
    return out + close;
  }

private:
  size_t below(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(m_random); }
  std::mt19937 m_random;
};

DecoderSettings settingsOf(std::string records, std::vector<std::pair<std::string, std::string>> mapping,
                           std::string when = {}) {
  DecoderSettings settings;
  settings.records = std::move(records);
  settings.mapping = std::move(mapping);
  settings.when = std::move(when);
  return settings;
}

std::vector<std::string> rowsByPaths(std::string_view message, const DecoderSettings& settings, const Schema& schema) {
  const JsonRecordPath way(settings.records);
  const JsonEvents events(message, way, settings.framing, JsonPlan(settings, schema).rootIsList);
  JsonReach reach(settings.framing);
  const auto when = MessageMatch::parseForRecords(settings.when.empty() ? "$" : settings.when);
  REQUIRE(when.ok());
  std::vector<std::string> rows;
  for (const JsonEvents::Event& event : events.all()) {
    std::string row;
    bool isEvent = false;
    for (const Field& field : schema.fields) {
      JsonRecordPath::Place place{way.eventLevel(), {{field.name, std::nullopt}}};
      for (const auto& [column, written] : settings.mapping) {
        JsonPath path;
        if (column == field.name && !parseJsonPath(written, path)) place = way.place(path).value();
      }
      const auto found = event.at(place, reach);
      isEvent = isEvent || (found && place.level == way.eventLevel() && !place.isName);
      row += found && !isJsonNull(*found) ? jsonPlainText(*found) : "-";
      row += '|';
    }
    const bool isWanted = std::all_of(when->terms().begin(), when->terms().end(), [&](const MatchTerm& term) {
      const auto found = event.at(way.place(term.path).value(), reach);
      return found && term.holds(*found);
    });
    if (isEvent && isWanted) rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("the decoder finds what paths find") {
  const std::vector<DecoderSettings> all{
      settingsOf("", {{"x", "$.u.a"}, {"y", "$.o[0]"}, {"z", "$.u"}}),
      settingsOf("", {{"x", "$[0].a"}, {"y", "$[1][0]"}}),
      settingsOf("", {{"x", "$.u.a"}}, "$.t = 1 AND $.o"),
      settingsOf("$.u[*]", {{"x", "$^.t"}, {"y", "$$.o[0]"}, {"z", "$.o.a"}}),
      settingsOf("$.u[*]", {{"x", "$^.t"}}, "$.t AND $^.o"),
      settingsOf("$", {{"x", "$$[0]"}, {"y", "$$.t"}}, "$.a"),
      settingsOf("$[1]", {{"x", "$$[0]"}, {"y", "$.t"}}),
      settingsOf("$[*]", {{"x", "$$[0].a"}, {"y", "$[0]"}}, "$$[1]"),
      settingsOf("$.*", {{"x", "$key"}, {"y", "$^.t"}, {"z", "$$.u.a"}}),
      settingsOf("$.*", {{"x", "$key"}, {"y", "$.t"}}, "$key = u"),
      settingsOf("$.u.*[*]", {{"x", "$key"}, {"y", "$^.t"}, {"z", "$^^.o"}}),
      settingsOf("$.*.*", {{"x", "$key"}, {"y", "$^.t"}, {"z", "$$.o.a[0]"}}, "$^.a AND $$.u"),
      settingsOf("$.u[*].t[*]", {{"x", "$^.a"}, {"y", "$$.o"}, {"z", "$[0]"}}),
      settingsOf("$.u[*].t[*]", {{"x", "$^.o.a"}, {"y", "$$.t"}}, "$^.b"),
      settingsOf("$.u[*].t", {{"x", "$^.a"}, {"y", "$$.u[0]"}, {"z", "$.a"}}),
      settingsOf("$[*][*]", {{"x", "$^[0]"}, {"y", "$[0]"}}, "$.a"),
      settingsOf("$.u.t[*]", {{"x", "$^.a"}, {"y", "$^^.a"}, {"z", "$.o"}}, "$^^.b AND $.t"),
  };
  auto schema = std::make_shared<Schema>();
  for (const char* name : {"a", "x", "y", "z"}) schema->fields.push_back({name, Type::String});
  for (const DecoderSettings& settings : all) {
    DecoderSettings used = settings;
    const bool hasZ =
        std::any_of(used.mapping.begin(), used.mapping.end(), [](const auto& m) { return m.first == "z"; });
    if (!hasZ) used.mapping.emplace_back("z", "$.z");
    const auto decoder = makeDecoder(used, schema);
    Writer writer(5);
    size_t rowsSeen = 0;
    for (int i = 0; i < 4000; ++i) {
      const std::string message = writer.list(6, i % 3 == 0 ? '[' : '{', 0, false);
      CAPTURE(settings.records);
      CAPTURE(settings.when);
      CAPTURE(message);
      BatchBuilder builder(schema);
      const DecodeResult result = decoder->decode(message, {}, builder);
      if (result.kind == DecodeResult::Kind::Rejected) {
        // A scalar among the elements of an array.
        REQUIRE(used.when.empty());
        REQUIRE(result.reason == "an event is not an object");
        continue;
      }
      std::vector<std::string> rows;
      const auto batch = builder.take();
      for (size_t row = 0; row < batch->rows(); ++row) {
        std::string text;
        for (const auto& column : batch->columns)
          text.append(column->isNull(row) ? "-" : column->text(row)).append("|");
        rows.push_back(text);
      }
      REQUIRE(rows == rowsByPaths(message, used, *schema));
      rowsSeen += rows.size();
    }
    CAPTURE(settings.records);
    CAPTURE(settings.when);
    CHECK(rowsSeen > 20);
  }
}
