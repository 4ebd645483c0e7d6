// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/capture.h"

#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

namespace {

// Milliseconds with decimals, to the microsecond, without going through a double.
std::optional<Micros> microsOf(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  const auto whole = parseNumber<int64_t>(text.substr(0, dot));
  if (!whole || std::abs(*whole) > 9'000'000'000'000'000) {
    const auto real = decimalNumber(text);
    if (!real || std::abs(*real) > 9e15) return std::nullopt;
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

Result<Micros> CaptureReader::readHeader() {
  std::string line;
  m_line = 1;
  if (!std::getline(m_in, line) || !isJson(line) || jsonMember(line, "weir_capture") != "1")
    return failure(Code::Capture, "not a Weir capture: the first line must be {\"weir_capture\":1,...}");
  const auto started = jsonMember(line, "started");
  const auto at = started ? microsOf(*started) : std::nullopt;
  if (!at) return wrong("'started' must be a time in ms");
  m_last = INT64_MIN;
  return *at;
}

Result<std::optional<CaptureLine>> CaptureReader::next() {
  std::string line;
  while (std::getline(m_in, line)) {
    ++m_line;
    if (trimmed(line).empty()) continue;
    if (!isJson(line)) return wrong("not valid JSON");
    CaptureLine out;
    std::optional<std::string_view> at, stream, text, base64, event;
    forEachJsonMember(line, [&](const std::string& name, std::string_view value) {
      if (name == "at") at = value;
      if (name == "stream") stream = value;
      if (name == "text") text = value;
      if (name == "base64") base64 = value;
      if (name == "event") event = value;
    });
    const auto time = at ? microsOf(*at) : std::nullopt;
    if (!time) return wrong("'at' must be a time in ms");
    out.at = *time;
    if (out.at < m_last) return wrong("'at' goes back; lines must be in the order of arrival");
    m_last = out.at;
    if (stream) out.stream = jsonPlainText(*stream);
    if (event) {
      const std::string kind = jsonPlainText(*event);
      if (kind == "advance")
        out.kind = CaptureLine::Kind::Advance;
      else if (kind == "open")
        out.kind = CaptureLine::Kind::Open;
      else if (kind == "close" || kind == "error")
        out.kind = kind == "close" ? CaptureLine::Kind::Close : CaptureLine::Kind::Error;
      else
        return wrong("unknown event '" + kind + "': expected open, close, error or advance");
    } else if (text && text->starts_with('"')) {
      out.payload = jsonPlainText(*text);
    } else if (base64) {
      auto bytes = base64Decoded(jsonPlainText(*base64));
      if (!bytes) return wrong("'base64' is not base64");
      out.payload = std::move(*bytes);
    } else {
      return wrong("expected 'text', 'base64' or 'event'");
    }
    if (out.stream.empty() && out.kind != CaptureLine::Kind::Advance) return wrong("'stream' is missing");
    return std::optional<CaptureLine>(std::move(out));
  }
  return std::optional<CaptureLine>();
}

CaptureWriter::CaptureWriter(std::ostream& out, Micros started, const std::map<std::string, std::string>& sources)
    : m_out(out) {
  std::string line = "{\"weir_capture\":1,\"started\":" + millisText(started) + ",\"sources\":{";
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
  std::string line = "{\"at\":" + millisText(at) + ",\"stream\":";
  appendJsonString(line, stream);
  line += isText ? ",\"text\":" : ",\"base64\":";
  appendJsonString(line, isText ? std::string(payload) : base64Encoded(payload));
  m_out << line << "}\n";
}

void CaptureWriter::event(const std::string& stream, std::string_view event, Micros at) {
  std::string line = "{\"at\":" + millisText(at) + ",\"stream\":";
  appendJsonString(line, stream);
  m_out << line << ",\"event\":\"" << event << "\"}\n";
}

void CaptureWriter::advance(Micros at) { m_out << "{\"at\":" << millisText(at) << ",\"event\":\"advance\"}\n"; }

Diagnostics replayCapture(CaptureReader& reader, Pipeline& pipeline, Feeder& feeder,
                          const std::function<bool(Micros)>& wait) {
  bool first = true;
  while (true) {
    auto read = reader.next();
    if (!read) return read.diagnostics();
    if (!*read) break;
    const CaptureLine& line = **read;
    if (wait && !wait(line.at)) break;
    // The clock jumps to the first line: there is nothing between the start and it that could matter.
    if (std::exchange(first, false)) feeder.advance(line.at);
    if (line.kind == CaptureLine::Kind::Advance) {
      feeder.advance(line.at);
      continue;
    }
    Intake* intake = feeder.find(line.stream);
    if (!intake)
      return {failure(Code::Capture, "capture line " + std::to_string(reader.lineNumber()) + ": unknown stream '" + line.stream + "'",
                      didYouMean(line.stream, pipeline.script().feeds()))};
    switch (line.kind) {
      case CaptureLine::Kind::Message: feeder.message(*intake, line.payload, line.at); break;
      case CaptureLine::Kind::Open: feeder.opened(*intake, line.at); break;
      default: feeder.lost(*intake, line.at);
    }
  }
  feeder.flush();
  return {};
}

}  // namespace weir
