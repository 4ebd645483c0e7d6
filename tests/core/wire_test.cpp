// SPDX-License-Identifier: GPL-3.0-or-later
// The WebSocket protocol, rule by rule: RFC 6455 for frames and the handshake, RFC 7692 for compressed messages.
#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include <zlib.h>

#include "core/wire/frame_reader.h"
#include "core/wire/handshake.h"

using namespace weir;
using namespace std::string_literals;
using Kind = FrameReader::Kind;

namespace {

constexpr size_t kMost = 1 << 20;
constexpr int kText = 1, kBinary = 2, kContinuation = 0, kClose = 8, kPing = 9, kPong = 10;
constexpr int kFragment = 0x100;  // not the last
constexpr int kCompressed = 0x40;

// A frame as a server sends it.
std::string frame(int opcode, const std::string& payload) {
  std::string out;
  out += static_cast<char>(((opcode & kFragment) != 0 ? 0 : 0x80) | (opcode & 0x7F));
  const size_t size = payload.size();
  const int more = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  out += static_cast<char>(more == 0 ? size : more == 2 ? 126 : 127);
  for (int i = more; i-- > 0;) out += static_cast<char>(static_cast<uint64_t>(size) >> (8 * i));
  return out + payload;
}

std::string closing(int code, const std::string& reason = {}) {
  return frame(kClose, ""s + static_cast<char>(code >> 8) + static_cast<char>(code & 255) + reason);
}

// All that comes of it, a word each: `T:text`, `B:bytes`, `ping:x`, `pong:x`, `close 1000 reason>1000`, `1002`.
std::string read(FrameReader& reader, std::string_view bytes, size_t atOnce) {
  std::string out;
  const auto say = [&](const std::string& what) { out += (out.empty() ? "" : " ") + what; };
  for (size_t i = 0; i < bytes.size(); i += atOnce) {
    const std::string_view part = bytes.substr(i, atOnce);
    std::memcpy(reader.room(part.size()).data(), part.data(), part.size());
    reader.filled(part.size());
    while (true) {
      const FrameReader::Event event = reader.next();
      if (event.kind == Kind::More) break;
      const std::string payload(event.payload);
      const auto number = [](std::optional<int> code) { return code ? std::to_string(*code) : "none"s; };
      switch (event.kind) {
        case Kind::Text: say("T:" + payload); break;
        case Kind::Binary: say("B:" + payload); break;
        case Kind::Ping: say("ping:" + payload); break;
        case Kind::Pong: say("pong:" + payload); break;
        case Kind::Close: say("close " + number(event.code) + payload + ">" + number(event.answer)); break;
        case Kind::Violation: say(number(event.code)); break;
        case Kind::More: break;
      }
    }
  }
  return out;
}

// Wherever it is cut.
std::string read(std::string_view bytes, size_t most = kMost) {
  FrameReader whole(most);
  std::string out = read(whole, bytes, bytes.size());
  for (const size_t atOnce : {1, 2, 3, 7}) {
    if (bytes.size() > 5000) break;
    FrameReader chopped(most);
    CHECK(read(chopped, bytes, atOnce) == out);
  }
  return out;
}

/// Compresses as a server does.
class Deflater {
public:
  explicit Deflater(bool takesOver = true) : m_takesOver(takesOver) {
    deflateInit2(&m_stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  }
  ~Deflater() { deflateEnd(&m_stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  std::string operator()(const std::string& text) {
    // As RFC 7692, 7.2.3.6 has it: zlib flushes nothing twice.
    if (text.empty()) return std::string(1, '\0');
    std::string out(text.size() + 1024, '\0');
    m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    m_stream.avail_in = static_cast<uInt>(text.size());
    m_stream.next_out = reinterpret_cast<Bytef*>(out.data());
    m_stream.avail_out = static_cast<uInt>(out.size());
    deflate(&m_stream, Z_SYNC_FLUSH);
    out.resize(out.size() - m_stream.avail_out - 4);
    if (!m_takesOver) deflateReset(&m_stream);
    return out;
  }

private:
  z_stream m_stream{};
  bool m_takesOver;
};

std::string readCompressed(const std::string& bytes, bool takesOver = true, size_t most = kMost) {
  FrameReader whole(most);
  whole.expectCompression(takesOver);
  std::string out = read(whole, bytes, bytes.size());
  FrameReader chopped(most);
  chopped.expectCompression(takesOver);
  CHECK(read(chopped, bytes, 3) == out);
  return out;
}

HandshakeVerdict judged(const std::string& more, const std::string& offered = {}) {
  return judgedAnswer(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: abc=\r\n" +
          more,
      "abc=", offered);
}

}  // namespace

TEST_CASE("messages come whole, whatever their length and wherever they are cut") {
  CHECK(read(frame(kText, "") + frame(kText, "a") + frame(kBinary, "\xff")) == "T: T:a B:\xff");
  for (const size_t size : {125, 126, 127, 65'535, 65'536, 200'000}) {
    const std::string text(size, 'x');
    CHECK(read(frame(kText, text)) == "T:" + text);
  }
  CHECK(read(frame(kText | kFragment, "a") + frame(kPing, "p") + frame(kContinuation | kFragment, "") +
             frame(kContinuation, "b") + frame(kPong, "q")) == "ping:p T:ab pong:q");
}

TEST_CASE("what the protocol forbids ends the connection, after what was right") {
  const std::string before = frame(kText, "hi");
  const auto after = [&](const std::string& bytes) { return read(before + bytes + frame(kText, "late")); };
  for (const int reserved : {0x40, 0x20, 0x10, 0x70}) CHECK(after(frame(kText | reserved, "x")) == "T:hi 1002");
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) CHECK(after(frame(opcode, "x")) == "T:hi 1002");
  CHECK(after("\x81\x82"s + "abcdxy") == "T:hi 1002");
  CHECK(after(frame(kPing | kFragment, "x")) == "T:hi 1002");
  CHECK(after(frame(kPing, std::string(126, 'x'))) == "T:hi 1002");
  CHECK(after(frame(kContinuation, "x")) == "T:hi 1002");
  CHECK(after(frame(kText | kFragment, "x") + frame(kText, "y")) == "T:hi 1002");
  CHECK(after("\x81\x7e\x00\x05short"s) == "T:hi 1002");
  CHECK(after("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s) == "T:hi 1002");
  CHECK(after("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s) == "T:hi 1002");
}

TEST_CASE("a message is bounded, in one frame or many") {
  CHECK(read(frame(kText, std::string(10, 'x')), 10) == "T:xxxxxxxxxx");
  CHECK(read(frame(kText, std::string(11, 'x')), 10) == "1009");
  CHECK(read(frame(kText | kFragment, "12345") + frame(kContinuation, "67890"), 10) == "T:1234567890");
  CHECK(read(frame(kText | kFragment, "12345") + frame(kContinuation, "678901"), 10) == "1009");
  // It is refused for what it says it is, without waiting for it.
  CHECK(read("\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00"s) == "1009");
}

TEST_CASE("UTF-8 is judged over the whole message, and as early as it can be") {
  const std::string text = "\xce\xba\xe1\xbd\xb9\xf0\x9f\x82\xa1";
  for (size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(read(frame(kText | kFragment, text.substr(0, cut)) + frame(kContinuation, text.substr(cut))) == "T:" + text);
  for (const char* wrong : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "a\x80", "\xe2\x82"})
    CHECK(read(frame(kText, wrong)) == "1007");
  // Nothing that follows could make these right.
  for (const char* wrong : {"\xf4\x90", "\xed\xa0", "\xe0\x80", "\xf0\x80", "\xc1", "\xf5", "\xe2\x28"})
    CHECK(read(frame(kText | kFragment, wrong)) == "1007");
  for (const char* open : {"\xf4", "\xf4\x8f", "\xf4\x8f\xbf", "\xed\x9f", "\xe0\xa0", "\xc2"})
    CHECK(read(frame(kText | kFragment, open)).empty());
  CHECK(read(frame(kText | kFragment, "a\xc2") + frame(kContinuation, "")) == "1007");
  CHECK(read(frame(kBinary, "\xff\xfe")) == "B:\xff\xfe");
}

TEST_CASE("close frames are answered as they should be") {
  CHECK(read(frame(kClose, "")) == "close none>none");
  CHECK(read(frame(kClose, "\x03")) == "close none>1002");
  CHECK(read(closing(1000, "bye") + frame(kText, "late")) == "close 1000bye>1000");
  CHECK(read(closing(1001, "\xff")) == "close 1001\xff>1007");
  for (const int code : {1000, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999})
    CHECK(read(closing(code)) == "close " + std::to_string(code) + ">" + std::to_string(code));
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65'535})
    CHECK(read(closing(code)) == "close " + std::to_string(code) + ">1002");
  CHECK(read(frame(kText | kFragment, "a") + closing(1000)) == "close 1000>1000");
}

TEST_CASE("compressed messages are read, with and without those before") {
  const std::string text = "{\"s\":\"BTCUSDT\",\"p\":\"50000.00\"}";
  for (const bool takesOver : {true, false}) {
    Deflater deflate(takesOver);
    const std::string first = deflate(text), second = deflate(text), empty = deflate("");
    if (takesOver) CHECK(second.size() < first.size() / 2);
    CHECK(readCompressed(frame(kText | kCompressed, first) + frame(kText, "plain") +
                             frame(kText | kCompressed | kFragment, second.substr(0, 2)) + frame(kPing, "p") +
                             frame(kContinuation, second.substr(2)) + frame(kBinary | kCompressed, empty),
                         takesOver) == "T:" + text + " T:plain ping:p T:" + text + " B:");
  }
  // Only the first frame of a message says so, and only where it was agreed.
  Deflater deflate;
  const std::string one = deflate("abc");
  CHECK(readCompressed(frame(kText | kCompressed | kFragment, one) + frame(kContinuation | kCompressed, "")) == "1002");
  CHECK(readCompressed(frame(kPing | kCompressed, "")) == "1002");
  CHECK(read(frame(kText | kCompressed, one)) == "1002");
}

TEST_CASE("what inflates is bounded, and what does not is said") {
  Deflater deflate(false);
  const std::string bomb = deflate(std::string(5'000'000, 'x'));
  CHECK(bomb.size() < 6000);
  CHECK(readCompressed(frame(kText | kCompressed, bomb), false) == "1009");
  CHECK(readCompressed(frame(kText | kCompressed, deflate(std::string(1000, 'x'))), false, 1000) ==
        "T:" + std::string(1000, 'x'));
  CHECK(readCompressed(frame(kText | kCompressed, deflate(std::string(1001, 'x'))), false, 1000) == "1009");
  CHECK(readCompressed(frame(kText | kCompressed, "\xff\xff\xff")) == "1007");
  CHECK(readCompressed(frame(kText | kCompressed, deflate("\xff"))) == "1007");
  std::string large;
  for (int i = 0; i < 100'000; ++i) large += std::to_string(i * 7919);
  CHECK(readCompressed(frame(kText | kCompressed, deflate(large))) == "T:" + large);
}

TEST_CASE("frames of a client are masked") {
  for (const size_t size : {0, 1, 7, 8, 9, 125, 126, 65'535, 65'536}) {
    std::string payload(size, '\0');
    for (size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 31);
    std::string out(frameSize(size), '\0');
    writeFrame(out.data(), Opcode::Binary, payload, 0x44332211);
    const size_t more = size < 126 ? 0 : size < 65'536 ? 2 : 8;
    REQUIRE(out.size() == 2 + more + 4 + size);
    CHECK(static_cast<unsigned char>(out[0]) == 0x82);
    CHECK(static_cast<unsigned char>(out[1]) == (0x80 | (more == 0 ? size : more == 2 ? 126 : 127)));
    const std::string mask = out.substr(2 + more, 4);
    CHECK(mask == "\x11\x22\x33\x44");
    for (size_t i = 0; i < size; ++i) out[6 + more + i] = static_cast<char>(out[6 + more + i] ^ mask[i % 4]);
    CHECK(out.substr(6 + more) == payload);
  }
  CHECK(closePayload({}, "x").empty());
  CHECK(closePayload(1000, "bye") ==
        "\x03\xe8"
        "bye");
  CHECK(closePayload(1000, std::string(122, 'x') + "\xc3\xbc") == "\x03\xe8" + std::string(122, 'x'));
}

TEST_CASE("a request is one that a server understands, whatever its parts hold") {
  HandshakeRequest request{"/a?b", "h:81", "key", "v2", {{"X-Token", "t"}, {"Upgrade", "h2c"}, {"X", "a\r\nEvil: 1"}}};
  CHECK(request.text() ==
        "GET /a?b HTTP/1.1\r\nHost: h:81\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: key\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v2\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nX-Token: t\r\nX: a  Evil: 1\r\n\r\n");
  request.headers = {{"host", "other"}};
  CHECK(request.text().find("Host: other\r\n") != std::string::npos);
  CHECK(request.text().find("h:81") == std::string::npos);
}

TEST_CASE("an answer is read by its words, as RFC 6455 4.1 says") {
  using Verdict = HandshakeVerdict::Kind;
  CHECK(judged("").kind == Verdict::Accepted);
  const auto answer = [](const std::string& upgrade, const std::string& connection) {
    return judgedAnswer("HTTP/1.1 101 x\r\n" + upgrade + connection + "sec-websocket-accept: abc=\r\n", "abc=", "")
        .kind;
  };
  for (const char* connection : {"Connection: keep-alive, Upgrade\r\n", "connection:upgrade\r\n",
                                 "Connection: keep-alive\r\nConnection: Upgrade\r\n", "Connection: Upgrade,\r\n"})
    CHECK(answer("upgrade: WebSocket\r\n", connection) == Verdict::Accepted);
  for (const char* connection : {"", "Connection: close\r\n", "Connection: Upgraded\r\n", "Connection : Upgrade\r\n"})
    CHECK(answer("Upgrade: websocket\r\n", connection) == Verdict::Wrong);
  CHECK(answer("", "Connection: Upgrade\r\n") == Verdict::Wrong);
  CHECK(judged("Sec-WebSocket-Accept: abc=\r\n").kind == Verdict::Wrong);
  CHECK(judgedAnswer("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ABC=\r\n",
                     "abc=", "")
            .kind == Verdict::Wrong);
  CHECK(judgedAnswer("HTTP/1.1 403 Forbidden\r\n", "", "").words == "HTTP/1.1 403 Forbidden");
  CHECK(judgedAnswer("HTTP/1.1 403 Forbidden\r\n", "", "").kind == Verdict::Status);
  CHECK(judgedAnswer("SSH-2.0-x\r\n", "", "").kind == Verdict::Wrong);
  CHECK(judged("Sec-WebSocket-Protocol: v2\r\n", "v2").subprotocol == "v2");
  CHECK(judged("", "v2").kind == Verdict::Accepted);
  CHECK(judged("Sec-WebSocket-Protocol: v2\r\n").kind == Verdict::Subprotocol);
  CHECK(judged("Sec-WebSocket-Protocol: v3\r\n", "v2").kind == Verdict::Subprotocol);
  CHECK(judged("Sec-WebSocket-Protocol: v2, v3\r\n", "v2").kind == Verdict::Subprotocol);
}

TEST_CASE("compression is what was offered") {
  using Verdict = HandshakeVerdict::Kind;
  const auto extension = [](const std::string& value) { return judged("Sec-WebSocket-Extensions: " + value + "\r\n"); };
  CHECK(!judged("").compresses);
  CHECK(extension("permessage-deflate").compresses);
  CHECK(extension("permessage-deflate").takesOver);
  CHECK(!extension("permessage-deflate; server_no_context_takeover").takesOver);
  for (const char* right :
       {"permessage-deflate; client_max_window_bits=15; server_max_window_bits=8",
        "Permessage-Deflate;client_no_context_takeover", "permessage-deflate; server_max_window_bits=\"10\""})
    CHECK(extension(right).kind == Verdict::Accepted);
  for (const char* wrong :
       {"x-webkit-deflate-frame", "permessage-deflate, permessage-deflate", "permessage-deflate; other",
        "permessage-deflate; server_max_window_bits=7", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover"})
    CHECK(extension(wrong).kind == Verdict::Wrong);
}
