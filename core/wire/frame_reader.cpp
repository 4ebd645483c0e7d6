// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/wire/frame_reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr unsigned kFinalBit = 0x80;
constexpr unsigned kCompressedBit = 0x40;
constexpr unsigned kReservedBits = 0x70;
constexpr unsigned kMaskBit = 0x80;
constexpr unsigned kControlBit = 0x08;
constexpr unsigned kMostOfControl = 125;
// More than this is given back when it is not needed any more.
constexpr size_t kKept = 256 << 10;

unsigned at(std::string_view bytes, size_t index) { return static_cast<unsigned char>(bytes[index]); }

bool isKnown(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

// Codes that a server may send (RFC 6455, 7.4, and the registry).
bool mayBeSent(int code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code < 5000);
}

// Whether a character may begin so that is not whole yet.
bool beginsCharacter(std::string_view bytes) {
  const unsigned lead = at(bytes, 0);
  const size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
  if (bytes.size() >= length) return false;
  const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < bytes.size(); ++i) {
    const unsigned byte = at(bytes, i);
    if (byte < (i == 1 ? least : 0x80) || byte > (i == 1 ? most : 0xBF)) return false;
  }
  return true;
}

}  // namespace

std::span<char> FrameReader::room(size_t count) {
  if (m_begin == m_end) {
    m_begin = m_end = 0;
    if (m_buffer.size() > kKept && count <= kKept) m_buffer = std::vector<char>(kKept);
  }
  if (m_buffer.size() - m_end < count) {
    std::copy(m_buffer.data() + m_begin, m_buffer.data() + m_end, m_buffer.data());
    m_end -= m_begin;
    m_begin = 0;
    if (m_buffer.size() - m_end < count) m_buffer.resize(std::max(m_buffer.size() * 2, m_end + count));
  }
  return {m_buffer.data() + m_end, count};
}

FrameReader::Event FrameReader::next() {
  while (!m_isOver) {
    Frame one;
    if (const auto outcome = frame(one)) return *outcome;
    if ((static_cast<unsigned>(one.opcode) & kControlBit) != 0) return control(one);
    if (const auto outcome = message(one)) return *outcome;
  }
  return {};
}

// What its first two bytes say against a frame, in its place.
const char* FrameReader::trouble(unsigned first, unsigned second) const {
  const unsigned opcode = first & 0x0F;
  const bool isControl = (opcode & kControlBit) != 0;
  const bool mayBeCompressed = m_inflater && (opcode == 1 || opcode == 2);
  if ((first & kReservedBits & ~(mayBeCompressed ? kCompressedBit : 0U)) != 0) return "a reserved bit is set";
  if (!isKnown(opcode)) return "a reserved opcode";
  if ((second & kMaskBit) != 0) return "a server masks no frame";
  if (isControl && (first & kFinalBit) == 0) return "a control frame in fragments";
  if (isControl && (second & ~kMaskBit) > kMostOfControl) return "a control frame of more than 125 bytes";
  if (opcode == 0 && !m_isInMessage) return "a continuation of nothing";
  if (!isControl && opcode != 0 && m_isInMessage) return "a message within another";
  return nullptr;
}

// Takes a whole frame off the buffer; or says why not.
std::optional<FrameReader::Event> FrameReader::frame(Frame& out) {
  const std::string_view bytes(m_buffer.data() + m_begin, m_end - m_begin);
  if (bytes.size() < 2) return Event{};
  const unsigned first = at(bytes, 0);
  const unsigned second = at(bytes, 1);
  if (const char* why = trouble(first, second)) return violation(close_code::kProtocol, why);
  const size_t more = second == 126 ? 2 : second == 127 ? 8 : 0;
  if (bytes.size() < 2 + more) return Event{};
  uint64_t length = more == 0 ? second : 0;
  for (size_t i = 0; i < more; ++i) length = length << 8 | at(bytes, 2 + i);
  if ((more == 2 && length < 126) || (more == 8 && (length <= 0xFFFF || length >> 63 != 0)))
    return violation(close_code::kProtocol, "a length that is not in its shortest form");
  const bool isControl = (first & kControlBit) != 0;
  if (!isControl && length > m_most - m_message.size()) return violation(close_code::kTooLarge, "too large a message");
  if (bytes.size() - 2 - more < length) return Event{};
  out.opcode = static_cast<Opcode>(first & 0x0F);
  out.isFinal = (first & kFinalBit) != 0;
  out.isCompressed = (first & kCompressedBit) != 0;
  out.payload = bytes.substr(2 + more, static_cast<size_t>(length));
  m_begin += 2 + more + out.payload.size();
  return std::nullopt;
}

FrameReader::Event FrameReader::control(const Frame& frame) {
  if (frame.opcode == Opcode::Close) return closed(frame.payload);
  return {frame.opcode == Opcode::Ping ? Kind::Ping : Kind::Pong, frame.payload, {}, {}};
}

FrameReader::Event FrameReader::closed(std::string_view payload) {
  m_isOver = true;
  Event event{Kind::Close, {}, {}, {}};
  if (payload.empty()) return event;
  event.answer = close_code::kProtocol;
  if (payload.size() == 1) return event;
  event.code = static_cast<int>(at(payload, 0) << 8 | at(payload, 1));
  event.payload = payload.substr(2);
  if (mayBeSent(*event.code)) event.answer = isUtf8(event.payload) ? *event.code : close_code::kNotUtf8;
  return event;
}

// Nothing while the message goes on.
std::optional<FrameReader::Event> FrameReader::message(const Frame& frame) {
  if (frame.opcode != Opcode::Continuation) {
    m_isText = frame.opcode == Opcode::Text;
    m_isCompressed = frame.isCompressed;
    if (frame.isFinal) return whole(frame.payload);
    m_isInMessage = true;
    m_checked = 0;
  }
  m_message.append(frame.payload);
  if (!frame.isFinal) {
    if (m_isText && !m_isCompressed && !isFragmentUtf8())
      return violation(close_code::kNotUtf8, "text that is not UTF-8");
    return std::nullopt;
  }
  m_isInMessage = false;
  // The message lives until the next call; its memory stays.
  m_inflated.swap(m_message);
  m_message.clear();
  if (!m_isCompressed) return whole(m_inflated);
  const std::string compressed = std::move(m_inflated);
  m_inflated.clear();
  return whole(compressed);
}

FrameReader::Event FrameReader::whole(std::string_view payload) {
  if (m_isCompressed) {
    switch (m_inflater->inflate(payload, m_most, m_inflated)) {
      case Inflater::Outcome::Done: payload = m_inflated; break;
      case Inflater::Outcome::TooLarge: return violation(close_code::kTooLarge, "too large a message");
      case Inflater::Outcome::Broken: return violation(close_code::kNotUtf8, "compressed data that cannot be read");
    }
  }
  if (m_isText && !isUtf8(payload)) return violation(close_code::kNotUtf8, "text that is not UTF-8");
  return {m_isText ? Kind::Text : Kind::Binary, payload, {}, {}};
}

// A fragment may end inside a character (RFC 6455, 5.6), but nothing else is waited for.
bool FrameReader::isFragmentUtf8() {
  const std::string_view rest = std::string_view(m_message).substr(m_checked);
  const size_t characters = utf8Prefix(rest);
  m_checked += characters;
  return characters == rest.size() || beginsCharacter(rest.substr(characters));
}

FrameReader::Event FrameReader::violation(int code, std::string_view why) {
  m_isOver = true;
  return {Kind::Violation, why, code, {}};
}

}  // namespace weir
