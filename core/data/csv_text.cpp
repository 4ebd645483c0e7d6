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

}  // namespace weir
