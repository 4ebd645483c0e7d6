// SPDX-License-Identifier: GPL-3.0-or-later
#include <cbor.h>

#include <array>
#include <cmath>

#include "core/base/clock.h"
#include "core/base/int128.h"
#include "core/formats/binary_encoder.h"
#include "core/formats/format_list.h"
#include "core/formats/json_builder.h"
#include "core/formats/json_decoder.h"

namespace weir {

namespace {

/// The tags that change what a value is; the others say more of it than a column could take.
enum class Tag : uint64_t { IsoTime = 0, Time = 1, Natural = 2, Negative = 3, Decimal = 4, BigFloat = 5 };

std::string digitsOf(UInt128 value) {
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return out;
}

/// A whole number of up to 128 bits.
struct Whole {
  bool isNegative = false;
  UInt128 magnitude = 0;

  std::string text() const { return (isNegative ? "-" : "") + digitsOf(magnitude); }
  bool fitsInteger() const { return magnitude <= static_cast<uint64_t>(INT64_MAX) + (isNegative ? 1U : 0U); }
  int64_t integer() const {
    const auto low = static_cast<uint64_t>(magnitude);
    return static_cast<int64_t>(isNegative ? ~low + 1 : low);
  }
};

// The number as a person would write it, all of its digits kept.
std::string decimalText(const Whole& mantissa, int64_t exponent) {
  constexpr int64_t kMostPlaces = 40;
  std::string digits = digitsOf(mantissa.magnitude);
  if (exponent < 0 && exponent >= -kMostPlaces) {
    const auto places = static_cast<size_t>(-exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  } else if (exponent != 0) {
    digits += "e" + std::to_string(exponent);
  }
  return (mantissa.isNegative ? "-" : "") + digits;
}

/// Gets what the library's decoder finds, one item a call, and knows what tags and chunks make of it.
class Reader {
public:
  JsonMessage read(std::string_view message);

private:
  static constexpr unsigned char kFirstUnknownTag = 0xC6;
  static constexpr unsigned char kLastUnknownTag = 0xD4;
  static constexpr auto kNoFraction = "a decimal fraction that is not an exponent and a whole number";
  enum class Chunks { None, Text, Bytes };
  enum class Fraction { None, Exponent, Mantissa };

  template <auto kMember, class... Args>
  static void call(void* reader, Args... args) {
    (static_cast<Reader*>(reader)->*kMember)(args...);
  }
  static const cbor_callbacks& callbacks();

  void tag(uint64_t number);
  void natural(uint64_t value) { whole({false, value}); }
  void negative(uint64_t value) { whole({true, UInt128{value} + 1}); }
  void real(double value);
  void shortReal(float value) { real(static_cast<double>(value)); }
  void boolean(bool value);
  void null();
  void text(cbor_data data, size_t size);
  void bytes(cbor_data data, size_t size);
  void beginText() { beginChunks(Chunks::Text); }
  void beginBytes() { beginChunks(Chunks::Bytes); }
  void array(size_t size);
  void openArray();
  void map(size_t size);
  void openMap();
  void end();

  bool begin();
  bool isTagged(Tag wanted) const { return m_tag == wanted; }
  void beginChunks(Chunks kind);
  void wholeText(std::string_view value);
  void wholeBytes(std::string_view value);
  void bigNumber(std::string_view bigEndian, bool isNegative);
  void whole(const Whole& value);
  void fractionPart(const Whole& value);

  JsonBuilder m_json;
  std::optional<Tag> m_tag;
  bool m_hasTag = false;  ///< of any kind: a value must follow
  Chunks m_chunks = Chunks::None;
  std::string m_gathered;
  Fraction m_fraction = Fraction::None;
  bool m_isBigFloat = false;
  int64_t m_exponent = 0;
};

const cbor_callbacks& Reader::callbacks() {
  static const cbor_callbacks all{.uint8 = call<&Reader::natural, uint8_t>,
                                  .uint16 = call<&Reader::natural, uint16_t>,
                                  .uint32 = call<&Reader::natural, uint32_t>,
                                  .uint64 = call<&Reader::natural, uint64_t>,
                                  .negint64 = call<&Reader::negative, uint64_t>,
                                  .negint32 = call<&Reader::negative, uint32_t>,
                                  .negint16 = call<&Reader::negative, uint16_t>,
                                  .negint8 = call<&Reader::negative, uint8_t>,
                                  .byte_string_start = call<&Reader::beginBytes>,
                                  .byte_string = call<&Reader::bytes, cbor_data, size_t>,
                                  .string = call<&Reader::text, cbor_data, size_t>,
                                  .string_start = call<&Reader::beginText>,
                                  .indef_array_start = call<&Reader::openArray>,
                                  .array_start = call<&Reader::array, size_t>,
                                  .indef_map_start = call<&Reader::openMap>,
                                  .map_start = call<&Reader::map, size_t>,
                                  .tag = call<&Reader::tag, uint64_t>,
                                  .float2 = call<&Reader::shortReal, float>,
                                  .float4 = call<&Reader::shortReal, float>,
                                  .float8 = call<&Reader::real, double>,
                                  .undefined = call<&Reader::null>,
                                  .null = call<&Reader::null>,
                                  .boolean = call<&Reader::boolean, bool>,
                                  .indef_break = call<&Reader::end>};
  return all;
}

JsonMessage Reader::read(std::string_view message) {
  const auto* const data = reinterpret_cast<cbor_data>(message.data());
  size_t at = 0;
  while (at < message.size() && !m_json.isWhole() && !m_json.isWrong()) {
    // The library takes tags that nobody had defined for errors.
    if (data[at] >= kFirstUnknownTag && data[at] <= kLastUnknownTag) {
      tag(data[at++] & 0x1FU);
      continue;
    }
    const cbor_decoder_result item = cbor_stream_decode(data + at, message.size() - at, &callbacks(), this);
    if (item.status == CBOR_DECODER_ERROR) m_json.fail("not valid CBOR at byte " + std::to_string(at));
    if (item.status != CBOR_DECODER_FINISHED) break;
    at += item.read;
  }
  if (!m_json.isWhole()) m_json.fail("not valid CBOR: it ends in the middle");
  if (at < message.size()) m_json.fail("not valid CBOR: there is more behind the message's one value");
  return m_json.take();
}

void Reader::tag(uint64_t number) {
  if (m_chunks != Chunks::None) return m_json.fail("not valid CBOR: a tag among the chunks of a string");
  m_hasTag = true;
  if (number <= static_cast<uint64_t>(Tag::BigFloat)) m_tag = static_cast<Tag>(number);
}

// Before every value but those that a fraction is made of. False when it may not stand here.
bool Reader::begin() {
  if (m_chunks != Chunks::None) m_json.fail("not valid CBOR: a string has chunks of another kind");
  if (m_fraction != Fraction::None || isTagged(Tag::Decimal) || isTagged(Tag::BigFloat)) m_json.fail(kNoFraction);
  m_hasTag = false;
  return !m_json.isWrong();
}

void Reader::whole(const Whole& value) {
  if (m_fraction != Fraction::None && m_chunks == Chunks::None) return fractionPart(value);
  const bool isTime = isTagged(Tag::Time);
  if (!begin()) return;
  m_tag.reset();
  if (isTime)
    m_json.time(value.fitsInteger() ? value.integer() : INT64_MAX, 0);
  else if (value.fitsInteger())
    m_json.integer(value.integer());
  else if (!value.isNegative && value.magnitude <= UINT64_MAX)
    m_json.natural(static_cast<uint64_t>(value.magnitude));
  else
    m_json.number(value.text());
}

void Reader::fractionPart(const Whole& value) {
  m_hasTag = false;
  m_tag.reset();
  if (m_fraction == Fraction::Exponent) {
    if (!value.fitsInteger()) return m_json.fail(kNoFraction);
    m_exponent = value.integer();
    m_fraction = Fraction::Mantissa;
    return;
  }
  m_fraction = Fraction::None;
  if (m_isBigFloat)
    m_json.foreign("a number to the base of two");
  else
    m_json.number(decimalText(value, m_exponent));
}

void Reader::bigNumber(std::string_view bigEndian, bool isNegative) {
  const size_t size = bigEndian.size();
  bigEndian.remove_prefix(std::min(bigEndian.find_first_not_of('\0'), bigEndian.size()));
  UInt128 magnitude = 0;
  for (const char c : bigEndian.substr(0, sizeof magnitude)) magnitude = magnitude << 8 | static_cast<unsigned char>(c);
  const bool fits = bigEndian.size() <= sizeof magnitude && !(isNegative && ~magnitude == 0);
  if (fits) return whole({isNegative, magnitude + (isNegative ? 1 : 0)});
  if (begin()) m_json.foreign("a whole number of " + std::to_string(size) + " bytes");
}

void Reader::real(double value) {
  const bool isTime = isTagged(Tag::Time);
  if (!begin()) return;
  m_tag.reset();
  if (!isTime || !std::isfinite(value)) return m_json.real(value);
  constexpr double kFar = 1e12;
  if (std::abs(value) > kFar) return m_json.time(INT64_MAX, 0);
  // A double holds a time of today to less than a microsecond.
  const auto micros = static_cast<int64_t>(std::llround(value * 1e6));
  const int64_t seconds = floorDivide(micros, 1'000'000);
  m_json.time(seconds, static_cast<uint32_t>(micros - seconds * 1'000'000) * 1000);
}

void Reader::boolean(bool value) {
  if (!begin()) return;
  m_tag.reset();
  m_json.boolean(value);
}

void Reader::null() {
  if (!begin()) return;
  m_tag.reset();
  m_json.null();
}

void Reader::beginChunks(Chunks kind) {
  if (m_chunks != Chunks::None) return m_json.fail("not valid CBOR: a chunk of a string has chunks");
  m_chunks = kind;
  m_gathered.clear();
}

void Reader::text(cbor_data data, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  if (m_chunks == Chunks::Text)
    m_gathered += value;
  else
    wholeText(value);
}

void Reader::bytes(cbor_data data, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  if (m_chunks == Chunks::Bytes)
    m_gathered += value;
  else
    wholeBytes(value);
}

void Reader::wholeText(std::string_view value) {
  if (!begin()) return;
  const bool isTime = isTagged(Tag::IsoTime);
  m_tag.reset();
  isTime ? m_json.time(value) : m_json.text(value);
}

void Reader::wholeBytes(std::string_view value) {
  const auto tag = m_tag;
  if (m_chunks == Chunks::None && (tag == Tag::Natural || tag == Tag::Negative)) {
    m_tag.reset();
    return bigNumber(value, tag == Tag::Negative);
  }
  if (!begin()) return;
  m_tag.reset();
  m_json.bytes(value);
}

void Reader::array(size_t size) {
  const auto tag = std::exchange(m_tag, std::nullopt);
  if (!begin()) return;
  const bool isFraction = tag == Tag::Decimal || tag == Tag::BigFloat;
  if (!isFraction) return m_json.array(size);
  if (size != 2) return m_json.fail(kNoFraction);
  m_fraction = Fraction::Exponent;
  m_isBigFloat = tag == Tag::BigFloat;
}

void Reader::openArray() {
  if (!begin()) return;
  m_tag.reset();
  m_json.array(std::nullopt);
}

void Reader::map(size_t size) {
  if (!begin()) return;
  m_tag.reset();
  m_json.map(size);
}

void Reader::openMap() {
  if (!begin()) return;
  m_tag.reset();
  m_json.map(std::nullopt);
}

void Reader::end() {
  if (m_hasTag && m_chunks == Chunks::None) return m_json.fail("not valid CBOR: a tag without a value");
  const Chunks kind = std::exchange(m_chunks, Chunks::None);
  if (kind == Chunks::Text) return wholeText(m_gathered);
  if (kind == Chunks::Bytes) return wholeBytes(m_gathered);
  if (m_fraction != Fraction::None) return m_json.fail(kNoFraction);
  m_json.end();
}

JsonMessage cborAsJson(std::string_view message) { return Reader().read(message); }

class Writer final : public BinaryWriter {
public:
  explicit Writer(std::string& out) : m_out(out) {}

  void null() override { append(cbor_encode_null); }
  void boolean(bool value) override { append(cbor_encode_bool, value); }
  void integer(int64_t value) override {
    const auto bits = static_cast<uint64_t>(value);
    value < 0 ? append(cbor_encode_negint, ~bits) : append(cbor_encode_uint, bits);
  }
  void natural(uint64_t value) override { append(cbor_encode_uint, value); }
  void real(double value) override { append(cbor_encode_double, value); }
  void shortReal(float value) override { append(cbor_encode_single, value); }
  void text(std::string_view value) override {
    append(cbor_encode_string_start, value.size());
    m_out += value;
  }
  void bytes(std::string_view value) override {
    append(cbor_encode_bytestring_start, value.size());
    m_out += value;
  }
  void array(size_t size) override { append(cbor_encode_array_start, size); }
  void map(size_t size) override { append(cbor_encode_map_start, size); }

private:
  template <class Encode, class... Args>
  void append(Encode encode, Args... args) {
    std::array<unsigned char, 9> head{};
    const size_t size = encode(args..., head.data(), head.size());
    m_out.append(reinterpret_cast<const char*>(head.data()), size);
  }

  std::string& m_out;
};

}  // namespace

FormatSpec cborFormat() {
  return {.name = "cbor",
          .help = "CBOR maps (RFC 8949), or arrays of them, read as JSON is.",
          .isBinary = true,
          .options = memberOptions(),
          .makeDecoder = [](const DecoderSettings& settings, const SchemaPtr& schema) -> std::unique_ptr<Decoder> {
            return makeJsonDecoder(settings, schema, cborAsJson);
          },
          .makeEncoder = [](const EncoderSettings&) -> std::unique_ptr<Encoder> {
            return std::make_unique<BinaryEncoder<Writer>>();
          },
          .asJson = cborAsJson};
}

}  // namespace weir
