// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/options/websocket_url.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

// The port of `host:port`, or nothing when it has none that can be connected to. `[::1]:80` is a host in brackets.
bool isAuthority(std::string_view authority) {
  authority.remove_prefix(authority.rfind('@') == std::string_view::npos ? 0 : authority.rfind('@') + 1);
  size_t host = authority.find(':');
  if (authority.starts_with('[')) {
    host = authority.find(']');
    if (host == std::string_view::npos) return false;
    ++host;
  }
  host = std::min(host, authority.size());
  if (host == 0 || authority.substr(0, host).find_first_of(" \t\r\n\"<>\\") != std::string_view::npos) return false;
  const std::string_view rest = authority.substr(host);
  if (rest.empty()) return true;
  const auto port = parseNumber<int>(rest.substr(1));
  return rest.starts_with(':') && port && *port > 0 && *port < 65536;
}

bool hasPort(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  return colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos &&
         authority.find('@', colon) == std::string_view::npos;
}

std::string_view authorityOf(std::string_view url) {
  const std::string_view behind = url.substr(std::min(url.find("//"), url.size() - 2) + 2);
  return behind.substr(0, std::min(behind.find_first_of("/?#"), behind.size()));
}

}  // namespace

bool isProxy(std::string_view value) {
  if (value == "none") return true;
  const std::string_view authority = authorityOf(value);
  return (value.starts_with("http://") || value.starts_with("socks5://")) && isAuthority(authority) &&
         hasPort(authority);
}

bool isWebSocketUrl(std::string_view url) {
  const std::string scheme = lowered(url.substr(0, std::min(url.find("://"), url.size())));
  return (scheme == "ws" || scheme == "wss") && scheme.size() < url.size();
}

std::optional<std::string> urlComplaint(std::string_view url, const std::string& shown) {
  if (!isWebSocketUrl(url)) return "Invalid WebSocket URL: must start with ws:// or wss://, got: " + shown;
  if (!isAuthority(authorityOf(url))) return "Invalid WebSocket URL: no host and port to connect to in: " + shown;
  // It would be left out of the request without a word (RFC 6455, 3).
  if (url.find('#') != std::string_view::npos)
    return "Invalid WebSocket URL: it has a part after #, which is not sent (%23 is the character) in: " + shown;
  return std::nullopt;
}

std::string maskedUrl(std::string_view url) {
  std::string out(url);
  const size_t scheme = out.find("://");
  if (scheme != std::string::npos) {
    const size_t begin = scheme + 3;
    const std::string authority(authorityOf(out));
    size_t at = authority.rfind('@');
    if (at != std::string::npos) at += begin;
    // A password that holds a slash or the like unescaped looks like a port that is none.
    else if (!isAuthority(authority) && authority.find("${") == std::string::npos)
      at = out.rfind('@');
    if (at != std::string::npos && at >= begin) out.replace(begin, at - begin, "***");
  }
  const size_t fragment = out.find('#');
  if (fragment != std::string::npos) out.replace(fragment, std::string::npos, "#***");
  // The names of parameters help to recognise a feed; which of their values are secret nobody can tell, but `streams`.
  const size_t query = out.find('?');
  if (query == std::string::npos) return out;
  std::string masked = out.substr(0, query + 1);
  for (const std::string& part : split(std::string_view(out).substr(query + 1), '&')) {
    if (masked.back() != '?') masked += '&';
    const size_t equals = part.find('=');
    const bool plain = equals == std::string::npos || part.starts_with("streams=");
    masked += plain ? part : part.substr(0, equals + 1) + "***";
  }
  return masked;
}

}  // namespace weir
