// SPDX-License-Identifier: GPL-3.0-or-later
// Digests, signatures, and the texts that bytes are written as.
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/functions/families.h"
#include "core/functions/hmac.h"
#include "core/functions/json_web_token.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using S = std::string_view;
// A system may forbid an algorithm: MD5 where it goes by FIPS 140.
template <const EVP_MD* (*Algorithm)()>
Checked<std::string> digest(S text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, Algorithm(), nullptr) != 1) return Issue::DomainError;
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

template <const EVP_MD* (*Algorithm)()>
Checked<std::string> hmac(S key, S text) {
  auto out = hmacOf(Algorithm(), key, text);
  if (!out) return Issue::DomainError;
  return std::move(*out);
}

// Of URLs too, and without padding: tokens are written so.
Checked<std::string> fromBase64(S text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  if (!standard.ends_with('=')) standard.append((4 - standard.size() % 4) % 4, '=');
  auto bytes = base64Decoded(standard);
  if (!bytes) return Issue::DomainError;
  return std::move(*bytes);
}

std::string hex(S bytes) {
  constexpr S kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Checked<std::string> fromHex(S text) {
  auto bytes = hexDecoded(text);
  if (!bytes) return Issue::DomainError;
  return std::move(*bytes);
}

std::string base64(S bytes) { return base64Encoded(bytes); }

Checked<std::string> token(S algorithm, S key, S claims) {
  auto made = jsonWebToken(algorithm, key, claims);
  if (!made) return Issue::DomainError;
  return std::move(*made);
}

using enum Type;

// A STRING stands for the bytes of its UTF-8.
std::vector<Overload> ofBytes(Type result, Kernel kernel) {
  return {{result, {String}, kernel}, {result, {Bytes}, kernel}};
}

std::vector<Overload> ofKeyAndText(Kernel kernel) {
  std::vector<Overload> list;
  for (const Type key : {String, Bytes})
    for (const Type text : {String, Bytes}) list.push_back({Bytes, {key, text}, kernel});
  return list;
}

std::vector<Overload> tokenOverloads() {
  std::vector<Overload> list;
  for (const Type key : {String, Bytes})
    for (const Type claims : {String, Object}) list.push_back({String, {String, key, claims}, lift<&token>});
  return list;
}

}  // namespace

std::vector<ScalarFunction> digestFunctions() {
  return {
      {.name = "SHA256",
       .signature = "SHA256(x)",
       .help = "The SHA-256 digest of a text's UTF-8 or of BYTES, as BYTES.",
       .example = "HEX(SHA256('abc'))",
       .exampleResult = "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
       .overloads = ofBytes(Bytes, lift<&digest<&EVP_sha256>>)},
      {.name = "MD5",
       .signature = "MD5(x)",
       .help = "The MD5 digest, as BYTES: for feeds that ask for it, not for safety.",
       .example = "HEX(MD5('abc'))",
       .exampleResult = "\"900150983cd24fb0d6963f7d28e17f72\"",
       .overloads = ofBytes(Bytes, lift<&digest<&EVP_md5>>)},
      {.name = "HMAC_SHA256",
       .signature = "HMAC_SHA256(key, x)",
       .help = "The HMAC of a text's UTF-8 or of BYTES by SHA-256, as BYTES.",
       .example = "HEX(HMAC_SHA256('Jefe', 'what do ya want for nothing?'))",
       .exampleResult = "\"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\"",
       .overloads = ofKeyAndText(lift<&hmac<&EVP_sha256>>)},
      {.name = "HMAC_SHA384",
       .signature = "HMAC_SHA384(key, x)",
       .help = "The same by SHA-384.",
       .example = "LEFT(HEX(HMAC_SHA384('Jefe', 'what do ya want for nothing?')), 16)",
       .exampleResult = "\"af45d2e376484031\"",
       .overloads = ofKeyAndText(lift<&hmac<&EVP_sha384>>)},
      {.name = "HMAC_SHA512",
       .signature = "HMAC_SHA512(key, x)",
       .help = "The same by SHA-512.",
       .example = "LEFT(HEX(HMAC_SHA512('Jefe', 'what do ya want for nothing?')), 16)",
       .exampleResult = "\"164b7a7bfcf819e2\"",
       .overloads = ofKeyAndText(lift<&hmac<&EVP_sha512>>)},
      {.name = "BASE64",
       .aliases = "TO_BASE64",
       .signature = "BASE64(x)",
       .help = "BYTES, or a text's UTF-8, as base64 with padding.",
       .example = "BASE64('weir')",
       .exampleResult = "\"d2Vpcg==\"",
       .overloads = ofBytes(String, lift<&base64>)},
      {.name = "FROM_BASE64",
       .signature = "FROM_BASE64(s)",
       .help =
           "The BYTES that base64 stands for, also that of URLs, with padding or without. CAST makes a text of them.",
       .example = "CAST(FROM_BASE64('d2Vpcg') AS STRING)",
       .exampleResult = "\"weir\"",
       .overloads = {{Bytes, {String}, lift<&fromBase64>}}},
      {.name = "HEX",
       .aliases = "TO_HEX",
       .signature = "HEX(x)",
       .help = "BYTES, or a text's UTF-8, as hexadecimal digits in lower case.",
       .example = "HEX('weir')",
       .exampleResult = "\"77656972\"",
       .overloads = ofBytes(String, lift<&hex>)},
      {.name = "FROM_HEX",
       .aliases = "UNHEX",
       .signature = "FROM_HEX(s)",
       .help = "The BYTES that hexadecimal digits stand for. CAST makes a text of them.",
       .example = "CAST(FROM_HEX('77656972') AS STRING)",
       .exampleResult = "\"weir\"",
       .overloads = {{Bytes, {String}, lift<&fromHex>}}},
      {.name = "JWT",
       .signature = "JWT(alg, key, claims)",
       .help = "A JSON Web Token. HS256 signs by a secret, ES256 by a private key on P-256 in PEM.",
       .example = "RIGHT(JWT('HS256', 'secret', '{\"sub\":\"1\"}'), 12)",
       .exampleResult = "\"ch8XX3rToP1U\"",
       .overloads = tokenOverloads()},
  };
}

}  // namespace weir
