// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/record_reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr size_t kChunk = 256 << 10;
// Text that is no lines at all would fill the memory.
constexpr size_t kLongest = size_t{64} << 20;

constexpr std::string_view kSpace = " \t\r\n";

uint64_t lineEnds(std::string_view text) { return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')); }

/// Finds the end of a line. Goes on where it stopped when there is more text.
struct LineScan {
  size_t at = 0;
  std::optional<size_t> operator()(std::string_view text) {
    const size_t end = text.find('\n', at);
    at = text.size();
    return end == text.npos ? std::nullopt : std::optional(end);
  }
};

/// The same where a line's end between quotes belongs to the record (RFC 4180, 2.6).
struct CsvScan {
  size_t at = 0;
  bool isQuoted = false;
  std::optional<size_t> operator()(std::string_view text) {
    for (; at < text.size(); ++at) {
      if (text[at] == '"') isQuoted = !isQuoted;
      if (text[at] == '\n' && !isQuoted) return at;
    }
    return std::nullopt;
  }
};

/// Finds the end of an array's element: the comma or the bracket behind it.
struct ElementScan {
  size_t at = 0;
  int depth = 0;
  bool isText = false;
  bool isEscaped = false;
  std::optional<size_t> operator()(std::string_view text) {
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (isText) {
        if (isEscaped)
          isEscaped = false;
        else if (c == '\\')
          isEscaped = true;
        else if (c == '"')
          isText = false;
        continue;
      }
      if (c == '"') isText = true;
      if (depth == 0 && (c == ',' || c == ']')) return at;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    }
    return std::nullopt;
  }
};

}  // namespace

RecordReader::RecordReader(std::string name, std::unique_ptr<ByteSource> bytes, Shape shape)
    : m_name(std::move(name)), m_bytes(std::move(bytes)), m_shape(shape) {}

Diagnostic RecordReader::wrong(const std::string& why) const {
  return failure(Code::File, m_name + ", line " + std::to_string(m_nextLine) + ": " + why);
}

// Reads on; false at the end of the file.
Result<bool> RecordReader::fill() {
  if (m_isEnd) return false;
  m_buffer.erase(0, m_begin);
  m_begin = 0;
  const size_t before = m_buffer.size();
  if (before > kLongest) return wrong("longer than 64 MB");
  m_buffer.resize(before + kChunk);
  const auto count = m_bytes->read({m_buffer.data() + before, kChunk});
  m_buffer.resize(before + (count ? *count : 0));
  if (!count) return count.diagnostics();
  m_isEnd = *count == 0;
  if (!m_isBegun && (m_isEnd || m_buffer.size() >= 3)) {
    m_isBegun = true;
    m_begin = m_buffer.size() - withoutMark(m_buffer).size();
  }
  return !m_isEnd;
}

template <class Scan>
Result<std::optional<size_t>> RecordReader::endOf(Scan scan) {
  while (true) {
    if (const auto end = scan(std::string_view(m_buffer).substr(m_begin))) return std::optional(*end);
    const auto more = fill();
    if (!more) return more.diagnostics();
    if (!*more) return std::optional<size_t>();
  }
}

Result<std::optional<std::string_view>> RecordReader::next() {
  if (m_line == 0 && m_shape == Shape::Json) {
    const auto isArray = beginsArray();
    if (!isArray) return isArray.diagnostics();
    m_isArray = *isArray;
  }
  return m_isArray ? nextElement() : nextLine();
}

// An array of objects or of arrays holds messages, however many lines it goes over; any other is a message.
Result<bool> RecordReader::beginsArray() {
  while (true) {
    const std::string_view text = std::string_view(m_buffer).substr(m_begin);
    const size_t first = std::min(text.find_first_not_of(kSpace), text.size());
    const size_t second = std::min(text.find_first_not_of(kSpace, first + 1), text.size());
    if (first < text.size() && text[first] != '[') return false;
    if (second < text.size()) {
      if (text[second] != '{' && text[second] != '[') return false;
      m_nextLine += lineEnds(text.substr(0, second));
      m_begin += second;
      return true;
    }
    const auto more = fill();
    if (!more) return more.diagnostics();
    if (!*more) return false;
  }
}

Result<std::optional<std::string_view>> RecordReader::nextLine() {
  while (true) {
    const auto end = m_shape == Shape::Csv ? endOf(CsvScan{}) : endOf(LineScan{});
    if (!end) return end.diagnostics();
    const std::string_view rest = std::string_view(m_buffer).substr(m_begin);
    if (!*end && rest.empty()) return std::optional<std::string_view>();
    std::string_view record = rest.substr(0, end->value_or(rest.size()));
    m_begin += std::min(record.size() + 1, rest.size());
    m_line = m_nextLine;
    m_nextLine += 1 + lineEnds(record);
    if (record.ends_with('\r')) record.remove_suffix(1);
    if (!trimmed(record).empty()) return std::optional(record);
  }
}

Result<std::optional<std::string_view>> RecordReader::nextElement() {
  while (true) {
    const auto end = endOf(ElementScan{});
    if (!end) return end.diagnostics();
    if (!*end) return wrong("the array is not closed");
    const std::string_view element = std::string_view(m_buffer).substr(m_begin, **end);
    const bool isLast = m_buffer[m_begin + **end] == ']';
    m_begin += **end + 1;
    const size_t text = std::min(element.find_first_not_of(kSpace), element.size());
    m_line = m_nextLine + lineEnds(element.substr(0, text));
    m_nextLine += lineEnds(element);
    if (isLast) {
      // What stands behind the array is read as lines.
      m_isArray = false;
      m_shape = Shape::Lines;
    }
    const std::string_view out = trimmed(element);
    if (!out.empty()) return std::optional(out);
    if (isLast) return nextLine();
  }
}

}  // namespace weir
