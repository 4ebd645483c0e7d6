// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

/// How a message is compressed as a whole.
enum class Compression { None, Gzip, Zlib, Deflate };

/// Undoes permessage-deflate (RFC 7692), message by message. A message that grows past its bound is given up.
class Inflater {
public:
  enum class Outcome { Done, TooLarge, Broken };

  /// Whether a message may refer to those before it.
  explicit Inflater(bool takesOver);
  /// For whole messages.
  explicit Inflater(Compression compression);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  /// Into `out`, whose content is replaced. After anything but Done no other message can be read.
  Outcome inflate(std::string_view compressed, size_t most, std::string& out);
  /// A message that is compressed by itself; one that ends too early is broken. Others can be read after any.
  Outcome inflateWhole(std::string_view compressed, size_t most, std::string& out);

private:
  Outcome feed(std::string_view bytes, size_t most, std::string& out, size_t& size);

  struct Stream;
  std::unique_ptr<Stream> m_stream;
  bool m_takesOver;
  bool m_hasEnded = false;  ///< nothing has come since a stream's end
};

}  // namespace weir
