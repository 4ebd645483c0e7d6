// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_builder.h"

#include "core/base/text.h"
#include "core/data/time_text.h"

namespace weir {

namespace {

// The years that ISO 8601 has four digits for.
constexpr int64_t kFirstSecond = -62'167'219'200;
constexpr int64_t kLastSecond = 253'402'300'799;

}  // namespace

void JsonBuilder::fail(std::string why) {
  if (!isWrong()) m_message.wrong = std::move(why);
}

// What stands before a value. False when it may not stand here.
bool JsonBuilder::begin(bool canBeKey) {
  if (m_isWhole) fail("there is more behind the message's one value");
  if (isKey() && !canBeKey) fail("a key of a map is neither text nor a whole number");
  if (isWrong()) return false;
  if (m_open.empty()) return true;
  Open& in = m_open.back();
  if (!in.isEmpty && !in.hasKey) m_message.text += ',';
  in.isEmpty = false;
  return true;
}

// What stands behind a value: the ends, too, of all containers that it is the last one of.
void JsonBuilder::finish() {
  while (true) {
    if (m_open.empty()) {
      m_isWhole = true;
      return;
    }
    Open& in = m_open.back();
    if (in.isMap) {
      in.hasKey = !in.hasKey;
      if (in.hasKey) {
        m_message.text += ':';
        return;
      }
    }
    if (!in.hasSize || --in.left > 0) return;
    close();
  }
}

void JsonBuilder::close() {
  m_message.text += m_open.back().isMap ? '}' : ']';
  m_open.pop_back();
}

void JsonBuilder::container(bool isMap, std::optional<uint64_t> size) {
  if (!begin(false)) return;
  if (m_open.size() == kDeepest) return fail("nested deeper than " + std::to_string(kDeepest));
  m_message.text += isMap ? '{' : '[';
  m_open.push_back({isMap, size.has_value(), true, false, size.value_or(0)});
  if (size != uint64_t{0}) return;
  close();
  finish();
}

void JsonBuilder::end() {
  if (isWrong()) return;
  if (m_open.empty() || m_open.back().hasSize) return fail("an end where nothing is open");
  if (m_open.back().hasKey) return fail("a map ends behind a key");
  close();
  finish();
}

void JsonBuilder::scalar(std::string_view json) {
  if (!begin(false)) return;
  m_message.text += json;
  finish();
}

void JsonBuilder::wholeNumber(std::string_view digits) {
  if (!isKey()) return scalar(digits);
  string(digits, JsonKind::String);
}

void JsonBuilder::integer(int64_t value) { wholeNumber(std::to_string(value)); }
void JsonBuilder::natural(uint64_t value) { wholeNumber(std::to_string(value)); }

void JsonBuilder::real(double value) {
  std::string text;
  appendDouble(text, value);
  scalar(text);
}

void JsonBuilder::string(std::string_view value, JsonKind kind) {
  if (!begin(kind == JsonKind::String)) return;
  if (kind != JsonKind::String) m_message.notes.push_back({m_message.text.size(), kind});
  appendJsonString(m_message.text, value);
  finish();
}

void JsonBuilder::text(std::string_view value) {
  if (isUtf8(value)) return string(value, JsonKind::String);
  if (isKey()) return fail("a key of a map is not valid UTF-8");
  foreign("text that is not valid UTF-8");
}

void JsonBuilder::bytes(std::string_view value) { string(base64Encoded(value), JsonKind::Bytes); }
void JsonBuilder::foreign(std::string_view what) { string(what, JsonKind::Foreign); }

void JsonBuilder::time(int64_t seconds, uint32_t nanos) {
  if (seconds < kFirstSecond || seconds > kLastSecond || nanos > 999'999'999)
    return foreign("a time that is none, or beyond the year 9999");
  std::string text = isoTime(seconds * 1000);
  // Whole ms have three digits as everywhere, finer ones as many as they need.
  std::string digits = std::to_string(nanos);
  digits.insert(0, 9 - digits.size(), '0');
  while (digits.size() > 3 && digits.back() == '0') digits.pop_back();
  text.replace(text.size() - 4, 3, digits);
  string(text, JsonKind::Time);
}

void JsonBuilder::time(std::string_view iso) {
  if (isKey() || !parseIsoTime(iso)) return text(iso);
  string(iso, JsonKind::Time);
}

}  // namespace weir
