// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/exec/pipeline.h"
#include "core/formats/decoder.h"

namespace weir {

/// What happened to a source's messages. messages = decoded + rejected + control; rows = passed + duplicates +
/// noEventTime + controlRecords.
struct SourceCounters {
  uint64_t messages = 0, decoded = 0, rejected = 0, control = 0;
  uint64_t rows = 0, passed = 0, controlRecords = 0, duplicates = 0, noEventTime = 0;
  uint64_t fieldMismatch = 0, sequenceJumps = 0;
};

/// What a stream's options say to its decoder.
DecoderSettings decoderSettings(const Options& options);

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
  Intake(const BoundStream& stream, const Options& options, Pipeline& pipeline);

  /// Adds the message's rows to the pending batch. Returns false when the source must stop (error.strategy 'fail').
  bool decode(std::string_view payload, Micros at);
  void opened();
  void lost(Micros at);

  const std::string& name() const { return m_name; }
  size_t pendingRows() const { return m_rows.rows(); }
  std::shared_ptr<Batch> take() { return m_rows.take(); }
  /// A row for the dead letter stream, when the last message asked for one.
  std::shared_ptr<Batch> takeDeadLetter() { return std::exchange(m_deadLetter, nullptr); }
  const std::string& deadLetterStream() const { return m_deadLetterStream; }
  const SourceCounters& counters() const { return m_counters; }
  const std::deque<Reject>& rejects() const { return m_rejects; }
  /// The newest message that held none of the columns, shortened: what a feed says that nobody asked for.
  const std::string& lastControl() const { return m_lastControl; }
  /// The greatest event time so far, in ms; nothing where arrival is the time.
  std::optional<int64_t> newestEvent() const { return m_eventTime ? m_greatest : std::nullopt; }
  uint64_t gaps() const { return m_gapLog.count(); }
  bool stopped() const { return m_stopped; }

 private:
  std::optional<int64_t> eventTimeOf(size_t row);
  bool isRepeat(size_t row);
  void checkSequence(size_t row, int64_t time);
  void reject(std::string_view payload, Micros at, std::string reason);
  void dropRows(size_t first, const std::vector<bool>& keep);

  std::string m_name;
  SchemaPtr m_schema;
  std::optional<EventTimeRule> m_eventTime;
  std::unique_ptr<Decoder> m_decoder;
  BatchBuilder m_rows;
  GapLog& m_gapLog;
  SourceCounters m_counters;
  std::deque<Reject> m_rejects;
  std::string m_lastControl;
  std::string m_strategy;
  std::string m_deadLetterStream;
  SchemaPtr m_deadLetterSchema;
  std::shared_ptr<Batch> m_deadLetter;
  bool m_stopped = false;
  enum class Link { Unknown, Up, Down } m_link = Link::Unknown;
  std::optional<int64_t> m_greatest;

  std::vector<size_t> m_dedupe;
  size_t m_dedupeMemory = 0;
  std::unordered_set<std::string> m_seen;
  std::deque<std::string> m_seenOrder;
  std::optional<size_t> m_sequence;
  std::optional<size_t> m_partition;
  struct Last {
    int64_t value;
    int64_t greatest;
    int64_t time;
  };
  std::unordered_map<std::string, Last> m_last;
};

/// Brings the messages of all sources to the pipeline in the order in which they come, as few batches as results allow.
class Feeder {
 public:
  /// Options of streams, with secrets in their places; a stream that is not there takes its options as written.
  using ResolvedOptions = std::map<std::string, Options>;

  explicit Feeder(Pipeline& pipeline, size_t batchRows = 512, const ResolvedOptions& options = {});

  /// The pipeline has gone over to another script: intakes of streams in `kept` go on, the others are made anew.
  void followChange(const std::set<std::string>& kept, const ResolvedOptions& options = {});
  Intake* find(const std::string& stream);
  void message(Intake& intake, std::string_view payload, Micros at);
  void opened(Intake& intake, Micros at);
  void lost(Intake& intake, Micros at);
  /// Moves the clock; what is pending goes first.
  void advance(Micros at);
  /// Hands over what is pending: a row never waits for company.
  void flush();
  const std::map<std::string, std::unique_ptr<Intake>>& intakes() const { return m_intakes; }

 private:
  Pipeline& m_pipeline;
  size_t m_batchRows;
  std::map<std::string, std::unique_ptr<Intake>> m_intakes;
  Intake* m_pending = nullptr;
  Micros m_horizon = 0;
  size_t m_mostRows = 0;  ///< of the batch that is gathered
  Micros m_last = 0;
};

}  // namespace weir
