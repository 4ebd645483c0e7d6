// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What a frame is (RFC 6455, 11.8).
enum class Opcode : uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// With which codes a connection is closed (RFC 6455, 7.4).
namespace close_code {
inline constexpr int kNormal = 1000;
inline constexpr int kProtocol = 1002;
inline constexpr int kNotUtf8 = 1007;
inline constexpr int kTooLarge = 1009;
}  // namespace close_code

/// Bytes of a client's frame with a payload of so many.
size_t frameSize(size_t payload);

/// Writes a whole frame as a client must, masked, into the `frameSize` bytes at `out`.
void writeFrame(char* out, Opcode opcode, std::string_view payload, uint32_t mask);

/// The payload of a close frame. What is too long of a reason is left out, between two characters.
std::string closePayload(std::optional<int> code, std::string_view reason);

}  // namespace weir
