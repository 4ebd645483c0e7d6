// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/feed/intake.h"

#include "core/base/text.h"

namespace weir {

namespace {

constexpr size_t kRejectsKept = 100;
// A rejected message is kept to be looked at, not to be sent again: its beginning says what it was.
constexpr size_t kRejectShown = 4096;
constexpr Micros kReadAfterStall = 2'000'000;

}  // namespace

DecoderSettings decoderSettings(const Options& options) {
  DecoderSettings settings;
  settings.format = options.text("format");
  settings.mapping = options.under("json.mapping.");
  settings.records = options.text("json.records");
  settings.when = options.text("json.when");
  settings.framing = framingNamed(options.text("json.framing"));
  settings.mismatchIsNull = options.text("json.on.mismatch") == "null";
  settings.heartbeatAnswer = options.text("websocket.heartbeat.answer");
  settings.delimiter = options.text("csv.delimiter").front();
  return settings;
}

EncoderSettings encoderSettings(const Options& options) {
  return {options.text("format"), options.text("csv.delimiter").front()};
}

DecoderSettings decoderSettings(const logical::Stream& stream, const Options& options) {
  DecoderSettings settings = decoderSettings(options);
  if (!stream.eventTime) return settings;
  settings.timeColumn = stream.schema->fields[stream.eventTime->column].name;
  settings.timeUnit = stream.eventTime->unit;
  return settings;
}

Intake::Intake(const logical::Stream& stream, const Options& options, Pipeline& pipeline)
    : m_name(stream.name),
      m_schema(stream.schema),
      m_format(formatNamed(options.text("format"))),
      m_decoder(makeDecoder(decoderSettings(stream, options), stream.schema)),
      m_choosesRecords(options.has("json.when")),
      m_rows(stream.schema),
      m_gapLog(pipeline.gapLog(stream.name)),
      m_life(pipeline.life(stream.name)),
      m_watermark(pipeline.sourceWatermark(stream.name)),
      m_rules(stream, options, m_gapLog),
      m_lastControl(options.text("websocket.heartbeat.answer")),
      m_strategy(options.text("error.strategy")) {
  if (m_strategy == "dlq") {
    m_deadLetterStream = options.text("error.dlq.stream");
    m_deadLetterSchema = pipeline.script().stream(m_deadLetterStream).schema;
  }
}

Intake::Held Intake::read(std::string_view payload, Micros at) {
  if (m_stopped) return Held::Nothing;
  ++m_counters.messages;
  RowMeta meta;
  meta.at = toMillis(at);
  meta.arrival = at;
  meta.message = static_cast<uint32_t>(m_counters.messages);
  m_firstRow = m_rows.rows();
  m_read = m_decoder->decode(payload, meta, m_rows);
  if (m_read.kind == DecodeResult::Kind::Control) return Held::Control;
  if (m_read.kind == DecodeResult::Kind::Rejected) return Held::Unreadable;
  return m_rows.rows() > m_firstRow ? Held::Rows : Held::Nothing;
}

void Intake::passOver(std::string_view payload, Micros at) {
  ++m_counters.control;
  m_controlAt = at;
  m_lastControl.hear(readableMessage(m_format, payload));
}

void Intake::noteContent(Micros at) {
  m_lastMessage = at;
  // What lay in the socket has been read by now, where nobody can be asked.
  if (m_stalledUntil && at - *m_stalledUntil > kReadAfterStall) caughtUp(at, at);
}

bool Intake::keep(std::string_view payload, Micros at) {
  if (m_stopped) return false;
  noteContent(at);
  ++m_counters.decoded;
  m_counters.fieldMismatch += m_read.fieldMismatches;
  m_counters.controlRecords += m_read.controlRecords;
  const size_t first = m_firstRow;
  const size_t records = m_rows.rows() - first;
  m_counters.rows += records + m_read.controlRecords;
  m_link = Link::Up;
  // Made only once a row has to go: nearly always all are kept.
  std::vector<bool> kept;
  uint32_t dropped = 0;
  const auto drop = [&](size_t i) {
    if (kept.empty()) kept.assign(records, true);
    kept[i] = false;
    ++dropped;
  };
  const auto column = [this](size_t c) -> const Column& { return m_rows.column(c); };
  for (size_t i = 0; i < records; ++i) {
    const auto row = static_cast<uint32_t>(first + i);
    RowMeta& rowMeta = m_rows.meta(row);
    const RowRules::Verdict verdict = m_rules.judge(column, row, rowMeta);
    if (verdict != RowRules::Verdict::Pass) {
      if (verdict == RowRules::Verdict::FromFuture) keepToLookAt(payload, at, m_rules.aheadText(rowMeta.at, at));
      drop(i);
      continue;
    }
    const int64_t time = rowMeta.at;
    // What a feed sends again after a loss, or late, says nothing of the time that was missed.
    if (m_gapLog.isOpen() && !m_stalledUntil && (!m_rules.eventTime() || time > m_gapLog.gaps().back().from))
      m_gapLog.close(time);
    m_gapLog.begin(time);
    m_rules.follow(column, row, time, row - dropped);
    m_greatest = m_greatest ? std::max(*m_greatest, time) : time;
    m_hasWholeRow = m_hasWholeRow || isWhole(row);
  }
  static_cast<RowCounters&>(m_counters) = m_rules.counters();
  if (!kept.empty()) dropRows(first, kept);
  return records > dropped;
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

bool Intake::isWhole(size_t row) {
  for (size_t c = 0; c < m_schema->fields.size(); ++c)
    if (m_rows.column(c).isNull(row)) return false;
  return true;
}

void Intake::reject(std::string_view payload, Micros at, std::string_view origin) {
  noteContent(at);
  ++m_counters.rejected;
  std::string reason = std::move(m_read.reason);
  if (!origin.empty()) reason.append(" (").append(origin).append(")");
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
  m_lastRejection = reason;
  keepToLookAt(payload, at, std::move(reason));
}

void Intake::keepToLookAt(std::string_view payload, Micros at, std::string reason) {
  m_rejects.push_back({at, std::string(payload.substr(0, kRejectShown)), std::move(reason)});
  if (m_rejects.size() > kRejectsKept) m_rejects.pop_front();
}

void Intake::opened() {
  m_link = Link::Up;
  m_hasWholeRow = false;
}

void Intake::beginLoad() {
  m_rows.truncate(0);
  m_isLoading = true;
}

void Intake::giveUpLoad() {
  m_rows.truncate(0);
  m_isLoading = false;
}

std::shared_ptr<Batch> Intake::takeLoad() {
  m_isLoading = false;
  m_loadedRows = m_rows.rows();
  return m_rows.take();
}

void Intake::lost(Micros at) {
  if (m_link == Link::Down) return;
  m_link = Link::Down;
  m_stalledUntil.reset();
  m_rules.lost();
  if (m_gapLog.begun()) m_gapLog.lose();
  if (m_gapLog.isOpen()) return;
  const Micros heard = std::min(at, m_life.proven());
  if (!m_rules.eventTime() || !m_greatest) return m_gapLog.open(toMillis(heard));
  // Of a silence that was proven, the windows that end in it are whole.
  m_gapLog.open(*m_greatest + (m_life.isTracked() ? std::max<int64_t>(0, toMillis(heard - m_lastMessage)) : 0));
}

// Event times are in the messages, which the socket has kept; arrival times are gone.
void Intake::stalled(Micros since, Micros until) {
  if (m_rules.eventTime() || m_link == Link::Down) return;
  m_stalledUntil = until;
  if (!m_gapLog.isOpen()) m_gapLog.open(toMillis(since));
}

void Intake::caughtUp(Micros at, Micros asked) {
  if (!m_stalledUntil || asked < *m_stalledUntil) return;
  m_stalledUntil.reset();
  m_gapLog.close(toMillis(at));
}

}  // namespace weir
