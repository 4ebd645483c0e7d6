// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// What a client asks for (RFC 6455, 4.1).
struct HandshakeRequest {
  std::string target;  ///< path and query
  std::string host;    ///< with the port where it is not the scheme's
  std::string key;
  std::string subprotocol;
  /// Further headers. A `Host` takes the place of ours; those of the handshake itself are left out.
  std::vector<std::pair<std::string, std::string>> headers;

  std::string text() const;
};

/// What its answer comes to.
struct HandshakeVerdict {
  enum class Kind {
    Accepted,
    Status,       ///< another status than 101
    Subprotocol,  ///< one that was not offered
    Wrong,
  } kind = Kind::Wrong;
  std::string words;        ///< the status line, or what is wrong
  std::string subprotocol;  ///< that was chosen, if any
  bool compresses = false;
  bool takesOver = true;  ///< compressed messages refer to those before
};

/// Whether an answer that begins with this line is worth waiting for the rest of it.
bool isSwitching(std::string_view statusLine);

/// Judges an answer's head: up to the empty line, with or without it. `accept` is what the key must be answered with.
HandshakeVerdict judgedAnswer(std::string_view head, std::string_view accept, std::string_view offered);

}  // namespace weir
