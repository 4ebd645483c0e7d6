// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_text.h"

namespace weir {

void appendCsvField(std::string& out, std::string_view text, bool isNull, char delimiter) {
  if (isNull) return;
  const bool isQuoted = text.empty() || text.find_first_of("\"\r\n") != text.npos || text.find(delimiter) != text.npos;
  if (!isQuoted) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::vector<std::string_view> csvFields(std::string_view record, char delimiter) {
  std::vector<std::string_view> fields;
  size_t begin = 0;
  bool isQuoted = false;
  for (size_t at = 0; at < record.size(); ++at) {
    if (record[at] == '"') isQuoted = !isQuoted;
    if (record[at] != delimiter || isQuoted) continue;
    fields.push_back(record.substr(begin, at - begin));
    begin = at + 1;
  }
  fields.push_back(record.substr(begin));
  return fields;
}

std::string csvPlain(std::string_view field) {
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return std::string(field);
  std::string out;
  for (size_t at = 1; at + 1 < field.size(); ++at) {
    out += field[at];
    if (field[at] == '"' && field[at + 1] == '"') ++at;
  }
  return out;
}

}  // namespace weir
