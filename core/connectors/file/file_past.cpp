// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/file_past.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/connectors/file/options/file_path.h"
#include "core/data/csv_text.h"
#include "core/exec/row_rules.h"

namespace weir {

namespace {

RecordReader::Shape shapeOf(const std::string& format) {
  return format == "csv"    ? RecordReader::Shape::Csv
         : format == "json" ? RecordReader::Shape::Json
                            : RecordReader::Shape::Lines;
}

}  // namespace

FilePast::FilePast(RecordReader records, const logical::Stream& stream, const Options& options, Micros started)
    : m_records(std::move(records)),
      m_stream(stream.name),
      m_schema(stream.schema),
      m_eventTime(stream.eventTime),
      m_delimiter(options.text("csv.delimiter").front()),
      m_isCsv(options.text("format") == "csv"),
      m_at(started) {
  if (!m_eventTime) return;
  // CSV goes by position, JSON finds the one column that is asked for.
  m_clockSchema = m_isCsv ? m_schema : std::make_shared<Schema>(Schema{{m_schema->fields[m_eventTime->column]}});
  m_timeColumn = m_isCsv ? m_eventTime->column : 0;
  DecoderSettings settings = decoderSettings(stream, options);
  settings.mismatchIsNull = true;
  m_clock = makeDecoder(settings, m_clockSchema);
}

Result<std::unique_ptr<FilePast>> FilePast::open(const std::string& path, const logical::Stream& stream,
                                                 const Options& options, Micros started) {
  auto bytes = openBytes(path);
  if (!bytes) return bytes.diagnostics();
  RecordReader records(path == "-" ? "standard input" : path, std::move(*bytes), shapeOf(options.text("format")));
  std::unique_ptr<FilePast> past(new FilePast(std::move(records), stream, options, started));
  if (options.boolean("csv.header"))
    if (Diagnostics wrong = past->readHeading(); !wrong.empty()) return wrong;
  return past;
}

Diagnostics FilePast::readHeading() {
  const auto heading = m_records.next();
  if (!heading) return heading.diagnostics();
  if (!*heading) return {};
  std::vector<std::string> names;
  for (const std::string_view field : csvFields(**heading, m_delimiter)) names.push_back(csvPlain(field));
  for (const Field& column : m_schema->fields) {
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (found == names.end())
      return {failure(Code::File, placeOf(1) + ": there is no column '" + column.name + "'",
                      "the file has " + joined(names, ", ", " and "))};
    m_order.push_back(static_cast<size_t>(found - names.begin()));
  }
  return {};
}

std::string FilePast::inOrderOfColumns(std::string_view record) const {
  const std::vector<std::string_view> fields = csvFields(record, m_delimiter);
  std::string out;
  for (size_t column = 0; column < m_order.size(); ++column) {
    if (column > 0) out += m_delimiter;
    if (m_order[column] < fields.size()) out += fields[m_order[column]];
  }
  return out;
}

std::optional<Micros> FilePast::timeOf(const std::string& message) {
  BatchBuilder rows(m_clockSchema);
  if (m_clock->decode(message, {}, rows).kind != DecodeResult::Kind::Decoded) return std::nullopt;
  std::optional<Micros> latest;
  for (size_t row = 0; row < rows.rows(); ++row)
    if (const auto time = eventInstant(rows.column(m_timeColumn).value(row), m_eventTime->unit))
      latest = std::max(latest.value_or(-kNever), fromMillis(time->ms) + time->nanos / 1000);
  return latest;
}

Result<std::optional<FilePast::Record>> FilePast::read() {
  const auto record = m_records.next();
  if (!record) return record.diagnostics();
  if (!*record) return std::optional<Record>();
  Record out{m_order.empty() ? std::string(**record) : inOrderOfColumns(**record), m_records.line(), {}};
  if (m_clock) out.time = timeOf(out.text);
  return std::optional(std::move(out));
}

Result<std::optional<FeedEvent>> FilePast::next() {
  if (!std::exchange(m_isBegun, true)) {
    auto first = read();
    if (!first) return first.diagnostics();
    m_ahead = std::move(*first);
    if (m_ahead && m_ahead->time) m_at = *m_ahead->time;
  }
  if (!m_ahead) {
    if (std::exchange(m_isEnded, true)) return std::optional<FeedEvent>();
    return std::optional(FeedEvent{m_at, m_stream, FeedEvent::Kind::End});
  }
  Record record = *std::exchange(m_ahead, std::nullopt);
  auto following = read();
  if (!following) return following.diagnostics();
  m_ahead = std::move(*following);
  if (record.time && *record.time > m_at) {
    // A time that the next message does not go on from is a wrong one: it must not carry the clock away.
    const Micros bound = m_at + fromMillis(m_eventTime->maxAheadMs.value_or(0));
    const bool isAhead = m_eventTime->maxAheadMs && *record.time > bound;
    if (!(isAhead && m_ahead && m_ahead->time && *m_ahead->time <= bound)) m_at = *record.time;
  }
  return std::optional(
      FeedEvent{m_at, m_stream, FeedEvent::Kind::Message, std::move(record.text), 0, true, placeOf(record.line)});
}

Result<std::vector<std::unique_ptr<Past>>> openFiles(const logical::Stream& stream, const Options& options,
                                                     Micros started) {
  const auto files = filesOf(options.text("file.path"));
  if (!files) return files.diagnostics();
  std::vector<std::unique_ptr<Past>> pasts;
  for (const std::string& file : *files) {
    auto past = FilePast::open(file, stream, options, started);
    if (!past) return past.diagnostics();
    pasts.push_back(std::move(*past));
  }
  return pasts;
}

}  // namespace weir
