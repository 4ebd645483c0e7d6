// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/frame_writer.h"
#include "core/wire/inflater.h"

namespace weir {

/// Reads what a server sends, of bytes as they come: messages, and the frames that control the connection (RFC 6455,
/// 5). Copies nothing of a message that lies in the buffer in one frame. Holds no more than a message, and what was
/// read at one go.
class FrameReader {
public:
  enum class Kind {
    More,  ///< nothing whole is there
    Text,
    Binary,
    Ping,
    Pong,
    Close,
    Violation,  ///< what the server sent is to be answered with a close frame
  };
  struct Event {
    Kind kind = Kind::More;
    std::string_view payload;   ///< of Close and Violation the reason; lives until the next call
    std::optional<int> code;    ///< of Close: as it was sent; of Violation: to close with
    std::optional<int> answer;  ///< of Close: to answer with
  };

  explicit FrameReader(size_t mostOfMessage) : m_most(mostOfMessage) {}

  /// Messages may be compressed, and refer to those before when `takesOver`.
  void expectCompression(bool takesOver) { m_inflater.emplace(takesOver); }

  /// Room for the next bytes, `count` of them; the first of which `filled` are then there.
  std::span<char> room(size_t count);
  void filled(size_t count) { m_end += count; }

  /// The next of what is there. After Close and Violation there is nothing more.
  Event next();

private:
  struct Frame {
    Opcode opcode = Opcode::Continuation;
    bool isFinal = false;
    bool isCompressed = false;
    std::string_view payload;
  };
  const char* trouble(unsigned first, unsigned second) const;
  std::optional<Event> frame(Frame& out);
  Event control(const Frame& frame);
  Event closed(std::string_view payload);
  std::optional<Event> message(const Frame& frame);
  Event whole(std::string_view payload);
  Event violation(int code, std::string_view why);
  bool isFragmentUtf8();

  const size_t m_most;
  std::optional<Inflater> m_inflater;
  std::vector<char> m_buffer;
  size_t m_begin = 0;
  size_t m_end = 0;
  bool m_isOver = false;

  bool m_isInMessage = false;
  bool m_isText = false;
  bool m_isCompressed = false;
  std::string m_message;  ///< its fragments so far
  size_t m_checked = 0;   ///< how much of them is whole characters
  std::string m_inflated;
};

}  // namespace weir
