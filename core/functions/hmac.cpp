// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/hmac.h"

#include <openssl/hmac.h>

#include <array>

namespace weir {

std::optional<std::string> hmacOf(const EVP_MD* algorithm, std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  // Without a key libcrypto would take that of the call before.
  const char* const bytes = key.empty() ? "" : key.data();
  if (!HMAC(algorithm, bytes, static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
            text.size(), out.data(), &size))
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

}  // namespace weir
