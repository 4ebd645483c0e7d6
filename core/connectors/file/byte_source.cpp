// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/file/byte_source.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace weir {

namespace {

constexpr size_t kChunk = 256 << 10;

Diagnostic cannotRead(const std::string& path, const std::string& why, std::string hint = {}) {
  return failure(Code::File, "cannot read " + path + ": " + why, std::move(hint));
}

/// The file as it is. Remembers a beginning that somebody has looked at.
class PlainBytes final : public ByteSource {
public:
  PlainBytes(std::string path, int file) : m_path(std::move(path)), m_file(file) {}
  ~PlainBytes() override {
    if (m_file > STDERR_FILENO) close(m_file);
  }
  PlainBytes(const PlainBytes&) = delete;
  PlainBytes& operator=(const PlainBytes&) = delete;

  /// The first bytes, without taking them.
  Result<std::string_view> peek(size_t bytes) {
    while (m_ahead.size() < bytes) {
      std::array<char, 16> some{};
      const auto count = readFile({some.data(), bytes - m_ahead.size()});
      if (!count) return count.diagnostics();
      if (*count == 0) break;
      m_ahead.append(some.data(), *count);
    }
    return std::string_view(m_ahead);
  }
  Result<size_t> read(std::span<char> to) override {
    if (m_ahead.empty()) return readFile(to);
    const size_t count = std::min(m_ahead.size(), to.size());
    std::memcpy(to.data(), m_ahead.data(), count);
    m_ahead.erase(0, count);
    return count;
  }
  const std::string& path() const { return m_path; }

private:
  Result<size_t> readFile(std::span<char> to) {
    while (true) {
      const ssize_t count = ::read(m_file, to.data(), to.size());
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return cannotRead(m_path, std::strerror(errno));
    }
  }

  std::string m_path;
  int m_file;
  std::string m_ahead;
};

/// What both kinds of packed files have in common: packed bytes that are read a chunk at a time.
class PackedBytes : public ByteSource {
public:
  explicit PackedBytes(std::unique_ptr<PlainBytes> packed) : m_packed(std::move(packed)), m_chunk(kChunk) {}

protected:
  /// Reads more packed bytes; false at the end of the file.
  Result<bool> refill() {
    const auto count = m_packed->read(m_chunk);
    if (!count) return count.diagnostics();
    m_size = *count;
    m_used = 0;
    return m_size > 0;
  }
  bool isUsedUp() const { return m_used == m_size; }
  Diagnostic damaged(const char* why) const {
    return cannotRead(m_packed->path(), std::string("damaged (") + why + ")");
  }
  Diagnostic cutOff() const {
    return cannotRead(m_packed->path(), "it ends in the middle",
                      "is it still being written, or was the copy broken off?");
  }

  std::unique_ptr<PlainBytes> m_packed;
  std::vector<char> m_chunk;
  size_t m_size = 0;
  size_t m_used = 0;
};

class GzipBytes final : public PackedBytes {
public:
  explicit GzipBytes(std::unique_ptr<PlainBytes> packed) : PackedBytes(std::move(packed)) {
    constexpr int kGzipOnly = 16;
    m_isReady = inflateInit2(&m_stream, MAX_WBITS + kGzipOnly) == Z_OK;
  }
  ~GzipBytes() override { inflateEnd(&m_stream); }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  Result<size_t> read(std::span<char> to) override {
    if (!m_isReady) return damaged("no memory to unpack it");
    m_stream.next_out = reinterpret_cast<Bytef*>(to.data());
    m_stream.avail_out = static_cast<uInt>(to.size());
    while (m_stream.avail_out == to.size()) {
      if (isUsedUp()) {
        const auto more = refill();
        if (!more) return more.diagnostics();
        if (!*more) {
          if (m_isInside) return cutOff();
          return size_t{0};
        }
      }
      m_isInside = true;
      m_stream.next_in = reinterpret_cast<Bytef*>(m_chunk.data() + m_used);
      m_stream.avail_in = static_cast<uInt>(m_size - m_used);
      const int result = inflate(&m_stream, Z_NO_FLUSH);
      m_used = m_size - m_stream.avail_in;
      if (result == Z_STREAM_END) {
        // Files that were appended to have several members.
        inflateReset(&m_stream);
        m_isInside = false;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return damaged(m_stream.msg ? m_stream.msg : "not gzip");
      }
    }
    return to.size() - m_stream.avail_out;
  }

private:
  z_stream m_stream{};
  bool m_isReady = false;
  bool m_isInside = false;
};

class ZstdBytes final : public PackedBytes {
public:
  explicit ZstdBytes(std::unique_ptr<PlainBytes> packed)
      : PackedBytes(std::move(packed)), m_stream(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    // A frame may ask for gigabytes of window: the library's own bound (128 MB) stands.
  }

  Result<size_t> read(std::span<char> to) override {
    if (!m_stream) return damaged("no memory to unpack it");
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    while (out.pos == 0) {
      if (isUsedUp()) {
        const auto more = refill();
        if (!more) return more.diagnostics();
        if (!*more) {
          if (m_isInside) return cutOff();
          return size_t{0};
        }
      }
      ZSTD_inBuffer in{m_chunk.data(), m_size, m_used};
      const size_t left = ZSTD_decompressStream(m_stream.get(), &out, &in);
      m_used = in.pos;
      if (ZSTD_isError(left)) return damaged(ZSTD_getErrorName(left));
      m_isInside = left > 0;
    }
    return out.pos;
  }

private:
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> m_stream;
  bool m_isInside = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> openBytes(const std::string& path) {
  const bool isInput = path == "-";
  const int file = isInput ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannotRead(path, std::strerror(errno));
  auto plain = std::make_unique<PlainBytes>(isInput ? "standard input" : path, file);
  const auto beginning = plain->peek(4);
  if (!beginning) return beginning.diagnostics();
  std::unique_ptr<ByteSource> out;
  if (beginning->starts_with("\x1f\x8b"))
    out = std::make_unique<GzipBytes>(std::move(plain));
  else if (*beginning == "\x28\xb5\x2f\xfd")
    out = std::make_unique<ZstdBytes>(std::move(plain));
  else
    out = std::move(plain);
  return out;
}

}  // namespace weir
