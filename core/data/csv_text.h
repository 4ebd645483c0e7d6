// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Appends a field as RFC 4180 has it, headings too: in quotes where it holds a quote, a line end or the delimiter.
/// NULL is nothing at all, and a text without characters is "".
void appendCsvField(std::string& out, std::string_view text, bool isNull, char delimiter = ',');

/// The fields of a record as they stand, quotes included.
std::vector<std::string_view> csvFields(std::string_view record, char delimiter = ',');
/// What such a field holds.
std::string csvPlain(std::string_view field);

}  // namespace weir
