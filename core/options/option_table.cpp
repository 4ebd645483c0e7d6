// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/options/option_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"
#include "core/options/connector_options.h"

#include "core/formats/format_list.h"
#include "core/formats/message_match.h"

namespace weir {

namespace {

using enum OptionType;
using enum OptionSide;

constexpr double kDay = 86'400'000;

std::optional<OptionTrouble> matchTrouble(const OptionValue& option) {
  const auto match = MessageMatch::parseForRecords(option.value);
  if (match) return std::nullopt;
  const Diagnostic& wrong = match.diagnostics().front();
  // What came from a secret is not printed.
  if (option.shown != option.value) return OptionTrouble{option.key + ": '" + option.shown + "' is no MATCH"};
  return OptionTrouble{option.key + ": " + wrong.message, wrong.hint, false, wrong.span};
}

constexpr auto kCommon = std::to_array<OptionSpec>({
    {.key = "type",
     .type = Choice,
     .side = Any,
     .choices = "source|sink|internal",
     .help = "Whether rows come in through this stream, go out, or stay inside."},
    {.key = "extension", .type = Choice, .side = Both, .help = "The connector that carries it."},
    {.key = "connection",
     .type = Connection,
     .help = "The CREATE CONNECTION that it goes over, with others: what concerns the connection is written there."},
    {.key = "format",
     .type = Choice,
     .side = Any,
     .byDefault = "json",
     .help = "How a message becomes rows, or a row a message."},
    {.key = "event.time.field", .type = Column, .side = Feed, .help = "The column that carries event time."},
    {.key = "event.time.unit",
     .type = Choice,
     .side = Feed,
     .byDefault = "ms",
     .choices = "ms|s|us|ns|iso8601",
     .help = "Unit of the event time column."},
    {.key = "event.time.lateness.ms",
     .type = Integer,
     .side = Feed,
     .byDefault = "0",
     .least = 0,
     .most = 366 * kDay,
     .help = "How far the watermark stays behind the greatest event time."},
    {.key = "event.time.idle.ms",
     .type = Integer,
     .side = Feed,
     .byDefault = "5000",
     .least = 1,
     .most = 366 * kDay,
     .help = "After this long without a message the watermark moves on with the clock."},
    {.key = "event.time.max.ahead.ms",
     .type = Integer,
     .side = Feed,
     .byDefault = "60000",
     .least = 0,
     .most = 366 * kDay,
     .help = "A row whose event time is further ahead of its arrival is dropped and counted: its clock is wrong. On a "
             "stream without a connection only where it is written."},
    {.key = "event.time.missing",
     .type = Choice,
     .side = Feed,
     .byDefault = "drop",
     .choices = "drop|arrival",
     .help = "A row without a usable event time is dropped and counted, or takes its arrival time."},
    {.key = "json.mapping.*",
     .side = Feed,
     .help = "Path that fills the column, e.g. $.data.p; $$ is the message around the record, $^ one level up, $key "
             "the name that .* stood for."},
    {.key = "json.records",
     .side = Feed,
     .help = "Path of the events, e.g. $.data[*], $.events[*].trades[*] or $.update.*[*]."},
    {.key = "json.when",
     .side = Feed,
     .complain = &matchTrouble,
     .help = "MATCH that tells this stream's records from others, e.g. $.T = t or $$.arg.channel = trades."},
    {.key = "json.framing",
     .type = Choice,
     .side = Feed,
     .byDefault = "one",
     .choices = "one|many|embedded",
     .help =
         "A message is one JSON value, or many (white space, a line end or 0x1E between them), or text in which one "
         "is embedded."},
    {.key = "json.on.mismatch",
     .type = Choice,
     .side = Feed,
     .byDefault = "error",
     .choices = "error|null",
     .help = "A member of the wrong type rejects the message, or becomes NULL and is counted."},
    {.key = "csv.delimiter", .side = Any, .byDefault = ",", .help = "One character between the fields."},
    {.key = "csv.header",
     .type = Boolean,
     .side = Any,
     .byDefault = "false",
     .help = "The first line of a file names its columns: a source finds them by name, a sink writes it."},
    {.key = "dedupe.key",
     .type = Columns,
     .side = Feed,
     .help = "Columns that identify an event; repeats are dropped."},
    {.key = "dedupe.memory",
     .type = Integer,
     .side = Feed,
     .byDefault = "100000",
     .least = 1,
     .most = 1e8,
     .needs = "dedupe.key",
     .help = "How many keys are remembered."},
    {.key = "sequence.key", .type = Column, .side = Feed, .help = "Column that must grow by one; jumps are counted."},
    {.key = "sequence.partition",
     .type = Column,
     .side = Feed,
     .needs = "sequence.key",
     .help = "Column for each of whose values it must."},
    {.key = "error.strategy",
     .type = Choice,
     .side = Feed,
     .byDefault = "drop",
     .choices = "drop|fail|dlq",
     .help = "What happens to a message that cannot be decoded."},
    {.key = "error.dlq.stream", .type = Stream, .side = Feed, .help = "The stream that takes such messages under dlq."},
});

bool isWildcard(std::string_view key) { return key.ends_with(".*"); }

std::vector<OptionSpec> madeTable() {
  std::vector<OptionSpec> table(kCommon.begin(), kCommon.end());
  static const std::string kConnectors = [] {
    std::vector<std::string> names;
    for (const ConnectorOptions* connector : connectorOptions()) names.emplace_back(connector->name);
    return joined(names, "|");
  }();
  std::find_if(table.begin(), table.end(), [](const OptionSpec& spec) { return spec.key == "extension"; })->choices =
      kConnectors;
  std::find_if(table.begin(), table.end(), [](const OptionSpec& spec) { return spec.key == "format"; })->choices =
      formatChoices();
  // Where a stream comes from is said before what is made of it.
  auto place = std::find_if(table.begin(), table.end(),
                            [](const OptionSpec& spec) { return spec.key.starts_with("event.time."); });
  for (const ConnectorOptions* connector : connectorOptions())
    place = table.insert(place, connector->options.begin(), connector->options.end()) +
            static_cast<std::ptrdiff_t>(connector->options.size());
  return table;
}

}  // namespace

std::span<const OptionSpec> optionTable() {
  static const std::vector<OptionSpec> kTable = madeTable();
  return kTable;
}

const OptionSpec* findOption(std::string_view key) {
  const OptionSpec* wildcard = nullptr;
  for (const OptionSpec& spec : optionTable()) {
    if (spec.key == key && !isWildcard(key)) return &spec;
    if (!isWildcard(spec.key)) continue;
    const std::string_view stem = spec.key.substr(0, spec.key.size() - 1);
    if (key.starts_with(stem) && key.size() > stem.size()) wildcard = &spec;
  }
  return wildcard;
}

}  // namespace weir
