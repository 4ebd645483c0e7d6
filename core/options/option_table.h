// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/diagnostic.h"

namespace weir {

/// What an option's value must look like.
enum class OptionType {
  Text,
  Choice,
  Boolean,
  Integer,
  Real,
  Url,
  Column,
  NumberColumn,
  Columns,
  Stream,
  Connection,
  Path
};

/// Which streams an option belongs on. `Feed` is a source, or a stream that a capture or a program feeds.
enum class OptionSide { Any, Feed, Source, Sink, Both };

/// A value that is to be checked by its option's own rule.
struct OptionValue {
  const std::string& key;
  const std::string& value;
  const std::string& shown;  ///< what a message may print of the value
  std::string name;          ///< what stands for the wildcard of the key
};

/// What is wrong with an option.
struct OptionTrouble {
  std::string message;
  std::string hint;
  bool isAboutKey = false;     ///< and not about its value
  std::optional<Span> within;  ///< the place in the value, where it is one
};

/// One key of `WITH (...)`. A key that ends in `.*` stands for any name behind the dot.
struct OptionSpec {
  std::string_view key;
  OptionType type = OptionType::Text;
  OptionSide side = OptionSide::Both;
  std::string_view byDefault;    ///< as written in WITH; empty: none
  std::string_view sinkDefault;  ///< where a sink's default differs
  std::string_view choices;      ///< `|` between the words of a Choice
  double least = 0;              ///< of an Integer or Real
  double most = 0;
  bool required = false;
  bool isHeader = false;    ///< the names behind the wildcard have no case, and no value of it is printed
  bool isTemplate = false;  ///< `${...}` in it may stand for what is known only when it is sent
  /// Of a connector's: it stands on a stream; the others stand on the connection, if it has one.
  bool ofStream = false;
  std::string_view needs;  ///< the key without which this one has no effect
  /// A rule of its own, after what the type asks for; of a wildcard's key even before the value is known.
  std::optional<OptionTrouble> (*complain)(const OptionValue& option) = nullptr;
  std::string_view help;
};

/// All options there are, the common ones and those of each connector: the checker, completion, the reference page and
/// the wizard read this one table.
std::span<const OptionSpec> optionTable();

/// Returns the entry for `key`, its wildcard included, or nullptr.
const OptionSpec* findOption(std::string_view key);

}  // namespace weir
