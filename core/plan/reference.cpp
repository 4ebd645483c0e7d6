// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/reference.h"

#include <algorithm>
#include <vector>

#include "core/formats/format_list.h"
#include "core/functions/function_list.h"
#include "core/options/connector_options.h"
#include "core/options/option_table.h"
#include "core/plan/window_list.h"

namespace weir {

namespace {

// A bar would end the table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + cell(text) + "`"; }

std::string codes(std::string_view list) {
  std::string out;
  while (!list.empty()) {
    const size_t bar = std::min(list.find('|'), list.size());
    out += (out.empty() ? "" : ", ") + code(list.substr(0, bar));
    list.remove_prefix(std::min(bar + 1, list.size()));
  }
  return out;
}

std::string row(std::initializer_list<std::string> cells) {
  std::string out = "|";
  for (const std::string& text : cells) out += " " + text + " |";
  return out + "\n";
}

std::string head(std::initializer_list<std::string> names) {
  std::string out = row(names);
  for (size_t i = 0; i < names.size(); ++i) out += "|---";
  return out + "|\n";
}

template <class F>
std::string functionTable(std::span<const F> functions) {
  std::vector<const F*> sorted;
  for (const F& function : functions) sorted.push_back(&function);
  std::sort(sorted.begin(), sorted.end(), [](const F* a, const F* b) { return a->name < b->name; });
  std::string out = head({"Call", "Other names", "What it gives", "Example", "Result"});
  for (const F* f : sorted)
    out += row({code(f->signature), codes(f->aliases), cell(f->help), code(f->example), code(f->exampleResult)});
  return out;
}

std::string_view typeText(OptionType type) {
  switch (type) {
    case OptionType::Text: return "text";
    case OptionType::Choice: return "one of";
    case OptionType::Boolean: return "true or false";
    case OptionType::Integer: return "whole number";
    case OptionType::Real: return "number";
    case OptionType::Url: return "URL";
    case OptionType::Column: return "column";
    case OptionType::NumberColumn: return "column of numbers";
    case OptionType::Columns: return "columns";
    case OptionType::Stream: return "stream";
    case OptionType::Connection: return "connection";
    case OptionType::Path: return "file";
  }
  return "";
}

std::string_view sideText(OptionSide side) {
  switch (side) {
    case OptionSide::Any: return "any stream";
    case OptionSide::Feed: return "source, fed stream";
    case OptionSide::Source: return "source";
    case OptionSide::Sink: return "sink";
    case OptionSide::Both: return "source, sink";
  }
  return "";
}

std::string placeText(const OptionSpec& spec) {
  const bool concernsConnection = spec.key == "extension" || isOfConnection(spec.key);
  return (concernsConnection ? "connection, " : "") + std::string(sideText(spec.side));
}

std::string rangeText(const OptionSpec& spec) {
  if (spec.type == OptionType::Choice) return codes(spec.choices);
  std::string out(typeText(spec.type));
  if (spec.type == OptionType::Integer)
    out += ", " + std::to_string(static_cast<int64_t>(spec.least)) + " to " +
           std::to_string(static_cast<int64_t>(spec.most));
  if (spec.type == OptionType::Real) out += ", 0 to 1";
  return out;
}

}  // namespace

std::string functionReference() {
  std::string out =
      "# Functions, operators and windows\n\nMade from the program's own lists by `script/reference`; do not edit. "
      "Names "
      "are found in any case. Times are milliseconds since 1970 in UTC. The examples are run as tests.\n\n"
      "## Aggregates\nThe examples are over a column `x` with 1, 2, 4 and a column `y` with 1, 1, 2. Aggregates skip "
      "NULL; "
      "over nothing they are NULL, and COUNT is 0. Each takes `FILTER (WHERE condition)`; COUNT, SUM and AVG take "
      "`DISTINCT`.\n\n";
  out += functionTable(aggregateFunctions());
  out += "\n## Functions\nNULL gives NULL unless the text says otherwise.\n\n";
  out += functionTable(scalarFunctions());
  out += "\n## Functions that look at the row or the window\n\n";
  out += head({"Call", "Other names", "What it gives"});
  for (const SpecialFunction& f : specialFunctions()) out += row({code(f.signature), codes(f.aliases), cell(f.help)});
  out +=
      "\n## Operators\n`AND`, `OR`, `NOT`, `IS [NOT] NULL`, `[NOT] BETWEEN`, `[NOT] IN`, `[NOT] LIKE`, `CASE` and "
      "`CAST(x AS type)`, `x::type` besides these.\n\n";
  out += head({"Operator", "What it gives", "Example", "Result"});
  for (const ScalarFunction& f : operatorList()) {
    if (f.name == "negate") continue;
    out += row({code(f.name), cell(f.help), code(f.example.empty() ? f.signature : f.example), code(f.exampleResult)});
  }
  out += "\n## Windows\n\n" + head({"Window", "What it does"});
  for (const WindowSpec& window : windowTable())
    out += row({code("WINDOW " + std::string(window.signature)), cell(window.help)});
  return out;
}

std::string optionReference() {
  std::string out =
      "# Options of a stream\n\nMade from the program's own table by `script/reference`; do not edit. They stand in "
      "`WITH ('key' = 'value', ...)`. A key that ends in `.*` takes any name there. Where a stream "
      "has a `connection`, what is marked so stands in its `CREATE CONNECTION`, and only there.\n\n";
  out += head({"Key", "On", "Value", "Default", "What it does"});
  for (const OptionSpec& spec : optionTable()) {
    std::string byDefault = code(spec.byDefault);
    if (!spec.sinkDefault.empty()) byDefault += ", on a sink " + code(spec.sinkDefault);
    if (spec.required) byDefault = "required";
    out += row({code(spec.key), placeText(spec), rangeText(spec), byDefault, cell(spec.help)});
  }
  out += "\n## Formats\nWhat each makes of a value is said in [formats](formats.md).\n\n";
  out += head({"Format", "What a message is", "Frames of a sink", "Columns of `...`", "Its options"});
  for (const FormatSpec& format : formatList()) {
    std::string options;
    for (const std::string_view key : format.options) options += (options.empty() ? "" : ", ") + code(key);
    const bool isLearnt = format.asJson != nullptr;
    out += row({code(format.name), cell(format.help), format.isBinary ? "binary" : "text",
                isLearnt                    ? "learnt"
                : format.ownColumns.empty() ? "must be written"
                                            : code(format.ownColumns.front().name),
                options});
  }
  return out;
}

}  // namespace weir
