// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/intake.h"

#include <cmath>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/data/time_text.h"
#include "core/exec/group_table.h"

namespace weir {

namespace {

constexpr size_t kRejectsKept = 100;
// A rejected message is kept to be looked at, not to be sent again: its beginning says what it was.
constexpr size_t kRejectShown = 4096;
constexpr size_t kControlShown = 200;
constexpr size_t kMostPartitions = 100'000;

std::optional<int64_t> asMillis(int64_t value, int64_t scale) {
  if (value <= -kFarthestMs / scale || value >= kFarthestMs / scale) return std::nullopt;
  return value * scale;
}

std::optional<int64_t> scaled(const Value& value, const std::string& unit) {
  const auto perUnit = [&](double number) -> std::optional<int64_t> {
    const double ms = unit == "s" ? number * 1e3 : unit == "us" ? number / 1e3 : unit == "ns" ? number / 1e6 : number;
    if (!(std::fabs(ms) < static_cast<double>(kFarthestMs))) return std::nullopt;
    return static_cast<int64_t>(std::floor(ms));
  };
  if (const int64_t* whole = std::get_if<int64_t>(&value)) {
    if (unit == "us") return asMillis(floorDivide(*whole, 1000), 1);
    if (unit == "ns") return floorDivide(*whole, 1'000'000);
    return asMillis(*whole, unit == "s" ? 1000 : 1);
  }
  if (const double* real = std::get_if<double>(&value)) return perUnit(*real);
  if (const std::string* text = std::get_if<std::string>(&value)) {
    if (unit == "iso8601") return parseIsoTime(*text);
    if (const auto whole = exactInteger(trimmed(*text))) return scaled(Value(*whole), unit);
    if (const auto real = decimalNumber(trimmed(*text))) return perUnit(*real);
  }
  return std::nullopt;
}

// The number that a sequence's column holds; a fraction, or one that a DOUBLE cannot tell from its neighbours, is none.
std::optional<int64_t> wholeNumber(const Value& value) {
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return *whole;
  // An OBJECT is JSON: what a text in it says counts.
  if (const std::string* text = std::get_if<std::string>(&value)) return exactInteger(jsonPlainText(*text));
  constexpr double kExact = 9007199254740992;
  const double* real = std::get_if<double>(&value);
  if (real && *real == std::trunc(*real) && std::fabs(*real) < kExact) return static_cast<int64_t>(*real);
  return std::nullopt;
}

}  // namespace

DecoderSettings decoderSettings(const Options& options) {
  DecoderSettings settings;
  settings.format = options.text("format");
  settings.mapping = options.under("json.mapping.");
  settings.records = options.text("json.records");
  settings.mismatchIsNull = options.text("json.on.mismatch") == "null";
  settings.heartbeatAnswer = options.text("websocket.heartbeat.answer");
  settings.delimiter = options.text("csv.delimiter").front();
  return settings;
}

Intake::Intake(const BoundStream& stream, const Options& options, Pipeline& pipeline)
    : m_name(stream.name),
      m_schema(stream.schema),
      m_eventTime(stream.eventTime),
      m_decoder(makeDecoder(decoderSettings(options), stream.schema)),
      m_rows(stream.schema),
      m_gapLog(pipeline.gapLog(stream.name)),
      m_strategy(options.text("error.strategy")),
      m_dedupeMemory(static_cast<size_t>(options.integer("dedupe.memory"))) {
  for (const std::string& column : options.list("dedupe.key")) m_dedupe.push_back(*m_schema->find(column));
  if (options.has("sequence.key")) m_sequence = m_schema->find(options.text("sequence.key"));
  if (options.has("sequence.partition")) m_partition = m_schema->find(options.text("sequence.partition"));
  if (m_strategy == "dlq") {
    m_deadLetterStream = options.text("error.dlq.stream");
    m_deadLetterSchema = pipeline.script().stream(m_deadLetterStream).schema;
  }
}

bool Intake::decode(std::string_view payload, Micros at) {
  if (m_stopped) return false;
  ++m_counters.messages;
  RowMeta meta;
  meta.at = toMillis(at);
  meta.arrival = at;
  const size_t first = m_rows.rows();
  DecodeResult result = m_decoder->decode(payload, meta, m_rows);
  if (result.kind == DecodeResult::Kind::Control) {
    ++m_counters.control;
    m_lastControl.assign(payload.substr(0, kControlShown));
    return true;
  }
  if (result.kind == DecodeResult::Kind::Rejected) {
    reject(payload, at, std::move(result.reason));
    return !m_stopped;
  }
  ++m_counters.decoded;
  m_counters.fieldMismatch += result.fieldMismatches;
  m_counters.controlRecords += result.controlRecords;
  const size_t records = m_rows.rows() - first;
  m_counters.rows += records + result.controlRecords;
  m_link = Link::Up;
  // Made only once a row has to go: nearly always all are kept.
  std::vector<bool> keep;
  const auto drop = [&](size_t i) {
    if (keep.empty()) keep.assign(records, true);
    keep[i] = false;
  };
  for (size_t i = 0; i < records; ++i) {
    const size_t row = first + i;
    if (m_eventTime) {
      auto time = eventTimeOf(row);
      if (!time && m_eventTime->missingIsArrival) time = toMillis(at);
      if (!time) {
        ++m_counters.noEventTime;
        drop(i);
        continue;
      }
      m_rows.meta(row).at = *time;
    }
    if (!m_dedupe.empty() && isRepeat(row)) {
      ++m_counters.duplicates;
      drop(i);
      continue;
    }
    const int64_t time = m_rows.meta(row).at;
    // What a feed sends again after a loss, or late, says nothing of the time that was missed.
    if (m_gapLog.isOpen() && (!m_eventTime || time > m_gapLog.gaps().back().from)) m_gapLog.close(time);
    m_gapLog.begin(time);
    if (m_sequence) checkSequence(row, time);
    m_greatest = m_greatest ? std::max(*m_greatest, time) : time;
    ++m_counters.passed;
  }
  if (!keep.empty()) dropRows(first, keep);
  return true;
}

void Intake::dropRows(size_t first, const std::vector<bool>& keep) {
  BatchBuilder kept(m_schema);
  for (size_t i = 0; i < keep.size(); ++i) {
    if (!keep[i]) continue;
    for (size_t c = 0; c < m_schema->fields.size(); ++c) kept.column(c).appendFrom(m_rows.column(c), first + i);
    kept.finishRow(m_rows.meta(first + i));
  }
  m_rows.truncate(first);
  for (size_t row = 0; row < kept.rows(); ++row) {
    for (size_t c = 0; c < m_schema->fields.size(); ++c) m_rows.column(c).appendFrom(kept.column(c), row);
    m_rows.finishRow(kept.meta(row));
  }
}

std::optional<int64_t> Intake::eventTimeOf(size_t row) {
  return scaled(m_rows.column(m_eventTime->column).value(row), m_eventTime->unit);
}

bool Intake::isRepeat(size_t row) {
  std::string key;
  for (const size_t column : m_dedupe) {
    const ColumnPtr view(&m_rows.column(column), [](const Column*) {});
    // NULL identifies nothing, so such a row repeats none.
    if (view->isNull(row)) return false;
    appendKey(key, {&view, 1}, row);
  }
  if (!m_seen.insert(key).second) return true;
  m_seenOrder.push_back(std::move(key));
  if (m_seenOrder.size() > m_dedupeMemory) {
    m_seen.erase(m_seenOrder.front());
    m_seenOrder.pop_front();
  }
  return false;
}

void Intake::checkSequence(size_t row, int64_t time) {
  const Value value = m_rows.column(*m_sequence).value(row);
  const int64_t number = wholeNumber(value).value_or(INT64_MIN);
  if (number == INT64_MIN) return;
  std::string key;
  if (m_partition) {
    const ColumnPtr view(&m_rows.column(*m_partition), [](const Column*) {});
    appendKey(key, {&view, 1}, row);
  }
  const auto found = m_last.find(key);
  if (found == m_last.end()) {
    if (m_last.size() < kMostPartitions) m_last.emplace(std::move(key), Last{number, number, time});
    return;
  }
  // It goes on from the message before, too: a sequence that the feed began anew jumps once, not until its old height.
  Last& last = found->second;
  if (number - 1 != last.value && number - 1 != last.greatest) {
    ++m_counters.sequenceJumps;
    m_gapLog.add(std::min(last.time, time), std::max(last.time, time));
  }
  last = {number, std::max(number, last.greatest), time};
}

void Intake::reject(std::string_view payload, Micros at, std::string reason) {
  ++m_counters.rejected;
  if (m_strategy == "fail") m_stopped = true;
  if (m_strategy == "dlq") {
    BatchBuilder letter(m_deadLetterSchema);
    letter.column(0).appendText(isUtf8(payload) ? std::string(payload) : base64Encoded(payload));
    letter.column(1).appendText(reason);
    letter.column(2).appendText("MappingFailed");
    letter.column(3).appendInteger(toMillis(at));
    letter.column(4).appendInteger(1);
    letter.column(5).appendText(m_name);
    RowMeta meta;
    meta.at = toMillis(at);
    meta.arrival = at;
    letter.finishRow(meta);
    m_deadLetter = letter.take();
  }
  m_rejects.push_back({at, std::string(payload.substr(0, kRejectShown)), std::move(reason)});
  if (m_rejects.size() > kRejectsKept) m_rejects.pop_front();
}

void Intake::opened() { m_link = Link::Up; }

void Intake::lost(Micros at) {
  if (m_link == Link::Down) return;
  m_link = Link::Down;
  if (m_gapLog.isOpen()) return;
  m_gapLog.open(m_eventTime && m_greatest ? *m_greatest : toMillis(at));
}

Feeder::Feeder(Pipeline& pipeline, size_t batchRows, const ResolvedOptions& options) : m_pipeline(pipeline), m_batchRows(batchRows) { followChange({}, options); }

void Feeder::followChange(const std::set<std::string>& kept, const ResolvedOptions& options) {
  std::erase_if(m_intakes, [&](const auto& entry) { return !kept.contains(entry.first); });
  for (const std::string& name : m_pipeline.script().feeds())
    if (!m_intakes.contains(name)) {
      const BoundStream& stream = m_pipeline.script().stream(name);
      const auto resolved = options.find(name);
      m_intakes.emplace(name, std::make_unique<Intake>(stream, resolved == options.end() ? stream.options : resolved->second, m_pipeline));
    }
}

Intake* Feeder::find(const std::string& stream) {
  const auto found = m_intakes.find(stream);
  return found == m_intakes.end() ? nullptr : found->second.get();
}

void Feeder::message(Intake& intake, std::string_view payload, Micros at) {
  if (m_pending && (m_pending != &intake || at >= m_horizon)) flush();
  if (!m_pending) {
    m_pipeline.advanceTo(at);
    m_horizon = m_pipeline.horizon(at);
    m_mostRows = std::min(m_batchRows, m_pipeline.mostRows());
  }
  intake.decode(payload, at);
  m_last = at;
  if (intake.pendingRows() > 0) m_pending = &intake;
  if (auto letter = intake.takeDeadLetter()) {
    flush();
    m_pipeline.advanceTo(at);
    m_pipeline.push(intake.deadLetterStream(), letter);
  }
  if (m_pending && m_pending->pendingRows() >= m_mostRows) flush();
}

void Feeder::flush() {
  if (!m_pending) return;
  Intake* intake = std::exchange(m_pending, nullptr);
  // No timer is due before the horizon, so the clock may stand at the last row for all of them.
  m_pipeline.advanceTo(m_last);
  m_pipeline.push(intake->name(), intake->take());
}

void Feeder::advance(Micros at) {
  flush();
  m_pipeline.advanceTo(at);
}

void Feeder::opened(Intake& intake, Micros at) {
  advance(at);
  intake.opened();
}

void Feeder::lost(Intake& intake, Micros at) {
  advance(at);
  intake.lost(at);
}

}  // namespace weir
