// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/feed/past.h"

namespace weir {

/// Reads what a table is to hold, and looks at each record: all of them can be decoded, or none counts.
class TableReader {
public:
  /// `parts` are read one after the other.
  TableReader(std::vector<std::unique_ptr<Past>> parts, const logical::Stream& table, const Options& options);
  /// Reads on, at most so many records; returns whether that was all.
  Result<bool> read(size_t most);
  /// As they were read, whole once `read` says so.
  std::vector<std::string> take() { return std::move(m_records); }

private:
  Diagnostics look(const FeedEvent& record);

  std::vector<std::unique_ptr<Past>> m_parts;
  size_t m_part = 0;
  SchemaPtr m_columns;
  std::unique_ptr<Decoder> m_decoder;
  std::vector<std::string> m_records;
};

}  // namespace weir
