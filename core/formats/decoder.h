// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/batch.h"
#include "core/formats/json_framing.h"

namespace weir {

/// How messages of a source become rows.
struct DecoderSettings {
  std::string format = "json";
  std::vector<std::pair<std::string, std::string>> mapping;  ///< column, path
  std::string records;                                       ///< path of the events
  std::string when;                                          ///< the records that are this stream's; empty: all
  JsonFraming framing = JsonFraming::One;
  bool mismatchIsNull = false;
  std::string heartbeatAnswer = "pong";
  char delimiter = ',';
  /// The column of event time and its unit, in which an ISO text becomes a number there; elsewhere it becomes ms.
  std::string timeColumn;
  std::string timeUnit = "ms";
};

/// What became of one message: rows, control (an ack or a heartbeat), or rejected with the reason.
struct DecodeResult {
  enum class Kind { Decoded, Control, Rejected };
  Kind kind = Kind::Decoded;
  size_t controlRecords = 0;
  size_t fieldMismatches = 0;
  std::string reason;  ///< why it was rejected, one line
};
inline DecodeResult rejected(std::string reason) { return {DecodeResult::Kind::Rejected, 0, 0, std::move(reason)}; }

/// Turns one message into rows of a builder. All of a message's rows are added, or none.
class Decoder {
public:
  virtual ~Decoder() = default;
  virtual DecodeResult decode(std::string_view message, const RowMeta& meta, BatchBuilder& rows) = 0;
};

/// Reads a time in ISO 8601 into a column that was declared TIMESTAMP; false when it is none, or the column another.
bool readIsoTime(const DecoderSettings& settings, const Field& field, std::string_view text, Value& out);

/// Why a message is rejected for one column, in the same words for every format. `got` is cut, so that a reason stays a
/// line.
std::string mismatchReason(const Field& field, std::string_view got);
std::string missingReason(const Field& field);

/// Makes the decoder for a format and a schema that the checker has approved.
std::unique_ptr<Decoder> makeDecoder(const DecoderSettings& settings, const SchemaPtr& schema);

/// How rows of a sink become messages.
struct EncoderSettings {
  std::string format = "json";
  char delimiter = ',';
};

/// Turns rows into messages: one row, one message.
class Encoder {
public:
  virtual ~Encoder() = default;
  virtual std::string encode(const Batch& batch, size_t row) const = 0;
};
/// Makes the encoder for a format that the checker has approved.
std::unique_ptr<Encoder> makeEncoder(const EncoderSettings& settings);

/// Appends `{"name":value,...}` with the columns in order.
void appendJsonRow(std::string& out, const Batch& batch, size_t row);
/// One CSV line without its end, as RFC 4180 has it.
void appendCsvRow(std::string& out, const Batch& batch, size_t row, char delimiter);
/// The same of the columns' names.
void appendCsvHeading(std::string& out, const Schema& schema, char delimiter);

}  // namespace weir
