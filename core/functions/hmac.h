// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/evp.h>

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The HMAC (RFC 2104) of a text by a digest of libcrypto; nothing where the system forbids it.
std::optional<std::string> hmacOf(const EVP_MD* algorithm, std::string_view key, std::string_view text);

}  // namespace weir
