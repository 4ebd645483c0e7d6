// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/kafka/kafka_source.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/formats/format_list.h"
#include "core/options/connector_options.h"

namespace weir {

namespace {

// Other sources, timers and signals have their turn in between.
constexpr Micros kSlice = 4'000;
constexpr size_t kRecordsATurn = 256;
// Of one partition, while others are behind.
constexpr size_t kMostAhead = 20'000;
constexpr size_t kMostBytesAhead = 16 << 20;
constexpr Micros kBetweenLooks = 30'000'000;

}  // namespace

KafkaSource::KafkaSource(const EndpointSetup& setup, const logical::Stream&)
    : m_link(setup.clock, setup.name, QString::fromStdString(shownAddress(setup.written))),
      m_clock(setup.clock),
      m_topic(setup.options.text("kafka.topic")),
      m_settings(KafkaClient::settingsOf(setup.options)),
      m_isInGroup(setup.options.has("kafka.group.id")),
      m_isText(!formatNamed(setup.options.text("format")).isBinary) {
  m_start.kind = m_isInGroup ? KafkaStart::Kind::Committed : KafkaStart::Kind::Latest;
  if (const auto written = parseKafkaStart(setup.options.text("kafka.start"))) m_start = *written;
}

KafkaSource::~KafkaSource() { close(); }

void KafkaSource::close() {
  m_clock.cancel(m_timer);
  m_clock.cancel(m_catchUpTimer);
  m_lookup.reset();
  m_ahead.clear();
  // The others of the group need not find out that it is gone. Where no broker is, nobody is told.
  if (m_client && m_isInGroup && m_link.isReached()) {
    m_client->onAssigned = nullptr;
    rd_kafka_consumer_close(m_client->handle());
  }
  m_client.reset();
  m_isAssigned = false;
  forgetQuestion();
}

void KafkaSource::enter(ConnectionState state) {
  if (m_link.enter(state) && listener()) listener()->stateChanged();
}

void KafkaSource::start() {
  close();
  m_link.clear();
  m_isHeld = false;
  m_hasOpened = false;
  auto client = KafkaClient::make(RD_KAFKA_CONSUMER, m_settings);
  if (!client) return fail(QString::fromStdString(client.diagnostics().front().message), {});
  m_client = std::move(*client);
  m_lookup = std::make_unique<KafkaLookup>(m_client->handle(), m_topic);
  m_client->onReady = [this] { drain(); };
  m_client->onAssigned = [this](rd_kafka_topic_partition_list_t* partitions) { assigned(partitions); };
  enter(ConnectionState::Connecting);
  begin();
}

// A group is told its partitions; without one they are looked up.
void KafkaSource::begin() {
  if (m_isInGroup) {
    auto* const topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, m_topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(m_client->handle(), topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return;
  }
  m_lookup->partitions(m_start, [this](const KafkaAnswer& answer) {
    if (answer.error.isEmpty()) return assign(answer.offsets);
    // Of brokers that cannot be reached, the client says more.
    const bool isMissing =
        answer.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || answer.code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    const bool isAway = !isMissing && answer.code != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED &&
                        answer.code != RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
    if (!isAway && m_link.error().isEmpty()) {
      m_link.noteAndRetry(isMissing ? tr("there is no topic %1").arg(QString::fromStdString(m_topic)) : answer.error,
                          kafkaHint(answer.code, answer.error));
      enter(ConnectionState::Waiting);
    }
    m_timer = m_clock.callAt(m_clock.now() + (isAway ? kKafkaRetry / 10 : kKafkaRetry), [this] { begin(); });
  });
}

// Partitions that are new since go on from their beginning, the others from where they are.
void KafkaSource::assign(const KafkaOffsets& offsets) {
  const bool isFirst = !std::exchange(m_isAssigned, true);
  auto* const list = rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()));
  for (const auto& [partition, offset] : offsets) {
    const auto known = m_positions.find(partition);
    const bool goesOn = known != m_positions.end() && known->second >= 0;
    rd_kafka_topic_partition_list_add(list, m_topic.c_str(), partition)->offset = goesOn ? known->second : offset;
    m_positions.try_emplace(partition, -1);
  }
  m_ahead.clear();
  rd_kafka_assign(m_client->handle(), list);
  catchUp();
  rd_kafka_topic_partition_list_destroy(list);
  if (isFirst) opened();
  m_timer = m_clock.callAt(m_clock.now() + kBetweenLooks, [this] { lookForMore(); });
}

void KafkaSource::opened() {
  m_link.clear();
  if (!std::exchange(m_hasOpened, true) && listener()) listener()->opened();
  enter(m_hasPassedRow ? ConnectionState::Live : ConnectionState::Open);
}

void KafkaSource::lookForMore() {
  m_lookup->partitions({KafkaStart::Kind::Earliest}, [this](const KafkaAnswer& answer) {
    if (answer.offsets.size() > m_positions.size()) return assign(answer.offsets);
    m_timer = m_clock.callAt(m_clock.now() + kBetweenLooks, [this] { lookForMore(); });
  });
}

// While the client is served: what happens of it waits.
void KafkaSource::assigned(rd_kafka_topic_partition_list_t* partitions) {
  m_positions.clear();
  m_marked.clear();
  m_ahead.clear();
  forgetQuestion();
  m_isAssigned = partitions != nullptr;
  if (!partitions) return;
  if (m_start.kind == KafkaStart::Kind::Time) {
    for (int i = 0; i < partitions->cnt; ++i) partitions->elems[i].offset = m_start.ms;
    rd_kafka_offsets_for_times(m_client->handle(), partitions, static_cast<int>(kKafkaRetry / 1000));
  }
  for (int i = 0; i < partitions->cnt; ++i) {
    m_positions[partitions->elems[i].partition] = -1;
    if (m_start.kind == KafkaStart::Kind::Latest) partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
    if (m_start.kind == KafkaStart::Kind::Earliest) partitions->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  // Only a run's beginning is where it was told to begin.
  m_start.kind = KafkaStart::Kind::Committed;
  catchUp();
}

void KafkaSource::drain() {
  if (!m_client || m_isHeld || std::exchange(m_isDraining, true)) return;
  const Micros until = m_clock.now() + kSlice;
  bool isEmpty = false;
  while (m_client && !m_isHeld && !isEmpty && m_clock.now() < until) {
    isEmpty = fetch() == 0;
    settle();
    while (m_client && !m_isHeld) {
      const KafkaRecord next = nextInOrder();
      if (!next) break;
      take(*next);
    }
  }
  m_isDraining = false;
  if (!m_client) return;
  answerIfCaughtUp();
  // The queue tells only that it is not empty any more.
  if (!isEmpty)
    QMetaObject::invokeMethod(
        this, [this] { drain(); }, Qt::QueuedConnection);
}

size_t KafkaSource::fetch() {
  size_t count = 0;
  for (rd_kafka_message_t* const record : m_client->take(kRecordsATurn)) {
    ++count;
    KafkaRecord owned(record, rd_kafka_message_destroy);
    const bool isOfPartition =
        record->err == RD_KAFKA_RESP_ERR_NO_ERROR || record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (!isOfPartition) {
      tellError(*record);
      continue;
    }
    // It may have gone to another of the group.
    if (!m_positions.contains(record->partition)) continue;
    Ahead& ahead = m_ahead[record->partition];
    ahead.bytes += record->len;
    ahead.records.push_back(std::move(owned));
    pace(record->partition, ahead);
  }
  return count;
}

// What was written while nobody read comes in the order of its time, not one partition after the other: rows would be
// late that are not. From where the partitions ended then, records go on as they come.
void KafkaSource::catchUp() {
  m_isCatchingUp = true;
  m_catchUpTo.clear();
  m_clock.cancel(m_catchUpTimer);
  m_lookup->ends(m_positions, [this, number = ++m_catchUps](const KafkaAnswer& answer) {
    // One that began since has asked anew.
    if (number != m_catchUps) return;
    if (!answer.error.isEmpty()) {
      m_catchUpTimer = m_clock.callAt(m_clock.now() + kKafkaRetry, [this] { catchUp(); });
      return;
    }
    m_catchUpTo = answer.offsets;
    drain();
  });
}

bool KafkaSource::isBehind(int32_t partition) const {
  const auto end = m_catchUpTo.find(partition);
  const auto position = m_positions.find(partition);
  return end != m_catchUpTo.end() && position != m_positions.end() && position->second < end->second;
}

KafkaSource::KafkaRecord KafkaSource::nextInOrder() {
  KafkaRecord none(nullptr, rd_kafka_message_destroy);
  if (m_isCatchingUp && m_catchUpTo.empty()) return none;
  bool anyBehind = false;
  Ahead* first = nullptr;
  int32_t partition = 0;
  int64_t time = 0;
  for (const auto& [number, position] : m_positions) {
    Ahead& ahead = m_ahead[number];
    const bool isThisBehind = m_isCatchingUp && isBehind(number);
    anyBehind = anyBehind || isThisBehind;
    if (ahead.records.empty()) {
      // It may have the earliest of all.
      if (isThisBehind) return none;
      continue;
    }
    const rd_kafka_message_t& record = *ahead.records.front();
    const int64_t at = record.err == RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_message_timestamp(&record, nullptr) : -1;
    if (first && at >= time) continue;
    first = &ahead;
    partition = number;
    time = at;
  }
  m_isCatchingUp = anyBehind;
  if (!first) return none;
  KafkaRecord next = std::move(first->records.front());
  first->records.pop_front();
  first->bytes -= next->len;
  pace(partition, *first);
  return next;
}

// A partition that is far ahead of others fetches no more until they have come up.
void KafkaSource::pace(int32_t partition, Ahead& ahead) {
  const bool isFar = ahead.records.size() >= kMostAhead || ahead.bytes >= kMostBytesAhead;
  const bool isNear = ahead.records.size() < kMostAhead / 2 && ahead.bytes < kMostBytesAhead / 2;
  if (ahead.isPaused ? !isNear : !isFar) return;
  ahead.isPaused = isFar;
  auto* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, m_topic.c_str(), partition);
  if (isFar)
    rd_kafka_pause_partitions(m_client->handle(), list);
  else
    rd_kafka_resume_partitions(m_client->handle(), list);
  rd_kafka_topic_partition_list_destroy(list);
}

void KafkaSource::tellError(const rd_kafka_message_t& record) {
  const QString error = QString::fromUtf8(rd_kafka_message_errstr(&record));
  const QString hint = kafkaHint(record.err, error);
  m_link.note(error, hint);
  if (listener()) listener()->trouble(hint.isEmpty() ? error : tr("%1 (%2)").arg(error, hint));
}

void KafkaSource::take(const rd_kafka_message_t& record) {
  if (record.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    m_positions[record.partition] = record.offset;
    // What is behind it is not committed yet, and nobody waits for that.
    if (const auto end = m_catchUpTo.find(record.partition); end != m_catchUpTo.end())
      end->second = std::min(end->second, record.offset);
    return;
  }
  m_positions[record.partition] = record.offset + 1;
  // A deletion of a compacted topic: it has no row.
  if (!record.payload) return;
  ++m_messages;
  m_bytes += record.len;
  m_lastMessage = m_clock.now();
  const std::string_view payload(static_cast<const char*>(record.payload), record.len);
  const bool isText = m_isText && isUtf8(payload);
  if (m_watch) m_watch(payload, isText, false);
  if (listener()) listener()->message(payload, isText, m_lastMessage);
}

void KafkaSource::settle() {
  if (!m_client) return;
  const KafkaLink::Turn turn = m_link.hear(m_client->takeNews());
  if (turn == KafkaLink::Turn::Refused) return refuse();
  if (turn == KafkaLink::Turn::Down) {
    if (m_isAssigned) catchUp();
    enter(ConnectionState::Waiting);
  }
  const bool isBack = turn == KafkaLink::Turn::Back && state() == ConnectionState::Waiting;
  if (m_isAssigned && (isBack || state() == ConnectionState::Connecting)) opened();
}

// Up to when the question was put, there is nothing but what has been read.
void KafkaSource::ask() {
  if (!m_lookup || !m_isAssigned || m_asked) return;
  const Micros now = m_clock.now();
  m_asked = now;
  m_lookup->ends(m_positions, [this, now](const KafkaAnswer& answer) {
    // The partitions are others since.
    if (m_asked != now) return;
    if (answer.error.isEmpty()) {
      m_wantedEnds = answer.offsets;
      return answerIfCaughtUp();
    }
    // Somebody waits, and nothing else may come that would make him ask again.
    m_askTimer = m_clock.callAt(m_clock.now() + kKafkaRetry, [this] {
      m_asked.reset();
      ask();
    });
  });
}

void KafkaSource::forgetQuestion() {
  m_clock.cancel(m_askTimer);
  m_asked.reset();
  m_wantedEnds.reset();
}

void KafkaSource::answerIfCaughtUp() {
  if (!m_asked || !m_wantedEnds) return;
  for (const auto& [partition, end] : *m_wantedEnds) {
    const auto position = m_positions.find(partition);
    if (position == m_positions.end() || position->second < end) return;
  }
  const Micros asked = *m_asked;
  forgetQuestion();
  if (listener()) listener()->alive(asked);
}

void KafkaSource::decoded() {
  if (state() == ConnectionState::Open) enter(ConnectionState::Live);
}

void KafkaSource::hold(bool holds) {
  if (std::exchange(m_isHeld, holds) && !holds) drain();
}

void KafkaSource::commit() {
  if (!m_client || !m_isInGroup || m_marked.empty()) return;
  auto* const list = rd_kafka_topic_partition_list_new(static_cast<int>(m_marked.size()));
  for (const auto& [partition, offset] : std::exchange(m_marked, {}))
    if (offset >= 0) rd_kafka_topic_partition_list_add(list, m_topic.c_str(), partition)->offset = offset;
  if (list->cnt > 0) {
    // At the end somebody waits for it, but not for ever.
    if (state() != ConnectionState::Closed) {
      rd_kafka_commit(m_client->handle(), list, 1);
    } else {
      rd_kafka_queue_t* const answers = rd_kafka_queue_new(m_client->handle());
      if (rd_kafka_commit_queue(m_client->handle(), list, answers, nullptr, nullptr) == RD_KAFKA_RESP_ERR_NO_ERROR)
        if (rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, static_cast<int>(kKafkaRetry / 1000)))
          rd_kafka_event_destroy(answer);
      rd_kafka_queue_destroy(answers);
    }
  }
  rd_kafka_topic_partition_list_destroy(list);
}

// The client stays until its offsets are committed.
void KafkaSource::stop() {
  m_clock.cancel(m_timer);
  m_clock.cancel(m_catchUpTimer);
  m_isHeld = true;
  forgetQuestion();
  if (!m_isInGroup && !m_isDraining) close();
  if (!hasEnded()) enter(ConnectionState::Closed);
}

void KafkaSource::reconnect() { start(); }

void KafkaSource::fail(const QString& why, const QString& hint) {
  m_link.note(why, hint);
  refuse();
}

void KafkaSource::refuse() {
  m_clock.cancel(m_timer);
  m_clock.cancel(m_catchUpTimer);
  forgetQuestion();
  m_isHeld = true;
  if (isOpen() && listener()) listener()->lost();
  enter(ConnectionState::Refused);
}

ConnectionHealth KafkaSource::health() const {
  ConnectionHealth h;
  m_link.fill(h);
  h.messages = m_messages;
  h.bytes = m_bytes;
  h.lastMessage = m_lastMessage;
  return h;
}

}  // namespace weir
