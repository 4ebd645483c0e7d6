// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/date_pattern.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/data/time_text.h"

namespace weir {

namespace {

using S = std::string_view;

constexpr int64_t kDayMs = 86'400'000;
constexpr S kQuotes = "put texts in quotes, doubled inside a text: 'yyyy-MM-dd''T''HH:mm:ss'";
constexpr std::array<S, 7> kDays{"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
constexpr std::array<S, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};

struct Moment {
  int64_t ms;
  CivilTime time;
};

std::string digits(int64_t value, int width) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%0*lld", width, static_cast<long long>(value));
  return buffer;
}

S dayName(const Moment& m) {
  const int64_t day = floorDivide(m.ms, kDayMs) % 7;
  return kDays[static_cast<size_t>(day < 0 ? day + 7 : day)];
}
S monthName(const Moment& m) { return kMonths[m.time.month - 1]; }
int64_t dayOfYear(const Moment& m) { return floorDivide(m.ms - *millisFromCivil({.year = m.time.year}), kDayMs) + 1; }
int64_t hourOfTwelve(const Moment& m) { return (m.time.hour + 11) % 12 + 1; }

// Digits of a second; those below a millisecond are zero.
template <int Width>
std::string fraction(const Moment& m) {
  std::string out = digits(m.time.millisecond, 3);
  out.resize(Width, '0');
  return out;
}

/// One directive: its letters, and the letter that stands for it behind a %.
struct Directive {
  S letters;
  char percent;
  std::string (*text)(const Moment&);
};
constexpr auto kDirectives = std::to_array<Directive>({
    {"yyyy", 'Y', [](const Moment& m) { return digits(m.time.year, 4); }},
    {"yy", 'y', [](const Moment& m) { return digits(m.time.year % 100, 2); }},
    {"MMMM", 'B', [](const Moment& m) { return std::string(monthName(m)); }},
    {"MMM", 'b', [](const Moment& m) { return std::string(monthName(m).substr(0, 3)); }},
    {"MM", 'm', [](const Moment& m) { return digits(m.time.month, 2); }},
    {"M", 0, [](const Moment& m) { return digits(m.time.month, 1); }},
    {"dd", 'd', [](const Moment& m) { return digits(m.time.day, 2); }},
    {"d", 0, [](const Moment& m) { return digits(m.time.day, 1); }},
    {"HH", 'H', [](const Moment& m) { return digits(m.time.hour, 2); }},
    {"H", 0, [](const Moment& m) { return digits(m.time.hour, 1); }},
    {"hh", 'I', [](const Moment& m) { return digits(hourOfTwelve(m), 2); }},
    {"h", 0, [](const Moment& m) { return digits(hourOfTwelve(m), 1); }},
    {"mm", 'M', [](const Moment& m) { return digits(m.time.minute, 2); }},
    {"m", 0, [](const Moment& m) { return digits(m.time.minute, 1); }},
    {"ss", 'S', [](const Moment& m) { return digits(m.time.second, 2); }},
    {"s", 0, [](const Moment& m) { return digits(m.time.second, 1); }},
    {"S", 0, fraction<1>},
    {"SS", 0, fraction<2>},
    {"SSS", 'L', fraction<3>},
    {"SSSSSS", 0, fraction<6>},
    {"SSSSSSSSS", 0, fraction<9>},
    {"EEEE", 'A', [](const Moment& m) { return std::string(dayName(m)); }},
    {"EEE", 'a', [](const Moment& m) { return std::string(dayName(m).substr(0, 3)); }},
    {"E", 0, [](const Moment& m) { return std::string(dayName(m).substr(0, 3)); }},
    {"DDD", 'j', [](const Moment& m) { return digits(dayOfYear(m), 3); }},
    {"a", 'p', [](const Moment& m) { return std::string(m.time.hour < 12 ? "AM" : "PM"); }},
    {"", 'F', [](const Moment& m) { return isoTime(m.ms).substr(0, 10); }},
    {"", 'T', [](const Moment& m) { return isoTime(m.ms).substr(11, 8); }},
});

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

enum class PieceKind { Directive, Text, Quoted, Unknown, OpenQuote };

/// A stretch of a pattern: a directive, or a text that stands for itself.
struct Piece {
  PieceKind kind = PieceKind::Text;
  S text;
  size_t length = 1;
  const Directive* directive = nullptr;
};

Piece percentAt(S pattern, size_t at) {
  if (pattern[at] != '%') return {PieceKind::Text, pattern.substr(at, 1)};
  if (pattern.substr(at).starts_with("%%")) return {PieceKind::Text, "%", 2};
  const S written = pattern.substr(at, 2);
  for (const Directive& d : kDirectives)
    if (written.size() == 2 && d.percent == written[1]) return {PieceKind::Directive, written, 2, &d};
  return {PieceKind::Unknown, written, written.size()};
}

Piece letterAt(S pattern, size_t at) {
  const char c = pattern[at];
  if (c == '\'') {
    if (pattern.substr(at).starts_with("''")) return {PieceKind::Text, "'", 2};
    size_t close = pattern.find('\'', at + 1);
    while (close != S::npos && pattern.substr(close).starts_with("''")) close = pattern.find('\'', close + 2);
    if (close == S::npos) return {PieceKind::OpenQuote, pattern.substr(at), pattern.size() - at};
    return {PieceKind::Quoted, pattern.substr(at + 1, close - at - 1), close + 1 - at};
  }
  if (!isLetter(c)) return {PieceKind::Text, pattern.substr(at, 1)};
  const S run = pattern.substr(at, std::min(pattern.find_first_not_of(c, at), pattern.size()) - at);
  for (const Directive& d : kDirectives)
    if (d.letters == run) return {PieceKind::Directive, run, run.size(), &d};
  return {PieceKind::Unknown, run, run.size()};
}

// Two quotes are one.
void appendUnquoted(std::string& out, S text) {
  for (size_t at = 0; at < text.size(); at += text.substr(at).starts_with("''") ? 2 : 1) out += text[at];
}

template <class Take>
bool forEachPiece(S pattern, const Take& take) {
  const bool hasPercents = pattern.find('%') != S::npos;
  for (size_t at = 0; at < pattern.size();) {
    const Piece piece = hasPercents ? percentAt(pattern, at) : letterAt(pattern, at);
    if (!take(piece, at)) return false;
    at += piece.length;
  }
  return true;
}

DatePatternProblem unknown(const Piece& piece, size_t at) {
  const std::string written(piece.text);
  if (piece.text.front() == '%')
    return {at, piece.length, "unknown '" + written + "' in the pattern",
            "write %% for a percent sign; there are %Y %y %m %b %B %d %H %I %M %S %L %p %a %A %j %F %T"};
  // Other case, or so many of it as there are: YYYY, DD, MMMMM.
  const Directive* near = nullptr;
  for (const Directive& d : kDirectives) {
    if (d.letters.empty() || lowered(d.letters.substr(0, 1)) != lowered(piece.text.substr(0, 1))) continue;
    const auto rank = [&](const Directive& known) {
      const size_t size = known.letters.size();
      const size_t apart = size > piece.length ? size - piece.length : piece.length - size;
      return std::pair(apart, known.letters[0] != piece.text[0]);
    };
    if (!near || rank(d) < rank(*near)) near = &d;
  }
  return {at, piece.length, "unknown letters '" + written + "' in the pattern",
          near ? "did you mean '" + std::string(near->letters) + "'?" : std::string(kQuotes)};
}

}  // namespace

std::optional<DatePatternProblem> datePatternProblem(std::string_view pattern) {
  std::optional<DatePatternProblem> problem;
  forEachPiece(pattern, [&](const Piece& piece, size_t at) {
    if (piece.kind == PieceKind::Unknown) problem = unknown(piece, at);
    if (piece.kind == PieceKind::OpenQuote)
      problem = {at, piece.length, "a quote in the pattern is not closed", std::string(kQuotes)};
    return !problem;
  });
  return problem;
}

std::optional<std::string> formattedDate(int64_t ms, std::string_view pattern) {
  const Moment moment{ms, civilFromMillis(ms)};
  std::string out;
  const bool isRight = forEachPiece(pattern, [&](const Piece& piece, size_t) {
    if (piece.kind == PieceKind::Directive)
      out += piece.directive->text(moment);
    else if (piece.kind == PieceKind::Text)
      out += piece.text;
    else if (piece.kind == PieceKind::Quoted)
      appendUnquoted(out, piece.text);
    return piece.kind != PieceKind::Unknown && piece.kind != PieceKind::OpenQuote;
  });
  return isRight ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace weir
