// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/row_printer.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/data/time_text.h"
#include "core/formats/decoder.h"

namespace weir {

namespace {

constexpr size_t kCellWidth = 14;

std::string cell(const std::string& text, bool right) {
  size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  const std::string space(width < kCellWidth ? kCellWidth - width : 0, ' ');
  return right ? space + text + "  " : text + space + "  ";
}

}  // namespace

RowPrinter::RowPrinter(Pipeline& pipeline, const std::vector<std::string>& streams, RowFormat format, int64_t limit,
                       Write write)
    : m_pipeline(pipeline), m_format(format), m_limit(limit), m_write(std::move(write)), m_many(streams.size() > 1) {
  for (const std::string& stream : streams)
    pipeline.tap(stream, [this, stream](const BatchPtr& batch) { add(stream, *batch); });
  if (format == RowFormat::Csv && streams.size() == 1) {
    std::string heading;
    appendCsvHeading(heading, *pipeline.script().stream(streams[0]).schema, ',');
    m_write(heading + "\n");
  }
}

void RowPrinter::add(const std::string& stream, const Batch& batch) {
  for (size_t row = 0; row < batch.rows(); ++row) {
    std::string text;
    if (m_format == RowFormat::JsonLines) {
      text = "{\"stream\":";
      appendJsonString(text, stream);
      text += ",\"at\":" + std::to_string(batch.meta[row].at) + ",\"row\":";
      appendJsonRow(text, batch, row);
      text += "}\n";
    } else if (m_format == RowFormat::Csv) {
      appendCsvRow(text, batch, row, ',');
      text += "\n";
    } else {
      if (m_headerOf != stream) {
        m_headerOf = stream;
        text += (m_many ? "\n" + stream + "\n" : "") + cell("time (UTC)", false);
        for (const Field& field : batch.schema->fields) text += cell(field.name, isNumber(field.type));
        text += "\n";
      }
      text += cell(isoTime(batch.meta[row].at).substr(11, 12), false);
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        const Field& field = batch.schema->fields[c];
        text +=
            cell(batch.columns[c]->isNull(row) ? "-" : oneLine(displayText(batch.columns[c]->value(row), field.type)),
                 isNumber(field.type));
      }
      text += "\n";
    }
    m_lines.push_back({m_pipeline.pushNumber(), batch.meta[row].origin, std::move(text)});
  }
}

void RowPrinter::flush() {
  if (m_lines.empty()) return;
  std::stable_sort(m_lines.begin(), m_lines.end(), [](const Line& a, const Line& b) {
    return a.push != b.push ? a.push < b.push : a.origin < b.origin;
  });
  std::string out;
  for (const Line& line : m_lines) {
    if (m_limit == 0) break;
    if (m_limit > 0) --m_limit;
    out += line.text;
  }
  m_lines.clear();
  m_write(out);
}

}  // namespace weir
