// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/json_decoder.h"
#include "core/formats/json_wanted.h"

namespace weir {

/// What a record says of a column. The text lies in the message.
struct JsonCell {
  bool present = false;
  JsonKind kind = JsonKind::Null;
  std::string_view text;
};

/// Reads messages that are written like one before: the same members in the same order, as a feed's trades are. What
/// stands between the values is compared as it is, the values are scanned; anything else is left to the JSON parser,
/// whose word the shape was learnt from (core/decisions/006).
class JsonShape {
public:
  /// Learns from a message that the parser has accepted and found to hold one event. Nothing when it has what a shape
  /// does not serve: escapes, characters beyond ASCII, several events, objects and arrays that fill a column.
  static std::optional<JsonShape> learnt(std::string_view message, const JsonPlan& plan);

  /// Fills the cells of the columns that the message has; the others are left alone. False, with any cells filled, when
  /// it is written differently.
  bool read(std::string_view message, std::span<JsonCell> cells) const;

private:
  struct Learner;
  /// What stands before a value, and the columns that it fills.
  struct Part {
    uint64_t word = 0;  ///< its first bytes, up to eight, and
    uint64_t mask = 0;  ///< the bits of the word that count
    uint32_t begin = 0;
    uint32_t length = 0;
    uint32_t firstColumn = 0;
    uint32_t columns = 0;
  };

  bool begins(const Part& part, const char* at, const char* end) const;

  std::string m_text;
  std::vector<Part> m_parts;
  std::vector<uint32_t> m_columns;
  Part m_tail;
};

}  // namespace weir
