// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/connection.h"

#include <QObject>
#include <QRandomGenerator>
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/net/failure_text.h"
#include "core/net/url_parts.h"
#include "core/wire/frame_writer.h"

namespace weir {

using Event = ConnectionMachine::Event;
using Action = ConnectionMachine::Action;

namespace {

// Reading the clock costs a thirtieth of a message. Of those that lay in the socket together, so many share an instant:
// they have come before it anyway. Once the event loop has turned, the next one reads the clock.
constexpr int kMessagesToAnInstant = 16;

// A timer that comes so late was due while the program slept. What then lies in the socket is read within a second.
constexpr Micros kCameLate = 500'000;
constexpr Micros kReadAfterSleep = 1'000'000;

}  // namespace

Connection::Connection(ConnectionSettings settings, Clock& clock, TransportFactory transports)
    : m_settings(std::move(settings)),
      m_clock(clock),
      m_machine(m_settings.backoff),
      m_transports(std::move(transports)) {
  m_since = clock.now();
  const UrlParts parts = urlParts(m_settings.url);
  const auto& headers = m_settings.headers;
  const bool isGiven = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first.compare("Authorization", Qt::CaseInsensitive) == 0;
  });
  if (!parts.authorization.isEmpty() && !isGiven) m_settings.addHeader("Authorization", parts.authorization);
  if (m_settings.dialogue)
    m_dialogue = std::make_unique<Dialogue>(*m_settings.dialogue, clock, static_cast<Dialogue::Peer&>(*this));
  if (m_settings.compression != Compression::None) m_inflater = std::make_unique<Inflater>(m_settings.compression);
  m_settings.hide(parts.password);
  m_settings.hide(QString::fromUtf8(QByteArray::fromPercentEncoding(parts.password.toUtf8())));
}

Connection::~Connection() {
  cancelTimers();
  m_clock.cancel(m_retryTimer);
  drop();
}

void Connection::start() { handle(Event::Start); }

void Connection::validateConnectivity(std::function<void(const QString& error)> done) {
  m_validated = std::move(done);
  start();
}

void Connection::reconnectNow() {
  m_clock.cancel(m_retryTimer);
  if (isOpen()) {
    lose(QObject::tr("reconnecting on request"));
    m_clock.cancel(m_retryTimer);
  }
  handle(Event::Start);
}

void ConnectionSettings::hide(const QString& secret) {
  constexpr qsizetype kShortestSecret = 6;
  if (secret.size() >= kShortestSecret && !secrets.contains(secret)) secrets << secret;
}

void ConnectionSettings::addHeader(const QByteArray& header, const QByteArray& value) {
  headers.append({header, value});
  hide(QString::fromUtf8(value));
  for (const QByteArray& word : value.split(' ')) hide(QString::fromUtf8(word));
}

void Connection::demand() { handle(Event::Demand); }

void Connection::stop(const QString& why, const QString& hint) {
  const bool wasOpen = isOpen();
  if (!why.isEmpty()) setError(why, hint);
  if (wasOpen) m_transport->close();
  // Whoever waits for a proof of this connection waits no longer.
  if (wasOpen && onLost) onLost();
  handle(Event::Stop);
}

void Connection::decoded() {
  if (m_machine.state() == ConnectionState::Live) return;
  handle(Event::Decoded);
  m_error.clear();
  m_hint.clear();
}

void Connection::rowPassed(bool isWhole) {
  if (m_hasPassedRow) return;
  if (isWhole) {
    m_hasPassedRow = true;
    return handle(Event::Passed);
  }
  // An error message may fill a column. But a connection that outlives the longest delay needs no slowing down.
  if (m_stayTimer != TimerId::None) return;
  m_stayTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.backoff.maxDelayMs), [this] { rowPassed(true); });
}

bool Connection::isOpen() const {
  return m_isUp && (m_machine.state() == ConnectionState::Open || m_machine.state() == ConnectionState::Live);
}

bool Connection::hasEnded() const {
  const ConnectionState s = m_machine.state();
  return s == ConnectionState::Refused || s == ConnectionState::GaveUp || s == ConnectionState::Closed;
}

int64_t Connection::bytesToWrite() const { return m_isUp ? m_transport->waiting() : 0; }

int64_t Connection::bytesHanded() const { return m_transport ? m_transport->written() : 0; }

int64_t Connection::bytesGone() const { return m_transport ? m_transport->gone() : 0; }

bool Connection::send(const QByteArray& payload, bool asText) {
  if (!isOpen() || !m_transport->takesMessages()) return false;
  if (onFrame) onFrame(payload, asText, true);
  return m_transport->send(payload, asText);
}

void Connection::handle(Event event, FailureKind kind) {
  const ConnectionState before = m_machine.state();
  const double random = m_settings.backoff.jitter > 0 ? QRandomGenerator::global()->generateDouble() : 0;
  const Action action = m_machine.handle(event, kind, random);
  if (m_machine.state() != before) m_since = m_clock.now();
  act(action);
  if (m_validated && m_machine.state() != ConnectionState::Connecting && m_machine.state() != ConnectionState::Idle)
    std::exchange(m_validated, nullptr)(isOpen() ? QString() : m_error);
  else if (m_validated && action == Action::Sleep)
    std::exchange(m_validated, nullptr)(m_error);
  if ((m_machine.state() != before || action != Action::None) && onStateChanged) onStateChanged();
}

void Connection::act(Action action) {
  switch (action) {
    case Action::None: break;
    case Action::Connect: open(); break;
    case Action::Wait:
      m_nextTry = m_clock.now() + fromMillis(m_machine.delayMs());
      m_retryTimer = m_clock.callAt(m_nextTry, [this] { handle(Event::RetryDue); });
      break;
    case Action::Drop:
    case Action::Finish:
    case Action::Sleep:
      m_clock.cancel(m_retryTimer);
      drop();
      break;
  }
}

void Connection::open() {
  drop();
  m_hasPassedRow = false;
  m_readAgainIn = 0;
  m_before.clear();
  m_connectTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.connectTimeoutMs), [this] { timedOut(); });
  if (m_settings.dialogue && m_settings.dialogue->before) return ask(*m_settings.dialogue->before);
  connectTransport();
}

// Asks by HTTP for what the connection needs.
void Connection::ask(const DialogueSettings::Before& before) {
  const TemplateValues values{.now = m_clock.now(), .each = m_settings.dialogue->each, .number = 1};
  HttpRequest::What what{before.method, {}, {}, {}};
  const auto made = [&](const MessageTemplate& text, std::string& out) {
    const Result<MadeMessage> result = text.make(values);
    if (result) out = result->text;
    return result.ok();
  };
  bool isWhole = made(before.url, what.url) && (!before.body || made(*before.body, what.body));
  for (const auto& [name, value] : before.headers) {
    what.headers.emplace_back(name, std::string());
    isWhole = isWhole && made(value, what.headers.back().second);
  }
  if (!isWhole) return fail({FailureKind::Refused, QObject::tr("the request before it cannot be made"), {}});
  m_isUp = true;
  m_request = std::make_unique<HttpRequest>(m_settings);
  m_request->onAnswer = [this](std::string answer) {
    m_before = std::move(answer);
    // It is told from its own call.
    m_clock.cancel(m_connectTimer);
    m_connectTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.connectTimeoutMs), [this] { timedOut(); });
    connectTransport();
  };
  m_request->onFailure = [this](const Failure& failure) { fail(failure); };
  m_request->start(what);
}

void Connection::connectTransport() {
  TransportSettings target = m_settings;
  if (const DialogueSettings* const dialogue = m_settings.dialogue.get()) {
    const TemplateValues values{.now = m_clock.now(), .before = m_before, .each = dialogue->each, .number = 1};
    const auto made = [&](const MessageTemplate& text) -> std::optional<QString> {
      // What was asked for is as secret as what it was asked with.
      for (const std::string& path : text.beforePaths())
        if (const auto parsed = MessagePath::parse(path))
          m_settings.hide(QString::fromStdString(parsed->text(m_before).value_or("")));
      const Result<MadeMessage> result = text.make(values);
      if (result) return QString::fromStdString(result->text);
      fail({FailureKind::Retryable, QString::fromStdString(result.diagnostics().front().message), {}});
      return std::nullopt;
    };
    if (dialogue->url) {
      const auto url = made(*dialogue->url);
      if (!url) return;
      if (const QString why = urlTrouble(*url); !why.isEmpty()) return fail({FailureKind::Retryable, why, {}});
      target.url = *url;
    }
    for (const auto& [name, value] : dialogue->headers) {
      const auto text = made(value);
      if (!text) return;
      if (text->contains(QLatin1Char('\n')) || text->contains(QLatin1Char('\r')))
        return fail({FailureKind::Retryable,
                     QObject::tr("the header %1 has a line end").arg(QString::fromStdString(name)),
                     {}});
      target.headers.append({QByteArray::fromStdString(name), text->toUtf8()});
    }
  }
  m_transport = m_transports(target, *this);
  m_isUp = true;
  m_transport->open(target);
}

void Connection::drop() {
  cancelTimers();
  if (m_dialogue) m_dialogue->end();
  m_request.reset();
  m_kept.clear();
  m_keptBytes = 0;
  if (std::exchange(m_isUp, false) && m_transport) m_transport->abort();
}

void Connection::timedOut() {
  setError(QObject::tr("Connection to WebSocket %1 timed out after %2 seconds")
               .arg(m_settings.shownUrl)
               .arg(static_cast<double>(m_settings.connectTimeoutMs) / 1000),
           QLatin1String(kHintTimeout));
  drop();
  handle(Event::Failed);
}

void Connection::opened(const QString& subprotocol) {
  m_clock.cancel(m_connectTimer);
  if (!m_settings.subprotocol.isEmpty() && subprotocol != m_settings.subprotocol)
    return fail(failureOfNoSubprotocol(m_settings.subprotocol));
  if (m_dialogue) return m_dialogue->begin(m_before);
  openingDone();
}

void Connection::say(const MadeMessage& message) {
  const QByteArray payload = QByteArray::fromStdString(message.text);
  const QByteArray shown = QByteArray::fromStdString(message.shown);
  if (!m_isUp || !m_transport->takesMessages()) return;
  if (onFrame) onFrame(shown, !m_settings.saysBinary, true);
  if (onSaid) onSaid(shown, !m_settings.saysBinary);
  m_transport->send(payload, !m_settings.saysBinary);
}

void Connection::openingDone() {
  handle(Event::HandshakeDone);
  // What was sent may have broken the socket.
  if (!m_isUp) return;
  schedulePing();
  scheduleIdle();
  if (onOpen) onOpen();
  m_keptBytes = 0;
  for (const auto& [payload, isText] : std::exchange(m_kept, {}))
    if (isOpen() && onMessage) onMessage(payload, isText);
}

// An attempt that never was open has failed; what was open is lost.
void Connection::dialogueFailed(const std::string& why, const std::string& said) {
  Failure failure{FailureKind::Retryable, QString::fromStdString(why), {}};
  if (const QString words = shown(QString::fromStdString(said)); !words.isEmpty())
    failure.cause = QObject::tr("%1: %2").arg(failure.cause, words);
  if (isOpen())
    lose(failure);
  else
    fail(failure);
}

void Connection::dialogueTrouble(const std::string& what) {
  if (onTrouble) onTrouble(QString::fromStdString(what));
}

void Connection::written() {
  if (onWritten) onWritten();
}

void Connection::failed(HandshakeFailure kind, const QString& cause) {
  fail(failureOfHandshake(kind, cause, m_settings.subprotocol));
}

void Connection::fail(const Failure& failure) {
  setError(QObject::tr("Failed to connect to WebSocket %1: %2").arg(m_settings.shownUrl, failure.cause), failure.hint);
  drop();
  handle(Event::Failed, failure.kind);
}

void Connection::lost(const TransportLoss& loss) {
  Failure failure = failureOfLoss(loss, m_settings.maxMessageBytes);
  // What a server says ahead of its close is why it closes; one that was content said nothing of the kind.
  const bool mayBeSaid = loss.by != TransportLoss::By::Flood && !m_hasPassedRow;
  const QString words = !m_kept.empty() ? QString::fromUtf8(m_kept.back().first) : lastWords ? lastWords() : QString();
  if (const QString said = mayBeSaid ? shown(words) : QString(); !said.isEmpty())
    failure.cause = QObject::tr("%1 (the server said: %2)").arg(failure.cause, said);
  lose(failure);
}

void Connection::lose(const Failure& failure) {
  if (!isOpen()) return fail(failure);
  setError(QObject::tr("Lost WebSocket %1: %2").arg(m_settings.shownUrl, failure.cause), failure.hint);
  drop();
  if (onLost) onLost();
  handle(Event::Lost, failure.kind);
}

void Connection::lose(const QString& cause) { lose({FailureKind::Retryable, cause, {}}); }

void Connection::received(const QByteArray& borrowed, bool isText) {
  QByteArray payload = borrowed;
  if (m_inflater && !isText && !decompress(payload)) return;
  ++m_messages;
  m_bytes += static_cast<uint64_t>(borrowed.size());
  if (m_readAgainIn-- == 0) {
    m_lastMessage = m_clock.now();
    m_readAgainIn = kMessagesToAnInstant - 1;
  }
  // What looks on keeps the payload, which is only borrowed.
  if (onFrame) onFrame(QByteArray(payload.constData(), payload.size()), isText, false);
  if (m_dialogue) {
    const Dialogue::Heard heard = m_dialogue->heard({payload.constData(), static_cast<size_t>(payload.size())});
    if (heard != Dialogue::Heard::Data) return;
    if (!isOpen()) return keep(payload, isText);
  }
  if (onMessage) onMessage(payload, isText);
}

// Returns false when the connection is lost by it. What cannot be decompressed is judged by whoever reads the feed.
bool Connection::decompress(QByteArray& payload) {
  const auto most = static_cast<size_t>(m_settings.maxMessageBytes);
  const std::string_view bytes(payload.constData(), static_cast<size_t>(payload.size()));
  switch (m_inflater->inflateWhole(bytes, most, m_inflated)) {
    case Inflater::Outcome::Done:
      payload = QByteArray::fromRawData(m_inflated.data(), static_cast<qsizetype>(m_inflated.size()));
      return true;
    case Inflater::Outcome::Broken: return true;
    case Inflater::Outcome::TooLarge: break;
  }
  lost({TransportLoss::By::Weir, close_code::kTooLarge,
        QObject::tr("a message is larger than that when it is decompressed")});
  return false;
}

// A server that talks before the connection is open is heard once it is.
void Connection::keep(const QByteArray& payload, bool isText) {
  constexpr qsizetype kMostKept = 64 << 20;
  m_keptBytes += payload.size();
  if (m_keptBytes > kMostKept)
    return fail({FailureKind::Retryable, QObject::tr("more than 64 MB came before the opening was done"), {}});
  m_kept.emplace_back(QByteArray(payload.constData(), payload.size()), isText);
}

void Connection::turned() { m_readAgainIn = 0; }

void Connection::schedulePing() {
  if (m_settings.pingIntervalMs <= 0) return;
  m_pingTimer = m_clock.callAt(m_clock.now() + fromMillis(m_settings.pingIntervalMs), [this] {
    if (!isOpen()) return;
    ping();
    schedulePing();
  });
}

void Connection::ask() {
  if (m_settings.pingIntervalMs > 0 && isOpen() && m_unanswered.empty()) ping();
}

void Connection::ping() {
  const Micros now = m_clock.now();
  m_transport->ping(QByteArray::number(static_cast<qlonglong>(now)));
  // The oldest unanswered ping counts, however often more are sent.
  m_unanswered.push_back(now);
  if (m_unanswered.size() == 1) awaitPong();
}

void Connection::answered(const QByteArray& ping) {
  if (m_unanswered.empty()) return;
  bool isNumber = false;
  const Micros claimed = ping.toLongLong(&isNumber);
  // An answer covers what was asked before it. One that names nothing we sent is for the oldest.
  const auto known = std::find(m_unanswered.begin(), m_unanswered.end(), isNumber ? claimed : m_unanswered.front());
  const Micros asked = known == m_unanswered.end() ? m_unanswered.front() : *known;
  while (!m_unanswered.empty() && m_unanswered.front() <= asked) m_unanswered.pop_front();
  m_pingMs = static_cast<double>(m_clock.now() - asked) / 1000;
  awaitPong();
  if (onAlive) onAlive(asked);
}

void Connection::awaitPong() {
  m_clock.cancel(m_pongTimer);
  m_pongTimer = TimerId::None;
  if (m_unanswered.empty()) return;
  const Micros due = m_unanswered.front() + fromMillis(m_settings.pingTimeoutMs);
  m_pongTimer = m_clock.callAt(due, [this, due] {
    if (m_clock.now() - due < kCameLate) return pongOverdue();
    // The program has slept: the answer may lie in the socket.
    m_pongTimer = m_clock.callAt(m_clock.now() + std::min(kReadAfterSleep, fromMillis(m_settings.pingTimeoutMs)),
                                 [this] { pongOverdue(); });
  });
}

void Connection::pongOverdue() {
  lose(QObject::tr("no answer to a ping in %1 s").arg(static_cast<double>(m_settings.pingTimeoutMs) / 1000));
}

void Connection::scheduleIdle() {
  if (m_settings.idleTimeoutMs <= 0) return;
  const Micros last = std::max(m_lastMessage, m_since);
  const Micros due = std::max(last + fromMillis(m_settings.idleTimeoutMs), m_idleNotBefore);
  m_idleTimer = m_clock.callAt(due, [this, due] {
    const Micros now = m_clock.now();
    // After a sleep, what lies in the socket is read first.
    if (now - due >= kCameLate) m_idleNotBefore = now + kReadAfterSleep;
    if (now >= m_idleNotBefore && now - std::max(m_lastMessage, m_since) >= fromMillis(m_settings.idleTimeoutMs))
      lose(QObject::tr("no message in %1 s").arg(static_cast<double>(m_settings.idleTimeoutMs) / 1000));
    else
      scheduleIdle();
  });
}

void Connection::cancelTimers() {
  m_unanswered.clear();
  for (TimerId* timer : {&m_connectTimer, &m_pingTimer, &m_pongTimer, &m_idleTimer, &m_stayTimer}) {
    m_clock.cancel(*timer);
    *timer = TimerId::None;
  }
}

// A server may repeat what it was sent, and what comes from it stays on its line.
QString ConnectionSettings::masked(QString text) const {
  for (const QString& secret : secrets) text.replace(secret, QStringLiteral("***"));
  return QString::fromStdString(oneLine(text.toStdString()));
}

QString Connection::shown(const QString& said) const {
  constexpr qsizetype kMostShown = 200;
  const QString text = m_settings.masked(said.trimmed());
  return text.size() <= kMostShown ? text : text.left(kMostShown) + QStringLiteral("…");
}

void Connection::setError(const QString& text, const QString& hint) {
  m_error = m_settings.masked(text);
  m_hint = hint;
  ++m_errors;
}

ConnectionHealth Connection::health() const {
  ConnectionHealth h;
  h.name = m_settings.name;
  h.url = m_settings.shownUrl;
  h.state = m_machine.state();
  h.since = m_since;
  h.attempt = m_machine.attempt();
  h.maxAttempts = m_settings.backoff.maxAttempts;
  h.nextTry = m_nextTry;
  h.error = m_error;
  h.hint = m_hint;
  h.errors = m_errors;
  h.messages = m_messages;
  h.bytes = m_bytes;
  h.lastMessage = m_lastMessage;
  h.pingMs = m_pingMs;
  h.insecure = m_settings.insecure;
  return h;
}

}  // namespace weir
