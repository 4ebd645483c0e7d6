// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <sstream>

#include "app/row_printer.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/functions/function_list.h"
#include "core/functions/json_web_token.h"
#include "core/functions/quantile_sketch.h"
#include "core/plan/lower/lower.h"

using namespace weir;

namespace {

// What the last row of a query over x = 1, 2, 4 and y = 1, 1, 2 says in its only column.
std::string answer(const std::string& expression, const std::string& window) {
  const std::string sql =
      "CREATE STREAM S (x LONG, y LONG); SELECT " + expression + " AS r FROM S" + window + " INSERT INTO O;";
  BoundResult checked = checkScript(sql);
  if (hasError(checked.diagnostics)) return checked.diagnostics.front().message;
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline);
  std::string out;
  RowPrinter printer(pipeline, {"O"}, RowFormat::JsonLines, -1, [&](const std::string& rows) { out += rows; });
  feeder.message(*feeder.find("S"), R"([{"x":1,"y":1},{"x":2,"y":1},{"x":4,"y":2}])", 1000);
  feeder.flush();
  printer.flush();
  const size_t last = out.rfind("{\"r\":");
  return last == std::string::npos ? "no row" : out.substr(last + 5, out.size() - last - 5 - 3);
}

}  // namespace

TEST_CASE("every scalar function's example holds") {
  for (const ScalarFunction& function : scalarFunctions()) {
    REQUIRE_FALSE(function.example.empty());
    CHECK_MESSAGE(answer(std::string(function.example), "") == function.exampleResult, function.name);
  }
}

TEST_CASE("every aggregate's example holds in a window and rolling") {
  for (const AggregateFunction& function : aggregateFunctions()) {
    REQUIRE_FALSE(function.example.empty());
    const std::string example(function.example);
    for (const char* window : {" WINDOW LENGTHBATCH(3)", " WINDOW LENGTH(3)", ""}) {
      const std::string got = answer(example, window);
      const auto number = parseNumber<double>(got);
      const auto wanted = parseNumber<double>(function.exampleResult);
      if (number && wanted)
        CHECK_MESSAGE(*number == doctest::Approx(*wanted).epsilon(1e-12), function.name);
      else
        CHECK_MESSAGE(got == function.exampleResult, function.name);
    }
  }
}

TEST_CASE("the quantile sketch stays near the truth") {
  QuantileSketch sketch;
  for (int i = 0; i < 200000; ++i) sketch.add((i * 7919) % 200000);
  for (const double p : {0.01, 0.25, 0.5, 0.9, 0.999})
    CHECK(sketch.quantile(p) == doctest::Approx(p * 200000).epsilon(0.01));
}

namespace {

// The key of RFC 7515, A.3.
constexpr const char* kPrivateKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
)";
constexpr const char* kPublicKey = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
)";
// On P-384, which ES256 does not sign by.
constexpr const char* kOtherKey = R"(-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDwb3znhYruGZX0P5CL
bZ4EthhTRt66H9H+KZUuSabwahU5/hSE+TA3QPjAGALzRryhZANiAARZ4fFuEaS/
aE6KWbgYkuDerieGAtz6InvxUNLfkEJCcOBohQO1VSbm2BbspViYfulzzuLHK3st
2L0oFXTq/8jofnBeFBbb5lCNgLjXr4bdSn4S46nnOCzZIClAqrbNZEw=
-----END PRIVATE KEY-----
)";

std::string fromBase64Url(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return base64Decoded(text).value_or("");
}

// Whether a signature of r and s, 32 bytes each, is that of a text.
bool isSigned(const std::string& text, const std::string& signature) {
  if (signature.size() != 64) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(ECDSA_SIG_new(), &ECDSA_SIG_free);
  ECDSA_SIG_set0(parts.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &der);
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new_mem_buf(kPublicKey, -1), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PUBKEY(pem.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  const bool fits = EVP_DigestVerify(context.get(), der, static_cast<size_t>(size),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  return fits;
}

}  // namespace

TEST_CASE("a token by ES256 is verified by the public key") {
  const std::string claims = R"({"iss":"joe","exp":1300819380})";
  for (int i = 0; i < 50; ++i) {
    const std::string token = jsonWebToken("ES256", kPrivateKey, claims).value_or("");
    const size_t dot = token.rfind('.');
    REQUIRE(dot != std::string::npos);
    CHECK(isSigned(token.substr(0, dot), fromBase64Url(token.substr(dot + 1))));
    CHECK_FALSE(isSigned(token.substr(0, dot - 1), fromBase64Url(token.substr(dot + 1))));
    const std::string header = token.substr(0, token.find('.'));
    CHECK(fromBase64Url(header) == R"({"alg":"ES256","typ":"JWT"})");
    CHECK(fromBase64Url(token.substr(header.size() + 1, dot - header.size() - 1)) == claims);
  }
  CHECK_FALSE(jsonWebToken("ES256", kOtherKey, claims));
  CHECK_FALSE(jsonWebToken("ES256", "secret", claims));
  CHECK_FALSE(jsonWebToken("ES256", "", claims));
  CHECK_FALSE(jsonWebToken("ES256", kPublicKey, claims));
  CHECK_FALSE(jsonWebToken("HS256", "secret", "[1]"));
  CHECK_FALSE(jsonWebToken("HS256", "secret", "no claims"));
  CHECK_FALSE(jsonWebToken("none", "", claims));
}
