// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/exec/pipeline.h"
#include "core/exec/row_rules.h"
#include "core/feed/last_words.h"
#include "core/formats/format_list.h"

namespace weir {

/// What happened to a source's messages. messages = decoded + rejected + control; rows = passed + duplicates +
/// noEventTime + fromFuture + controlRecords.
struct SourceCounters : RowCounters {
  uint64_t messages = 0, decoded = 0, rejected = 0, control = 0;
  uint64_t rows = 0, controlRecords = 0, fieldMismatch = 0;
};

/// What a stream's options say to its decoder.
DecoderSettings decoderSettings(const Options& options);
/// The same, with the column and unit of the stream's event time.
DecoderSettings decoderSettings(const logical::Stream& stream, const Options& options);

/// What a sink's options say to its encoder.
EncoderSettings encoderSettings(const Options& options);

/// A message that could not be decoded, its beginning kept to be looked at.
struct Reject {
  Micros at = 0;
  std::string payload;
  std::string reason;
};

/// Takes a source's messages: decodes, sets event times, drops repeats, and knows when the source was lost.
class Intake {
public:
  /// `options` are the stream's own, with secrets in their places.
  Intake(const logical::Stream& stream, const Options& options, Pipeline& pipeline);

  /// What a message holds: rows, or none though it could be read; nothing for this stream, which says that the feed
  /// lives; or what cannot be read.
  enum class Held { Rows, Nothing, Control, Unreadable };
  /// Reads a message; one of `keep`, `passOver` and `reject` says what becomes of it. Of a connection's streams, each
  /// reads it before all know whose it is.
  Held read(std::string_view payload, Micros at);
  /// Adds the rows that were read to the pending batch, by the stream's rules. Returns whether any has passed.
  bool keep(std::string_view payload, Micros at);
  /// It was none of this stream's.
  void passOver(std::string_view payload, Micros at);
  /// By error.strategy. `origin` is where it stands, for one from a file.
  void reject(std::string_view payload, Micros at, std::string_view origin = {});
  void opened();
  /// Of a table that comes whole: what comes from now on is its next content, which takes its place in the end.
  void beginLoad();
  bool isLoading() const { return m_isLoading; }
  void giveUpLoad();
  std::shared_ptr<Batch> takeLoad();
  /// That the present content has.
  uint64_t loadedRows() const { return m_loadedRows; }
  /// A loss began when the feed was last known to be heard.
  void lost(Micros at);
  /// The program did not read for a while: until `caughtUp`, rows have come earlier than it seems.
  void stalled(Micros since, Micros until);
  /// All that was sent up to `asked` has been read by `at`.
  void caughtUp(Micros at, Micros asked);
  ProofOfLife& life() { return m_life; }
  const ProofOfLife& life() const { return m_life; }
  /// When the newest message came that was not control; 0 before.
  Micros lastMessage() const { return m_lastMessage; }
  /// When the newest control came that has not been asked for yet; 0 for none.
  Micros takeControl() { return std::exchange(m_controlAt, 0); }
  /// Nothing where arrival is the time.
  SourceWatermark* watermark() { return m_watermark; }

  const std::string& name() const { return m_name; }
  const FormatSpec& format() const { return m_format; }
  /// It takes some records of a message and leaves the others (`json.when`).
  bool choosesRecords() const { return m_choosesRecords; }
  size_t pendingRows() const { return m_rows.rows(); }
  std::shared_ptr<Batch> take() { return m_rows.take(); }
  /// A row for the dead letter stream, when the last message asked for one.
  std::shared_ptr<Batch> takeDeadLetter() { return std::exchange(m_deadLetter, nullptr); }
  const std::string& deadLetterStream() const { return m_deadLetterStream; }
  const SourceCounters& counters() const { return m_counters; }
  const std::deque<Reject>& rejects() const { return m_rejects; }
  /// Why the newest rejected message was; `rejects` also holds messages of which single rows were dropped.
  const std::string& lastRejection() const { return m_lastRejection; }
  /// What the feed said that held none of the columns.
  const std::string& lastControl() const { return m_lastControl.text(); }
  /// A row with all of its columns has passed since the source was opened.
  bool hasWholeRow() const { return m_hasWholeRow; }
  /// The greatest event time so far, in ms; nothing where arrival is the time.
  std::optional<int64_t> newestEvent() const { return m_rules.eventTime() ? m_greatest : std::nullopt; }
  uint64_t gaps() const { return m_gapLog.count(); }
  bool stopped() const { return m_stopped; }

private:
  bool isWhole(size_t row);
  void noteContent(Micros at);
  void keepToLookAt(std::string_view payload, Micros at, std::string reason);
  void dropRows(size_t first, const std::vector<bool>& keep);

  std::string m_name;
  SchemaPtr m_schema;
  const FormatSpec& m_format;
  std::unique_ptr<Decoder> m_decoder;
  bool m_choosesRecords;
  BatchBuilder m_rows;
  GapLog& m_gapLog;
  ProofOfLife& m_life;
  SourceWatermark* m_watermark;
  RowRules m_rules;
  SourceCounters m_counters;
  std::deque<Reject> m_rejects;
  LastWords m_lastControl;
  bool m_hasWholeRow = false;
  std::string m_lastRejection;
  std::string m_strategy;
  std::string m_deadLetterStream;
  SchemaPtr m_deadLetterSchema;
  std::shared_ptr<Batch> m_deadLetter;
  bool m_stopped = false;
  bool m_isLoading = false;
  uint64_t m_loadedRows = 0;
  DecodeResult m_read;    ///< of the message that was read
  size_t m_firstRow = 0;  ///< that it gave
  Micros m_controlAt = 0;
  enum class Link { Unknown, Up, Down } m_link = Link::Unknown;
  std::optional<Micros> m_stalledUntil;
  std::optional<int64_t> m_greatest;
  Micros m_lastMessage = 0;
};

}  // namespace weir
