// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/capture.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/plain_text.h"
#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/formats/json_inference.h"

namespace weir {

namespace {

// Milliseconds with decimals, to the microsecond, without going through a double.
std::optional<Micros> microsOf(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  const auto whole = parseNumber<int64_t>(text.substr(0, dot));
  if (!whole || *whole > kFarthestMs || *whole < -kFarthestMs) {
    const auto real = decimalNumber(text);
    if (!real || std::abs(*real) > static_cast<double>(kFarthestMs)) return std::nullopt;
    return static_cast<Micros>(*real * 1000);
  }
  Micros fraction = 0;
  Micros scale = 100;
  for (const char c : dot < text.size() ? text.substr(dot + 1) : std::string_view()) {
    if (c < '0' || c > '9') return std::nullopt;
    fraction += (c - '0') * scale;
    scale /= 10;
  }
  return *whole * 1000 + (text.starts_with('-') ? -fraction : fraction);
}

// Reads a message's line as the writer makes it, in one pass. Whatever looks different is left to the careful way.
bool readUsualLine(std::string_view line, FeedEvent& out) {
  const auto skip = [&line](std::string_view prefix) {
    if (!line.starts_with(prefix)) return false;
    line.remove_prefix(prefix.size());
    return true;
  };
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (!skip("{\"at\":") || !line.ends_with("\"}")) return false;
  const size_t comma = line.find(',');
  if (comma == line.npos || comma == 0 || comma > 20 ||
      line.substr(0, comma).find_first_not_of("0123456789.") != line.npos)
    return false;
  const auto at = microsOf(line.substr(0, comma));
  line.remove_prefix(comma);
  if (!at || !skip(",\"stream\":\"")) return false;
  const size_t name = line.find_first_of("\"\\");
  if (name == line.npos || line[name] == '\\' || name == 0) return false;
  const std::string_view stream = line.substr(0, name);
  line.remove_prefix(name + 1);
  // The end that was looked for above may be the beginning of the text.
  if (!skip(",\"text\":\"") || line.size() < 2) return false;
  line.remove_suffix(2);
  // The text between the quotes is at most as long as its escapes; whole words are stored, so there is room for one
  // more.
  out.payload.resize(line.size() + sizeof(uint64_t));
  char* to = out.payload.data();
  const char* from = line.data();
  const char* const end = from + line.size();
  while (from < end) {
    if (static_cast<size_t>(end - from) >= sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, from, sizeof word);
      std::memcpy(to, &word, sizeof word);
      const size_t plain = plainBytes<false>(word);
      from += plain;
      to += plain;
      if (plain == sizeof word) continue;
    }
    const char c = *from;
    if (c == '"' || static_cast<unsigned char>(c) < 0x20) return false;
    if (c != '\\') {
      *to++ = *from++;
      continue;
    }
    if (from + 1 >= end) return false;
    switch (from[1]) {
      case '"':
      case '\\':
      case '/': *to++ = from[1]; break;
      case 'n': *to++ = '\n'; break;
      case 't': *to++ = '\t'; break;
      case 'r': *to++ = '\r'; break;
      default: return false;
    }
    from += 2;
  }
  out.payload.resize(static_cast<size_t>(to - out.payload.data()));
  out.at = *at;
  out.stream = stream;
  out.isText = true;
  return true;
}

// Text that is no capture may have no line's end at all.
constexpr size_t kLongestLine = size_t{64} << 20;

std::string millisText(Micros at) {
  std::string out = std::to_string(floorDivide(at, 1000));
  const Micros rest = at - floorDivide(at, 1000) * 1000;
  if (rest == 0) return out;
  const std::string digits = std::to_string(rest);
  out += "." + std::string(3 - digits.size(), '0') + digits;
  return out;
}

}  // namespace

Diagnostic CaptureReader::wrong(std::string what) const {
  return failure(Code::Capture, "capture line " + std::to_string(m_line) + ": " + std::move(what));
}

// Reads the next line into m_buffer, and of one that is too long only the beginning.
bool CaptureReader::readLine() {
  std::array<char, 1 << 13> chunk;
  m_buffer.clear();
  m_isLineWhole = false;
  while (m_buffer.size() <= kLongestLine) {
    m_in.getline(chunk.data(), chunk.size());
    const auto count = static_cast<size_t>(m_in.gcount());
    if (count == 0 || m_in.bad()) return !m_buffer.empty();
    const bool full = m_in.fail();
    m_buffer.append(chunk.data(), full || m_in.eof() ? count : count - 1);
    m_isLineWhole = !full && !m_in.eof();
    if (!full) return true;
    m_in.clear();
  }
  return true;
}

bool CaptureReader::endsInTheMiddle() const {
  // One that is whole JSON is wrong for another reason.
  return !m_isLineWhole && m_in.eof() && !m_buffer.empty() && !isJson(m_buffer);
}

Result<Micros> CaptureReader::readHeader() {
  m_line = 1;
  const bool isRead = readLine();
  const std::string_view line = withoutMark(m_buffer);
  if (!isRead || line.size() > kLongestLine || !isJson(line) || jsonMember(line, "weir_capture") != "1")
    return failure(Code::Capture, "not a Weir capture: the first line must be {\"weir_capture\":1,...}");
  const auto started = jsonMember(line, "started");
  const auto at = started ? microsOf(*started) : std::nullopt;
  if (!at) return wrong("'started' must be a time in ms");
  m_last = INT64_MIN;
  m_provesSilence = jsonMember(line, "proofs") == "true";
  return *at;
}

Result<std::optional<FeedEvent>> CaptureReader::next() {
  std::string& line = m_buffer;
  while (readLine()) {
    ++m_line;
    if (line.size() > kLongestLine) return wrong("longer than 64 MB");
    FeedEvent out;
    if (readUsualLine(line, out)) {
      if (out.at < m_last) return wrong("'at' goes back; lines must be in the order of arrival");
      m_last = out.at;
      return std::optional<FeedEvent>(std::move(out));
    }
    if (trimmed(line).empty()) continue;
    if (!isJson(line)) return wrong("not valid JSON");
    out = {};
    bool isSent = false;
    std::optional<std::string_view> at, stream, text, base64, event, since;
    forEachJsonMember(line, [&](const std::string& name, std::string_view value) {
      if (name == "at") at = value;
      if (name == "stream") stream = value;
      if (name == "text") text = value;
      if (name == "base64") base64 = value;
      if (name == "event") event = value;
      if (name == "since") since = value;
      if (name == "sent") isSent = value == "true";
    });
    const auto time = at ? microsOf(*at) : std::nullopt;
    if (!time) return wrong("'at' must be a time in ms");
    out.at = *time;
    if (out.at < m_last) return wrong("'at' goes back; lines must be in the order of arrival");
    m_last = out.at;
    if (isSent) continue;
    if (stream) out.stream = jsonPlainText(*stream);
    if (event) {
      const std::string kind = jsonPlainText(*event);
      if (kind == "advance")
        out.kind = FeedEvent::Kind::Advance;
      else if (kind == "open")
        out.kind = FeedEvent::Kind::Open;
      else if (kind == "close" || kind == "error")
        out.kind = kind == "close" ? FeedEvent::Kind::Close : FeedEvent::Kind::Error;
      else if (kind == "end")
        out.kind = FeedEvent::Kind::End;
      else if (kind == "alive" || kind == "stall")
        out.kind = kind == "alive" ? FeedEvent::Kind::Alive : FeedEvent::Kind::Stall;
      else
        return wrong("unknown event '" + kind + "': expected open, close, error, end, alive, stall or advance");
      const auto from = since ? microsOf(*since) : std::optional<Micros>(out.at);
      if (!from || *from > out.at) return wrong("'since' must be a time in ms, not after 'at'");
      out.since = *from;
    } else if (text && text->starts_with('"')) {
      out.payload = jsonPlainText(*text);
      out.isText = true;
    } else if (base64) {
      auto bytes = base64Decoded(jsonPlainText(*base64));
      if (!bytes) return wrong("'base64' is not base64");
      out.payload = std::move(*bytes);
    } else {
      return wrong("expected 'text', 'base64' or 'event'");
    }
    if (out.stream.empty() && out.kind != FeedEvent::Kind::Advance) return wrong("'stream' is missing");
    return std::optional<FeedEvent>(std::move(out));
  }
  return std::optional<FeedEvent>();
}

CaptureWriter::CaptureWriter(std::ostream& out, Micros started, const std::map<std::string, std::string>& sources,
                             bool provesSilence)
    : m_out(out) {
  std::string line = "{\"weir_capture\":1,\"started\":" + millisText(started) + ",";
  if (provesSilence) line += "\"proofs\":true,";
  line += "\"sources\":{";
  bool first = true;
  for (const auto& [name, url] : sources) {
    if (!first) line += ",";
    first = false;
    appendJsonString(line, name);
    line += ":";
    appendJsonString(line, url);
  }
  m_out << line << "}}\n";
}

void CaptureWriter::message(const std::string& stream, std::string_view payload, bool isText, Micros at) {
  payloadLine(stream, {}, payload, isText, at);
}

void CaptureWriter::said(const std::string& stream, std::string_view shown, bool isText, Micros at) {
  payloadLine(stream, ",\"sent\":true", shown, isText, at);
}

void CaptureWriter::payloadLine(const std::string& stream, std::string_view mark, std::string_view payload, bool isText,
                                Micros at) {
  std::string line = "{\"at\":" + millisText(at) + ",\"stream\":";
  appendJsonString(line, stream);
  line += mark;
  line += isText ? ",\"text\":" : ",\"base64\":";
  appendJsonString(line, isText ? std::string(payload) : base64Encoded(payload));
  m_out << line << "}\n";
}

void CaptureWriter::event(const std::string& stream, std::string_view event, Micros at) {
  std::string line = "{\"at\":" + millisText(at) + ",\"stream\":";
  appendJsonString(line, stream);
  m_out << line << ",\"event\":\"" << event << "\"}\n";
}

void CaptureWriter::alive(const std::string& stream, Micros at, Micros asked) {
  eventSince(stream, "alive", at, asked);
}

void CaptureWriter::stall(const std::string& stream, Micros at, Micros since) {
  eventSince(stream, "stall", at, since);
}

void CaptureWriter::eventSince(const std::string& stream, std::string_view event, Micros at, Micros since) {
  std::string line = "{\"at\":" + millisText(at) + ",\"stream\":";
  appendJsonString(line, stream);
  m_out << line << ",\"event\":\"" << event << "\",\"since\":" << millisText(since) << "}\n";
}

void CaptureWriter::advance(Micros at) { m_out << "{\"at\":" << millisText(at) << ",\"event\":\"advance\"}\n"; }

}  // namespace weir
