// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/decoder.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/data/time_text.h"
#include "core/formats/format_list.h"

namespace weir {

std::string mismatchReason(const Field& field, std::string_view got) {
  constexpr size_t kShown = 60;
  if (got.size() > kShown) {
    size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(got[end]) & 0xC0) == 0x80) --end;
    got = got.substr(0, end);
  }
  const std::string wanted(field.isTime ? "TIMESTAMP" : typeName(field.type));
  return "'" + field.name + "' wants " + wanted + ", got " + oneLine(got);
}

bool readIsoTime(const DecoderSettings& settings, const Field& field, std::string_view text, Value& out) {
  const auto ms = field.isTime ? parseIsoTime(text) : std::optional<int64_t>();
  if (!ms) return false;
  const bool isEventTime = field.name == settings.timeColumn;
  const std::string_view unit = isEventTime ? std::string_view(settings.timeUnit) : "ms";
  if (unit == "s") {
    out = floorDivide(*ms, 1000);
    return true;
  }
  const int64_t scale = unit == "us" ? 1000 : unit == "ns" ? 1'000'000 : 1;
  if (*ms > INT64_MAX / scale || *ms < INT64_MIN / scale) return false;
  out = *ms * scale;
  return true;
}

std::string missingReason(const Field& field) { return "column '" + field.name + "' is NOT NULL and missing"; }

std::unique_ptr<Decoder> makeDecoder(const DecoderSettings& settings, const SchemaPtr& schema) {
  return formatNamed(settings.format).makeDecoder(settings, schema);
}

std::unique_ptr<Encoder> makeEncoder(const EncoderSettings& settings) {
  return formatNamed(settings.format).makeEncoder(settings);
}

}  // namespace weir
