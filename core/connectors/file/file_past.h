// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/connectors/file/record_reader.h"
#include "core/feed/past.h"

namespace weir {

/// The messages of one file, each at its event time, which is its arrival then; without event time all of them come at
/// `started`. A time that goes back, or that is none, comes when the message before it did.
class FilePast final : public Past {
public:
  /// Opens the file and reads its heading, if it has one.
  static Result<std::unique_ptr<FilePast>> open(const std::string& path, const logical::Stream& stream,
                                                const Options& options, Micros started);
  Result<std::optional<FeedEvent>> next() override;
  std::string place() const override { return placeOf(m_records.line()); }

private:
  struct Record {
    std::string text;
    uint64_t line = 0;
    std::optional<Micros> time;
  };
  FilePast(RecordReader records, const logical::Stream& stream, const Options& options, Micros started);
  Diagnostics readHeading();
  Result<std::optional<Record>> read();
  std::optional<Micros> timeOf(const std::string& message);
  std::string inOrderOfColumns(std::string_view record) const;
  std::string placeOf(uint64_t line) const { return m_records.name() + ", line " + std::to_string(line); }

  RecordReader m_records;
  std::string m_stream;
  SchemaPtr m_schema;
  std::unique_ptr<Decoder> m_clock;  ///< reads nothing but the time
  SchemaPtr m_clockSchema;
  std::optional<logical::EventTimeRule> m_eventTime;
  size_t m_timeColumn = 0;
  char m_delimiter = ',';
  bool m_isCsv = false;
  std::vector<size_t> m_order;  ///< by column, the field of a record that fills it; empty: as they stand
  std::optional<Record> m_ahead;
  bool m_isBegun = false;
  bool m_isEnded = false;
  Micros m_at;
};

/// Those of all files that a source's `file.path` stands for.
Result<std::vector<std::unique_ptr<Past>>> openFiles(const logical::Stream& stream, const Options& options,
                                                     Micros started);

}  // namespace weir
