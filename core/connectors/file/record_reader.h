// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/connectors/file/byte_source.h"

namespace weir {

/// Cuts a file into messages: lines; for csv, lines whose quotes are closed; for json, lines, or the elements of one
/// array that goes over many. Empty lines are none.
class RecordReader {
public:
  enum class Shape { Lines, Csv, Json };
  RecordReader(std::string name, std::unique_ptr<ByteSource> bytes, Shape shape);

  /// The next one without its line's end, valid until the next call; nothing at the end.
  Result<std::optional<std::string_view>> next();
  /// Of the line at which the newest one began, from 1.
  uint64_t line() const { return m_line; }
  const std::string& name() const { return m_name; }

private:
  Result<std::optional<std::string_view>> nextLine();
  Result<std::optional<std::string_view>> nextElement();
  Result<bool> beginsArray();
  /// The place of the record's end behind `m_begin`; reads until there is one.
  template <class Scan>
  Result<std::optional<size_t>> endOf(Scan scan);
  Result<bool> fill();
  Diagnostic wrong(const std::string& why) const;

  std::string m_name;
  std::unique_ptr<ByteSource> m_bytes;
  Shape m_shape;
  std::string m_buffer;
  size_t m_begin = 0;
  bool m_isEnd = false;
  bool m_isBegun = false;
  bool m_isArray = false;
  uint64_t m_line = 0;
  uint64_t m_nextLine = 1;
};

}  // namespace weir
