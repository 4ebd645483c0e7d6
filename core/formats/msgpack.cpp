// SPDX-License-Identifier: GPL-3.0-or-later
#define MSGPACK_NO_BOOST
#include <msgpack.hpp>

#include <bit>

#include "core/formats/binary_encoder.h"
#include "core/formats/format_list.h"
#include "core/formats/json_builder.h"
#include "core/formats/json_decoder.h"

namespace weir {

namespace {

constexpr int8_t kTimestamp = -1;

uint64_t bigEndian(std::string_view bytes) {
  uint64_t out = 0;
  for (const char c : bytes) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

/// Gets what the library's parser finds; containers have a size, so that nothing needs to be told of their ends.
class Visitor final : public msgpack::null_visitor {
public:
  JsonBuilder json;

  bool visit_nil() { return json.null(), goesOn(); }
  bool visit_boolean(bool value) { return json.boolean(value), goesOn(); }
  bool visit_positive_integer(uint64_t value) { return json.natural(value), goesOn(); }
  bool visit_negative_integer(int64_t value) { return json.integer(value), goesOn(); }
  bool visit_float32(float value) { return json.real(static_cast<double>(value)), goesOn(); }
  bool visit_float64(double value) { return json.real(value), goesOn(); }
  bool visit_str(const char* begin, uint32_t size) { return json.text({begin, size}), goesOn(); }
  bool visit_bin(const char* begin, uint32_t size) { return json.bytes({begin, size}), goesOn(); }
  bool start_array(uint32_t size) { return json.array(size), goesOn(); }
  bool start_map(uint32_t size) { return json.map(size), goesOn(); }
  void insufficient_bytes(size_t, size_t) { json.fail("not valid msgpack: it ends in the middle"); }
  void parse_error(size_t, size_t at) { json.fail("not valid msgpack at byte " + std::to_string(at)); }

  /// The type comes before the value.
  bool visit_ext(const char* begin, uint32_t size) {
    const auto type = static_cast<int8_t>(*begin);
    const std::string_view value(begin + 1, size - 1);
    if (type == kTimestamp && value.size() == 4) {
      json.time(static_cast<int64_t>(bigEndian(value)), 0);
    } else if (type == kTimestamp && value.size() == 8) {
      const uint64_t word = bigEndian(value);
      json.time(static_cast<int64_t>(word & 0x3'FFFF'FFFF), static_cast<uint32_t>(word >> 34));
    } else if (type == kTimestamp && value.size() == 12) {
      json.time(static_cast<int64_t>(bigEndian(value.substr(4))), static_cast<uint32_t>(bigEndian(value.substr(0, 4))));
    } else {
      json.foreign("an extension of type " + std::to_string(type));
    }
    return goesOn();
  }

private:
  bool goesOn() const { return !json.isWrong(); }
};

JsonMessage msgpackAsJson(std::string_view message) {
  Visitor visitor;
  try {
    size_t read = 0;
    msgpack::parse(message.data(), message.size(), read, visitor);
    if (read < message.size()) visitor.json.fail("not valid msgpack: there is more behind the message's one value");
  } catch (const msgpack::unpack_error& error) {
    visitor.json.fail(std::string("not valid msgpack: ") + error.what());
  }
  return visitor.json.take();
}

class Writer final : public BinaryWriter {
public:
  explicit Writer(std::string& out) : m_buffer{out}, m_packer(m_buffer) {}

  void null() override { m_packer.pack_nil(); }
  void boolean(bool value) override { value ? m_packer.pack_true() : m_packer.pack_false(); }
  void integer(int64_t value) override { m_packer.pack_int64(value); }
  void natural(uint64_t value) override { m_packer.pack_uint64(value); }
  // The library would make 1.0 a whole number.
  void real(double value) override { append('\xcb', std::bit_cast<uint64_t>(value)); }
  void shortReal(float value) override { append('\xca', std::bit_cast<uint32_t>(value)); }
  void text(std::string_view value) override {
    m_packer.pack_str(static_cast<uint32_t>(value.size()));
    m_packer.pack_str_body(value.data(), static_cast<uint32_t>(value.size()));
  }
  void bytes(std::string_view value) override {
    m_packer.pack_bin(static_cast<uint32_t>(value.size()));
    m_packer.pack_bin_body(value.data(), static_cast<uint32_t>(value.size()));
  }
  void array(size_t size) override { m_packer.pack_array(static_cast<uint32_t>(size)); }
  void map(size_t size) override { m_packer.pack_map(static_cast<uint32_t>(size)); }

private:
  struct Buffer {
    std::string& out;
    void write(const char* data, size_t size) { out.append(data, size); }
  };
  template <class Bits>
  void append(char head, Bits bits) {
    m_buffer.out += head;
    for (size_t i = sizeof bits; i-- > 0;) m_buffer.out += static_cast<char>(bits >> (8 * i) & 0xFF);
  }

  Buffer m_buffer;
  msgpack::packer<Buffer> m_packer;
};

}  // namespace

FormatSpec msgpackFormat() {
  return {.name = "msgpack",
          .help = "MessagePack maps, or arrays of them, read as JSON is.",
          .isBinary = true,
          .options = memberOptions(),
          .makeDecoder = [](const DecoderSettings& settings, const SchemaPtr& schema) -> std::unique_ptr<Decoder> {
            return makeJsonDecoder(settings, schema, msgpackAsJson);
          },
          .makeEncoder = [](const EncoderSettings&) -> std::unique_ptr<Encoder> {
            return std::make_unique<BinaryEncoder<Writer>>();
          },
          .asJson = msgpackAsJson};
}

}  // namespace weir
