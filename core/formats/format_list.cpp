// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/format_list.h"

#include <algorithm>

namespace weir {

// One file each, one word here and one in the list.
FormatSpec jsonFormat(), textFormat(), bytesFormat(), csvFormat(), msgpackFormat(), cborFormat();

std::span<const FormatSpec> formatList() {
  static const std::vector<FormatSpec> list{jsonFormat(), textFormat(),    bytesFormat(),
                                            csvFormat(),  msgpackFormat(), cborFormat()};
  return list;
}

bool FormatSpec::has(std::string_view option) const {
  return std::any_of(options.begin(), options.end(), [&](std::string_view own) {
    if (!own.ends_with(".*")) return own == option;
    own.remove_suffix(1);
    return option.starts_with(own) && option.size() > own.size();
  });
}

const FormatSpec* findFormat(std::string_view name) {
  const auto list = formatList();
  const auto found = std::find_if(list.begin(), list.end(), [&](const FormatSpec& f) { return f.name == name; });
  return found == list.end() ? nullptr : &*found;
}

const FormatSpec& formatNamed(std::string_view name) {
  const FormatSpec* const found = findFormat(name);
  return found ? *found : formatList().front();
}

const FormatSpec* formatWith(std::string_view option) {
  const auto list = formatList();
  const auto found = std::find_if(list.begin(), list.end(), [&](const FormatSpec& f) { return f.has(option); });
  return found == list.end() ? nullptr : &*found;
}

std::string_view formatChoices() {
  static const std::string choices = [] {
    std::string out;
    for (const FormatSpec& format : formatList()) out.append(out.empty() ? "" : "|").append(format.name);
    return out;
  }();
  return choices;
}

std::string readableMessage(const FormatSpec& format, std::string_view message) {
  if (format.isBinary && format.asJson)
    if (JsonMessage read = format.asJson(message); read.wrong.empty()) return std::move(read.text);
  return std::string(message);
}

}  // namespace weir
