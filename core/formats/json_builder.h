// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/json_message.h"

namespace weir {

/// Writes the values of a binary message as JSON in the order in which a format's reader finds them. Whole numbers keep
/// all digits, reals read back the same, NaN and infinities become null; what JSON has no word for becomes a string
/// with a note. Memory grows with what was read, never with what a message claims; the stack not at all.
class JsonBuilder {
public:
  /// The message's own map, and below it what an OBJECT may hold (`isJson`).
  static constexpr size_t kDeepest = 1 + 512;

  void null() { scalar("null"); }
  void boolean(bool value) { scalar(value ? "true" : "false"); }
  void integer(int64_t value);
  void natural(uint64_t value);
  void real(double value);
  /// A number that is JSON already.
  void number(std::string_view json) { scalar(json); }
  void text(std::string_view value);
  void bytes(std::string_view value);
  /// A moment; `nanos` go forward from the second.
  void time(int64_t seconds, uint32_t nanos);
  /// One in ISO 8601; any other text is a text.
  void time(std::string_view iso);
  /// What fills no column; `what` says what it is.
  void foreign(std::string_view what);
  /// Begins an array of `size` values, or a map of `size` pairs; without a size `end` closes it.
  void array(std::optional<uint64_t> size) { container(false, size); }
  void map(std::optional<uint64_t> size) { container(true, size); }
  void end();

  void fail(std::string why);
  bool isWrong() const { return !m_message.wrong.empty(); }
  /// One value is there to its end.
  bool isWhole() const { return m_isWhole; }
  JsonMessage take() { return std::move(m_message); }

private:
  struct Open {
    bool isMap = false;
    bool hasSize = false;
    bool isEmpty = true;
    bool hasKey = false;  ///< the next value belongs to it
    uint64_t left = 0;    ///< values or pairs that are to come
  };

  bool isKey() const { return !m_open.empty() && m_open.back().isMap && !m_open.back().hasKey; }
  bool begin(bool canBeKey);
  void finish();
  void close();
  void scalar(std::string_view json);
  void wholeNumber(std::string_view digits);
  void string(std::string_view value, JsonKind kind);
  void container(bool isMap, std::optional<uint64_t> size);

  JsonMessage m_message;
  std::vector<Open> m_open;
  bool m_isWhole = false;
};

}  // namespace weir
