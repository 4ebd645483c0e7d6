// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/table_reader.h"

#include <utility>

#include "core/base/text.h"

namespace weir {

TableReader::TableReader(std::vector<std::unique_ptr<Past>> parts, const logical::Stream& table, const Options& options)
    : m_parts(std::move(parts)),
      m_columns(table.schema),
      m_decoder(makeDecoder(decoderSettings(table, options), table.schema)) {}

Result<bool> TableReader::read(size_t most) {
  for (size_t i = 0; i < most; ++i) {
    if (m_part == m_parts.size()) return true;
    auto event = m_parts[m_part]->next();
    if (!event) return event.diagnostics();
    if (!*event) {
      ++m_part;
    } else if ((*event)->kind == FeedEvent::Kind::Message) {
      if (Diagnostics wrong = look(**event); !wrong.empty()) return wrong;
      m_records.push_back(std::move((*event)->payload));
    }
  }
  return false;
}

Diagnostics TableReader::look(const FeedEvent& record) {
  BatchBuilder rows(m_columns);
  DecodeResult decoded = m_decoder->decode(record.payload, {}, rows);
  if (decoded.kind == DecodeResult::Kind::Decoded) return {};
  if (decoded.kind == DecodeResult::Kind::Control)
    decoded.reason = "it has none of the columns " + joined(m_columns->names(), ", ", " and ");
  return {
      failure(Code::File, record.origin + ": " + decoded.reason, "a table is loaded whole: mend it, or leave it out")};
}

}  // namespace weir
