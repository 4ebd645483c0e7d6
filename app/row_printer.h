// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/exec/pipeline.h"

namespace weir {

enum class RowFormat { Table, JsonLines, Csv };

/// Prints rows of several streams as they leave, in the order of the input that caused them. Stops after `limit` rows.
class RowPrinter {
public:
  using Write = std::function<void(const std::string&)>;

  /// `limit` < 0 is no limit.
  RowPrinter(Pipeline& pipeline, const std::vector<std::string>& streams, RowFormat format, int64_t limit, Write write);
  /// Writes what has gathered since the last call.
  void flush();
  bool done() const { return m_limit == 0; }

private:
  void add(const std::string& stream, const Batch& batch);
  struct Line {
    uint64_t push;
    uint32_t origin;
    std::string text;
  };
  Pipeline& m_pipeline;
  RowFormat m_format;
  int64_t m_limit;
  Write m_write;
  bool m_many;
  std::vector<Line> m_lines;
  std::string m_headerOf;
};

}  // namespace weir
