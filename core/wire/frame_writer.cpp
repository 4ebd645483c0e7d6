// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/wire/frame_writer.h"

#include <cstring>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr size_t kShort = 125;
constexpr size_t kMedium = 65'535;
constexpr size_t kMaskBytes = 4;
constexpr size_t kLongestReason = 123;

size_t lengthBytes(size_t payload) { return payload <= kShort ? 0 : payload <= kMedium ? 2 : 8; }

}  // namespace

size_t frameSize(size_t payload) { return 2 + lengthBytes(payload) + kMaskBytes + payload; }

void writeFrame(char* out, Opcode opcode, std::string_view payload, uint32_t mask) {
  constexpr unsigned kFinal = 0x80;
  constexpr unsigned kMasked = 0x80;
  const size_t more = lengthBytes(payload.size());
  const size_t marked = more == 0 ? payload.size() : more == 2 ? 126 : 127;
  *out++ = static_cast<char>(kFinal | static_cast<unsigned>(opcode));
  *out++ = static_cast<char>(kMasked | marked);
  for (size_t i = more; i-- > 0;) *out++ = static_cast<char>(static_cast<uint64_t>(payload.size()) >> (8 * i));
  std::memcpy(out, &mask, kMaskBytes);
  out += kMaskBytes;
  // Eight bytes at a time; the mask's bytes go round as they lie in memory.
  const uint64_t twice = static_cast<uint64_t>(mask) << 32 | mask;
  size_t at = 0;
  for (; at + sizeof twice <= payload.size(); at += sizeof twice) {
    uint64_t eight;
    std::memcpy(&eight, payload.data() + at, sizeof eight);
    eight ^= twice;
    std::memcpy(out + at, &eight, sizeof eight);
  }
  char key[kMaskBytes];
  std::memcpy(key, &mask, kMaskBytes);
  for (; at < payload.size(); ++at) out[at] = static_cast<char>(payload[at] ^ key[at % kMaskBytes]);
}

std::string closePayload(std::optional<int> code, std::string_view reason) {
  std::string out;
  if (!code) return out;
  out += static_cast<char>(*code >> 8);
  out += static_cast<char>(*code & 255);
  const std::string_view most = reason.substr(0, kLongestReason);
  return out.append(most.substr(0, utf8Prefix(most)));
}

}  // namespace weir
