// SPDX-License-Identifier: GPL-3.0-or-later
// What a server sends makes the same of it wherever the bytes are cut, and never more than the bound. The first byte
// chooses: bit 0 compression, bit 1 that messages refer to those before, bit 2 a small bound, bit 7 a handshake's
// answer.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/wire/frame_reader.h"
#include "core/wire/handshake.h"

namespace {

using namespace weir;

constexpr unsigned kCompression = 1, kTakesOver = 2, kSmall = 4, kHandshake = 0x80;

std::string outcome(std::string_view bytes, unsigned choice, size_t atOnce) {
  const size_t most = (choice & kSmall) != 0 ? 16 : 1 << 16;
  FrameReader reader(most);
  if ((choice & kCompression) != 0) reader.expectCompression((choice & kTakesOver) != 0);
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += atOnce) {
    const std::string_view part = bytes.substr(i, atOnce);
    std::memcpy(reader.room(part.size()).data(), part.data(), part.size());
    reader.filled(part.size());
    while (true) {
      const FrameReader::Event event = reader.next();
      if (event.kind == FrameReader::Kind::More) break;
      if (event.payload.size() > most && event.payload.size() > 125) std::abort();
      out += std::to_string(static_cast<int>(event.kind)) + ' ' + std::to_string(event.code.value_or(-1)) + ' ' +
             std::to_string(event.answer.value_or(-1)) + ' ' + std::string(event.payload) + '\n';
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((choice & kHandshake) != 0) {
    const HandshakeVerdict verdict = judgedAnswer(bytes, "abc=", "v2");
    if ((verdict.kind == HandshakeVerdict::Kind::Wrong) == verdict.words.empty()) {
      // A wrong answer says why; a right one has no words.
      if (verdict.kind != HandshakeVerdict::Kind::Status) std::abort();
    }
    return 0;
  }
  const std::string whole = outcome(bytes, choice, bytes.size() + 1);
  for (const size_t atOnce : {1, 3, 64})
    if (outcome(bytes, choice, atOnce) != whole) std::abort();
  return 0;
}
