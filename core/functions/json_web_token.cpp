// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/json_web_token.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/functions/hmac.h"

namespace weir {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

// A failure stays in libcrypto's queue, where the next TLS connection of this thread would find it.
class Errors {
public:
  Errors() { ERR_set_mark(); }
  ~Errors() { ERR_pop_to_mark(); }
  Errors(const Errors&) = delete;
  Errors& operator=(const Errors&) = delete;
};

// Without padding, in the alphabet of URLs.
std::string base64Url(std::string_view bytes) {
  std::string out = base64Encoded(bytes);
  out.erase(out.find_last_not_of('=') + 1);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

// A key under a passphrase is refused: libcrypto would ask for it on the terminal.
int noPassphrase(char*, int, int, void*) { return -1; }

KeyPtr privateKey(std::string_view pem) {
  const std::unique_ptr<BIO, Freed<&BIO_free>> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!text) return nullptr;
  KeyPtr key(PEM_read_bio_PrivateKey(text.get(), nullptr, &noPassphrase, nullptr));
  std::array<char, 64> group{};
  const bool isP256 = key && EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) == 1 &&
                      std::string_view(group.data()) == "prime256v1";
  return isP256 ? std::move(key) : nullptr;
}

// r and s, 32 bytes each (RFC 7518, 3.4), of the DER that libcrypto writes.
std::optional<std::string> rawSignature(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, Freed<&ECDSA_SIG_free>> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(64, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes, 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes + 32, 32) != 32)
    return std::nullopt;
  return out;
}

std::optional<std::string> ecdsaSha256(std::string_view pem, std::string_view text) {
  const Errors errors;
  const KeyPtr key = privateKey(pem);
  const std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  if (!key || !context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1)
    return std::nullopt;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) return std::nullopt;
  std::string der(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes, text.size()) != 1)
    return std::nullopt;
  der.resize(size);
  return rawSignature(der);
}

std::optional<std::string> hmacSha256(std::string_view key, std::string_view text) {
  return hmacOf(EVP_sha256(), key, text);
}

struct Algorithm {
  std::string_view name;
  std::optional<std::string> (*sign)(std::string_view key, std::string_view text);
};

constexpr auto kAlgorithms = std::to_array<Algorithm>({
    {"HS256", &hmacSha256},
    {"ES256", &ecdsaSha256},
});

}  // namespace

std::vector<std::string> tokenAlgorithms() {
  std::vector<std::string> names;
  for (const Algorithm& algorithm : kAlgorithms) names.emplace_back(algorithm.name);
  return names;
}

std::optional<std::string> jsonWebToken(std::string_view algorithm, std::string_view key, std::string_view claims) {
  const auto chosen =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& a) { return a.name == algorithm; });
  if (chosen == kAlgorithms.end() || !isJson(claims) || !trimmed(claims).starts_with('{')) return std::nullopt;
  const std::string header = R"({"alg":")" + std::string(chosen->name) + R"(","typ":"JWT"})";
  const std::string signedPart = base64Url(header) + "." + base64Url(claims);
  const auto signature = chosen->sign(key, signedPart);
  if (!signature) return std::nullopt;
  return signedPart + "." + base64Url(*signature);
}

}  // namespace weir
