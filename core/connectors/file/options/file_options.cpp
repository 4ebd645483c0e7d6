// SPDX-License-Identifier: GPL-3.0-or-later
// Without Qt: the checker knows these options whether or not the connector itself is built.
#include <array>

#include "core/base/text.h"
#include "core/connectors/file/options/file_path.h"
#include "core/connectors/file/options/file_rotation.h"
#include "core/formats/format_list.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

using enum OptionType;
using enum OptionSide;

std::optional<OptionTrouble> paceTrouble(const OptionValue& option) {
  if (option.value == "max") return std::nullopt;
  const auto pace = parseNumber<double>(option.value);
  if (pace && *pace > 0 && *pace <= 1e6) return std::nullopt;
  return OptionTrouble{
      "Invalid value '" + option.shown + "' for file.pace: expected 'max', or how many times faster than it happened",
      "1 is as it happened, 10 is ten times faster"};
}

std::optional<OptionTrouble> rotationTrouble(const OptionValue& option) {
  if (parseRotation(option.value)) return std::nullopt;
  return OptionTrouble{"Invalid value '" + option.shown + "' for file.rotate: expected a size or 'day'",
                       "for example '100 MB'"};
}

void checkTogether(const Options& options, Diagnostics& found) {
  const auto fail = [&](std::string_view key, std::string message, std::string hint) {
    found.push_back({Severity::Error, Code::OptionValue, options.valueSpan(key), std::move(message), std::move(hint)});
  };
  const std::string format = options.text("format");
  const std::string path = options.text("file.path");
  if (formatNamed(format).isBinary)
    fail("format", "messages of format '" + format + "' have no end that a file could show", "take text, csv or json");
  if (options.kind() != StreamKind::Sink) return;
  if (isPattern(path)) fail("file.path", "a sink writes one file: '" + path + "' is a pattern", "name the file");
  if (isPacked(path))
    fail("file.path", "a sink writes plain text, but '" + path + "' is the name of a packed file",
         "leave the ending out, and pack the file afterwards");
  if (path == "-" && options.has("file.rotate"))
    fail("file.rotate", "standard output cannot be rotated", "leave file.rotate out");
}

void checkTable(const Options& options, Diagnostics& found) {
  const auto fail = [&](std::string_view key, std::string message, std::string hint) {
    found.push_back({Severity::Error, Code::OptionValue, options.valueSpan(key), std::move(message), std::move(hint)});
  };
  if (options.text("file.path") == "-")
    fail("file.path", "a table is read again when it changes, and standard input cannot be", "name a file");
  if (options.has("file.pace")) fail("file.pace", "a table is loaded at once: it has no pace", "leave file.pace out");
}

constexpr auto kTable = std::to_array<OptionSpec>({
    {.key = "file.path",
     .type = Path,
     .required = true,
     .ofStream = true,
     .help = "The file; * and ? stand for any characters, so that a source may read many. .gz and .zst are unpacked. - "
             "is standard input or output."},
    {.key = "file.pace",
     .side = Source,
     .byDefault = "max",
     .ofStream = true,
     .complain = paceTrouble,
     .help = "How fast the file is read: max, or how many times faster than it happened, by event time."},
    {.key = "file.rotate",
     .side = Sink,
     .ofStream = true,
     .complain = rotationTrouble,
     .help = "Begins a new file at a size, such as 100 MB, or each day (UTC); the file before is renamed."},
});

}  // namespace

const ConnectorOptions fileOptions{
    .name = "file",
    .options = kTable,
    .address = "file.path",
    .check = checkTogether,
    .checkTable = checkTable,
};

}  // namespace weir
