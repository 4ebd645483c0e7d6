// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/wire/handshake.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"

namespace weir {

namespace {

using Kind = HandshakeVerdict::Kind;
using Words = std::vector<std::string_view>;

constexpr auto kOwn = std::to_array<std::string_view>(
    {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
     "sec-websocket-extensions", "sec-websocket-accept", "content-length", "transfer-encoding"});

bool isOwn(std::string_view name) {
  return std::any_of(kOwn.begin(), kOwn.end(), [&](std::string_view own) { return equalsIgnoringCase(own, name); });
}

// A line end would begin another header.
std::string onOneLine(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

Words split(std::string_view text, char at) {
  Words out;
  while (true) {
    const size_t end = text.find(at);
    out.push_back(trimmed(text.substr(0, end)));
    if (end == text.npos) return out;
    text.remove_prefix(end + 1);
  }
}

/// The headers of an answer.
class Headers {
public:
  explicit Headers(std::string_view lines) {
    for (std::string_view line : split(lines, '\n')) {
      const size_t colon = line.find(':');
      if (colon == line.npos) continue;
      m_all.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
  }
  /// Of all lines of that name, the parts between commas.
  Words list(std::string_view name) const {
    Words out;
    for (const auto& [key, value] : m_all)
      if (equalsIgnoringCase(key, name))
        for (std::string_view part : split(value, ','))
          if (!part.empty()) out.push_back(part);
    return out;
  }
  bool hasToken(std::string_view name, std::string_view token) const {
    const Words all = list(name);
    return std::any_of(all.begin(), all.end(), [&](std::string_view one) { return equalsIgnoringCase(one, token); });
  }

private:
  std::vector<std::pair<std::string_view, std::string_view>> m_all;
};

bool isWindow(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  const auto bits = parseNumber<int>(value);
  return bits && *bits >= 8 && *bits <= 15;
}

// What is wrong with the server's choice of permessage-deflate (RFC 7692, 7.1), or nothing.
std::string compressionTrouble(const Words& parts, HandshakeVerdict& verdict) {
  std::vector<std::string> seen;
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    const std::string name = lowered(trimmed(parts[i].substr(0, equals)));
    const std::string_view value = equals == parts[i].npos ? std::string_view() : trimmed(parts[i].substr(equals + 1));
    const bool isFlag = name == "server_no_context_takeover" || name == "client_no_context_takeover";
    const bool isBits = name == "server_max_window_bits" || name == "client_max_window_bits";
    const bool isRight = isFlag ? equals == parts[i].npos : isBits && isWindow(value);
    if (!isRight || std::find(seen.begin(), seen.end(), name) != seen.end())
      return "the server compresses in a way that was not offered: " + std::string(parts[i]);
    if (name == "server_no_context_takeover") verdict.takesOver = false;
    seen.push_back(name);
  }
  return {};
}

std::string extensionTrouble(const Headers& headers, HandshakeVerdict& verdict) {
  for (std::string_view extension : headers.list("Sec-WebSocket-Extensions")) {
    const Words parts = split(extension, ';');
    if (!equalsIgnoringCase(parts.front(), "permessage-deflate") || verdict.compresses)
      return "the server chose an extension that was not offered: " + std::string(extension);
    verdict.compresses = true;
    if (std::string why = compressionTrouble(parts, verdict); !why.empty()) return why;
  }
  return {};
}

std::string trouble(const Headers& headers, std::string_view accept, HandshakeVerdict& verdict) {
  if (!headers.hasToken("Upgrade", "websocket")) return "the answer is no upgrade to websocket";
  if (!headers.hasToken("Connection", "Upgrade")) return "the answer's header Connection does not say Upgrade";
  const Words accepted = headers.list("Sec-WebSocket-Accept");
  if (accepted.size() != 1 || accepted.front() != accept)
    return "the answer's header Sec-WebSocket-Accept is not that of our key";
  return extensionTrouble(headers, verdict);
}

}  // namespace

std::string HandshakeRequest::text() const {
  std::string given = host;
  std::string further;
  for (const auto& [name, value] : headers) {
    if (equalsIgnoringCase(name, "Host"))
      given = value;
    else if (!isOwn(name))
      further += onOneLine(name) + ": " + onOneLine(value) + "\r\n";
  }
  std::string out = "GET " + onOneLine(target) + " HTTP/1.1\r\nHost: " + onOneLine(given) +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
                    "\r\nSec-WebSocket-Version: 13\r\n";
  if (!subprotocol.empty()) out += "Sec-WebSocket-Protocol: " + onOneLine(subprotocol) + "\r\n";
  out += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  return out + further + "\r\n";
}

bool isSwitching(std::string_view statusLine) {
  const std::string_view line = trimmed(statusLine);
  return line == "HTTP/1.1 101" || line.starts_with("HTTP/1.1 101 ");
}

HandshakeVerdict judgedAnswer(std::string_view head, std::string_view accept, std::string_view offered) {
  HandshakeVerdict verdict;
  const size_t end = std::min(head.find('\n'), head.size());
  const std::string_view line = trimmed(head.substr(0, end));
  if (!isSwitching(line)) {
    verdict.kind = line.starts_with("HTTP/") ? Kind::Status : Kind::Wrong;
    verdict.words = verdict.kind == Kind::Status ? std::string(line) : "the answer is not HTTP";
    return verdict;
  }
  const Headers headers(head.substr(end));
  verdict.words = trouble(headers, accept, verdict);
  if (!verdict.words.empty()) return verdict;
  const Words chosen = headers.list("Sec-WebSocket-Protocol");
  if (!chosen.empty()) verdict.subprotocol = chosen.front();
  const bool isOffered = chosen.empty() || (chosen.size() == 1 && !offered.empty() && chosen.front() == offered);
  verdict.kind = isOffered ? Kind::Accepted : Kind::Subprotocol;
  return verdict;
}

}  // namespace weir
