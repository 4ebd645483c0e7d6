// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The algorithms that JWT signs by, as they are written.
std::vector<std::string> tokenAlgorithms();

/// Writes a signed JSON Web Token in its compact form (RFC 7515). HS256 takes a secret, ES256 a private key on P-256 as
/// PEM. Nothing when the algorithm is unknown, the key is none for it, or `claims` is no JSON object.
std::optional<std::string> jsonWebToken(std::string_view algorithm, std::string_view key, std::string_view claims);

}  // namespace weir
