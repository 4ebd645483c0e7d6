// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/wire/inflater.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace weir {

namespace {

// A window of any size that a server may choose can be read with the largest; negative says that there is no header.
constexpr int kLargestWindow = -15;
constexpr int kGzipWindow = 15 + 16;
// Every message ends with these, which are not sent (RFC 7692, 7.2.1).
constexpr std::string_view kEnd("\x00\x00\xff\xff", 4);
constexpr size_t kFirstRoom = 4 << 10;
constexpr size_t kUsualRatio = 4;
constexpr size_t kMostAtOnce = std::numeric_limits<uInt>::max();

}  // namespace

struct Inflater::Stream {
  explicit Stream(int windowBits) { isReady = inflateInit2(&z, windowBits) == Z_OK; }
  ~Stream() {
    if (isReady) inflateEnd(&z);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};
  bool isReady = false;
};

Inflater::Inflater(bool takesOver) : m_stream(std::make_unique<Stream>(kLargestWindow)), m_takesOver(takesOver) {}

Inflater::Inflater(Compression compression)
    : m_stream(std::make_unique<Stream>(compression == Compression::Gzip   ? kGzipWindow
                                        : compression == Compression::Zlib ? -kLargestWindow
                                                                           : kLargestWindow)),
      m_takesOver(false) {}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Inflater::Outcome Inflater::inflate(std::string_view compressed, size_t most, std::string& out) {
  if (!m_stream->isReady) return Outcome::Broken;
  out.resize(std::min(std::max(compressed.size() * kUsualRatio, kFirstRoom), most));
  size_t size = 0;
  Outcome outcome = feed(compressed, most, out, size);
  if (outcome == Outcome::Done) outcome = feed(kEnd, most, out, size);
  out.resize(size);
  if (!m_takesOver) inflateReset(&m_stream->z);
  return outcome;
}

Inflater::Outcome Inflater::inflateWhole(std::string_view compressed, size_t most, std::string& out) {
  if (!m_stream->isReady) return Outcome::Broken;
  out.resize(std::min(std::max(compressed.size() * kUsualRatio, kFirstRoom), most));
  size_t size = 0;
  m_hasEnded = false;
  const Outcome outcome = feed(compressed, most, out, size);
  out.resize(size);
  inflateReset(&m_stream->z);
  return outcome == Outcome::Done && !m_hasEnded ? Outcome::Broken : outcome;
}

Inflater::Outcome Inflater::feed(std::string_view bytes, size_t most, std::string& out, size_t& size) {
  z_stream& z = m_stream->z;
  while (true) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(std::min(bytes.size(), kMostAtOnce));
    const uInt in = z.avail_in;
    // One byte past the bound tells a message that is too large from one that just fits.
    char past = 0;
    const bool isFull = size == out.size();
    z.next_out = reinterpret_cast<Bytef*>(isFull ? &past : out.data() + size);
    z.avail_out = isFull ? 1 : static_cast<uInt>(std::min(out.size() - size, kMostAtOnce));
    const uInt room = z.avail_out;
    const int result = ::inflate(&z, Z_SYNC_FLUSH);
    const size_t made = room - z.avail_out;
    bytes.remove_prefix(in - z.avail_in);
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return Outcome::Broken;
    if (isFull && made > 0) {
      if (size == most) return Outcome::TooLarge;
      out.resize(std::min(std::max(out.size() * 2, kFirstRoom), most));
      out[size++] = past;
    } else {
      size += made;
    }
    // A sender may end its stream and begin another.
    m_hasEnded = result == Z_STREAM_END || (m_hasEnded && bytes.empty() && made == 0);
    if (result == Z_STREAM_END) inflateReset(&z);
    const bool wasRoom = z.avail_out > 0;
    if (bytes.empty() && wasRoom) return Outcome::Done;
    if (result == Z_BUF_ERROR && made == 0 && in == z.avail_in)
      return bytes.empty() && wasRoom ? Outcome::Done : Outcome::Broken;
  }
}

}  // namespace weir
