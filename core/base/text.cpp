// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace weir {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Names longer than this are generated, not mistyped; the distance would only cost time.
constexpr size_t kLongestName = 64;

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string uppered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  for (const std::string& candidate : candidates)
    if (equalsIgnoringCase(name, candidate)) return candidate;
  std::string best;
  size_t bestDistance = 3;
  if (name.size() > kLongestName) return best;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > name.size() + 2 || name.size() > candidate.size() + 2) continue;
    const size_t distance = editDistance(lowered(name), lowered(candidate));
    // A name of one or two letters that needs as many edits shares nothing with the other.
    if (distance < bestDistance && distance < std::max<size_t>(2, name.size()) &&
        distance < std::max(name.size(), candidate.size())) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string didYouMean(std::string_view name, std::span<const std::string> candidates) {
  const std::string best = nearest(name, candidates);
  return best.empty() ? best : "did you mean '" + best + "'?";
}

std::string joined(std::span<const std::string> parts, std::string_view separator, std::string_view last) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += !last.empty() && i + 1 == parts.size() ? last : separator;
    out += parts[i];
  }
  return out;
}

namespace {

bool isAsciiEight(const unsigned char* p, const unsigned char* end) {
  uint64_t eight = 0;
  if (end - p < static_cast<std::ptrdiff_t>(sizeof eight)) return false;
  std::memcpy(&eight, p, sizeof eight);
  return (eight & 0x8080808080808080U) == 0;
}

// Nearly all messages are. Words are gathered and judged once; the last ones overlap those before.
bool isAscii(std::string_view text) {
  constexpr size_t kStride = 4 * sizeof(uint64_t);
  const char* const data = text.data();
  if (text.size() < kStride) {
    unsigned char seen = 0;
    for (const char c : text) seen = static_cast<unsigned char>(seen | static_cast<unsigned char>(c));
    return seen < 0x80;
  }
  uint64_t seen = 0;
  const auto gather = [&](size_t from) {
    std::array<uint64_t, 4> words;
    std::memcpy(words.data(), data + from, kStride);
    seen |= (words[0] | words[1]) | (words[2] | words[3]);
  };
  for (size_t from = 0; from + kStride <= text.size(); from += kStride) gather(from);
  gather(text.size() - kStride);
  return (seen & 0x8080808080808080U) == 0;
}

}  // namespace

size_t utf8Prefix(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  while (p < end) {
    if (*p < 0x80) {
      p += isAsciiEight(p, end) ? 8 : 1;
      continue;
    }
    const int extra = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
    const auto before = static_cast<size_t>(p - reinterpret_cast<const unsigned char*>(text.data()));
    if (*p < 0xC2 || *p > 0xF4 || end - p <= extra) return before;
    for (int i = 1; i <= extra; ++i)
      if ((p[i] & 0xC0) != 0x80) return before;
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) ||
        (*p == 0xF4 && p[1] > 0x8F))
      return before;
    p += extra + 1;
  }
  return text.size();
}

// Greedy with one point of return, which is enough for % and linear in practice.
bool matchesLike(std::string_view text, std::string_view pattern) {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t mark = 0;
  const auto next = [](std::string_view s, size_t at) {
    ++at;
    while (at < s.size() && !startsCodePoint(s[at])) ++at;
    return at;
  };
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const size_t literal = escaped ? p + 1 : p;
    if (!escaped && p < pattern.size() && pattern[p] == '%') {
      star = p++;
      mark = t;
    } else if (!escaped && p < pattern.size() && pattern[p] == '_') {
      ++p;
      t = next(text, t);
    } else if (literal < pattern.size() && pattern[literal] == text[t]) {
      p = literal + 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      mark = next(text, mark);
      t = mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool isUtf8(std::string_view text) { return isAscii(text) || utf8Prefix(text) == text.size(); }

std::string oneLine(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // Terminals take U+0080 to U+009F for control characters too; in UTF-8 they are C2 80 to C2 9F.
    const bool isC1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c >= 0x20 && c != 0x7F && !isC1) {
      out += text[i];
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else {
      const unsigned char code = isC1 ? static_cast<unsigned char>(text[++i]) : c;
      out += "\\x";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    }
  }
  return out;
}

void appendJsonString(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default: out.append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

namespace {

template <class Real>
void appendReal(std::string& out, Real value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer;
  // Of 1e-4 as a FLOAT the limit is a FLOAT too, so that its digits decide.
  const Real size = std::fabs(value);
  const bool fixed = value == 0 || (size >= static_cast<Real>(1e-4) && size < static_cast<Real>(1e16));
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          fixed ? std::chars_format::fixed : std::chars_format::scientific);
  (void)error;  // 40 characters hold the longest form of either kind in these ranges
  const std::string_view digits(buffer.data(), static_cast<size_t>(end - buffer.data()));
  out += digits;
  if (fixed && digits.find('.') == std::string_view::npos) out += ".0";
}

}  // namespace

void appendDouble(std::string& out, double value) { appendReal(out, value); }
void appendFloat(std::string& out, float value) { appendReal(out, value); }

std::string base64Encoded(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k)
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kBase64[word >> (18 - 6 * k) & 63];
  }
  return out;
}

std::optional<std::string> hexDecoded(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<std::string> base64Decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t word = 0;
    int padding = 0;
    for (size_t k = 0; k < 4; ++k) {
      const char c = text[i + k];
      if (c == '=' && i + 4 == text.size() && k >= 2) {
        ++padding;
        word <<= 6;
        continue;
      }
      const size_t digit = kBase64.find(c);
      if (digit == std::string_view::npos || padding > 0) return std::nullopt;
      word = word << 6 | static_cast<uint32_t>(digit);
    }
    for (int k = 0; k < 3 - padding; ++k) out += static_cast<char>(word >> (16 - 8 * k) & 255);
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

}  // namespace weir
