// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/diagnostic.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

uint32_t codePoints(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(text.begin(), text.end(), startsCodePoint));
}

size_t textStart(std::string_view text) { return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; }

// What stands between the scheme of a URL and the @ before its host: a user and a password.
void maskUsers(std::string& line) {
  for (size_t at = line.find("://"); at != std::string::npos; at = line.find("://", at + 1)) {
    const size_t end = line.find_first_of("@/'\" ", at + 3);
    if (end != std::string::npos && line[end] == '@')
      std::fill(line.begin() + static_cast<std::ptrdiff_t>(at) + 3, line.begin() + static_cast<std::ptrdiff_t>(end),
                '*');
  }
}

// A header's value in the text of an option is not printed, whatever is wrong beside it: stars, as many as it has
// bytes.
void maskHeaderValues(std::string& line) {
  for (size_t at = line.find("websocket.headers."); at != std::string::npos; at = line.find("websocket.headers.", at)) {
    const size_t open = line.find('\'', at);
    if (open == std::string::npos) return;
    const size_t close = std::min(line.find('\'', open + 1), line.size());
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(open) + 1, line.begin() + static_cast<std::ptrdiff_t>(close),
              '*');
    at = close;
  }
}

// So many bytes are counted again for a place.
constexpr size_t kStretch = 512;
// Terminals never see more of a line than this; generated SQL can have megabytes on one.
constexpr size_t kLineShown = 300;

}  // namespace

bool hasError(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

Place placeOf(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, std::min<size_t>(offset, text.size()));
  const size_t lineStart = before.rfind('\n') == std::string_view::npos ? textStart(before) : before.rfind('\n') + 1;
  return {static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          codePoints(before.substr(lineStart)) + 1};
}

PlaceIndex::PlaceIndex(std::string_view text) : m_text(text), m_lines{static_cast<uint32_t>(textStart(text))} {
  uint32_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (at % kStretch == 0) m_counts.push_back(count);
    count += startsCodePoint(text[at]) ? 1 : 0;
    if (text[at] == '\n') m_lines.push_back(static_cast<uint32_t>(at) + 1);
  }
  m_counts.push_back(count);
}

size_t PlaceIndex::lineOf(uint32_t offset) const {
  const auto next = std::upper_bound(m_lines.begin() + 1, m_lines.end(), offset);
  return static_cast<size_t>(next - m_lines.begin()) - 1;
}

Place PlaceIndex::placeOf(uint32_t offset) const {
  const auto pointsBefore = [this](size_t at) {
    const size_t stretch = at / kStretch;
    return m_counts[stretch] + codePoints(m_text.substr(stretch * kStretch, at - stretch * kStretch));
  };
  const size_t at = std::min<size_t>(offset, m_text.size());
  const size_t line = lineOf(static_cast<uint32_t>(at));
  const size_t start = std::min<size_t>(m_lines[line], at);
  return {static_cast<uint32_t>(line) + 1, pointsBefore(at) - pointsBefore(start) + 1};
}

Span PlaceIndex::lineAt(uint32_t offset) const {
  const auto at = static_cast<uint32_t>(std::min<size_t>(offset, m_text.size()));
  const size_t line = lineOf(at);
  const auto end = line + 1 < m_lines.size() ? m_lines[line + 1] - 1 : static_cast<uint32_t>(m_text.size());
  return {std::min(m_lines[line], at), end};
}

std::string codeName(Code code) {
  std::string digits = std::to_string(static_cast<int>(code));
  return "E" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

std::string render(const Diagnostic& diagnostic, std::string_view file, const PlaceIndex& places) {
  const std::string_view text = places.text();
  const Place place = places.placeOf(diagnostic.span.begin);
  std::string out;
  out.append(file).append(":").append(std::to_string(place.line)).append(":").append(std::to_string(place.column));
  out.append(diagnostic.severity == Severity::Error ? ": error[" : ": warning[").append(codeName(diagnostic.code));
  out.append("]: ").append(oneLine(diagnostic.message)).append("\n");
  const size_t begin = std::min<size_t>(diagnostic.span.begin, text.size());
  const auto [lineStart, lineEnd] = places.lineAt(static_cast<uint32_t>(begin));
  if (lineEnd > lineStart && lineEnd - lineStart <= kLineShown) {
    std::string line(text.substr(lineStart, lineEnd - lineStart));
    // A column each, and nothing that a terminal would obey.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    for (size_t at = line.find('\xC2'); at != std::string::npos; at = line.find('\xC2', at + 1))
      if (at + 1 < line.size() && static_cast<unsigned char>(line[at + 1]) < 0xA0) line.replace(at, 2, " ");
    maskUsers(line);
    maskHeaderValues(line);
    const size_t end = std::clamp<size_t>(diagnostic.span.end, begin, std::max<size_t>(begin, lineEnd));
    out.append(line).append("\n").append(place.column - 1, ' ');
    out.append(std::max<uint32_t>(1, codePoints(text.substr(begin, end - begin))), '^').append("\n");
  }
  if (!diagnostic.hint.empty()) out.append("hint: ").append(oneLine(diagnostic.hint)).append("\n");
  return out;
}

std::string render(const Diagnostic& diagnostic, std::string_view file, std::string_view text) {
  return render(diagnostic, file, PlaceIndex(text));
}

}  // namespace weir
