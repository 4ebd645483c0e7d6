// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/decoder.h"
#include "core/formats/json_message.h"

namespace weir {

/// All that there is to say of a format. The checker, sources and sinks, inference, the wizard and the reference ask
/// this one list, so that none of them knows a format by its name.
struct FormatSpec {
  std::string_view name;
  std::string_view help;
  bool isBinary = false;                  ///< sinks send binary frames unless told otherwise
  std::vector<std::string_view> options;  ///< keys of WITH that mean something to it, with `.*` for any name
  std::unique_ptr<Decoder> (*makeDecoder)(const DecoderSettings&, const SchemaPtr&) = nullptr;
  std::unique_ptr<Encoder> (*makeEncoder)(const EncoderSettings&) = nullptr;
  /// A message as JSON, from which the columns of a stream declared with `...` are learnt; nothing where messages do
  /// not name what they hold.
  JsonMessage (*asJson)(std::string_view message) = nullptr;
  /// What to do where the columns can neither be learnt nor are `ownColumns`.
  std::string_view whyNotLearnt;
  /// The columns of a stream that is declared with nothing but `...`, where the format has but these.
  std::vector<Field> ownColumns;
  /// Why streams of this format cannot have these columns; null: they can have any.
  std::optional<std::string> (*checkSchema)(const Schema&) = nullptr;

  bool has(std::string_view option) const;
};

/// All formats; the first is the one without a name.
std::span<const FormatSpec> formatList();
/// Nothing for a name that is none, or not known before a run begins.
const FormatSpec* findFormat(std::string_view name);
/// The first instead of nothing.
const FormatSpec& formatNamed(std::string_view name);
/// The first format to which an option belongs; nullptr for an option of streams in general.
const FormatSpec* formatWith(std::string_view option);
/// The names with `|` between them, as the option table wants them.
std::string_view formatChoices();

/// The message as a person can read it: JSON where it is a binary form of that.
std::string readableMessage(const FormatSpec& format, std::string_view message);

}  // namespace weir
