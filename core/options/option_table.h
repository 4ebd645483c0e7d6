// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weir {

/// What an option's value must look like.
enum class OptionType { Text, Choice, Boolean, Integer, Real, Url, Column, Columns, Stream, Path };

/// Which streams an option belongs on. `Feed` is a source, or a stream that a capture or a program feeds.
enum class OptionSide { Any, Feed, Source, Sink, Both };

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
  std::string_view needs;  ///< the key without which this one has no effect
  std::string_view help;
};

/// All options there are: the checker, completion, the reference page and the wizard read this one table.
std::span<const OptionSpec> optionTable();

/// Returns the entry for `key`, its wildcard included, or nullptr.
const OptionSpec* findOption(std::string_view key);

}  // namespace weir
