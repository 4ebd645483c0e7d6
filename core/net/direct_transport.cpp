// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/direct_transport.h"

#include <QCryptographicHash>
#include <QPointer>
#include <QRandomGenerator>
#include <QSslSocket>
#include <QTimer>
#include <utility>

#include "core/net/failure_text.h"
#include "core/net/read_pace.h"
#include "core/net/sent_count.h"
#include "core/net/socket_setup.h"
#include "core/net/url_parts.h"
#include "core/wire/handshake.h"

namespace weir {

namespace {

constexpr qsizetype kLongestHead = 64 << 10;
constexpr qint64 kMostAnswersUnsent = 1 << 20;
constexpr qint64 kMostPutOff = 4 << 20;
constexpr int kLongestGoodbyeMs = 2000;

QByteArray borrowed(std::string_view text) {
  return QByteArray::fromRawData(text.data(), static_cast<qsizetype>(text.size()));
}

std::string_view viewed(const QByteArray& bytes) { return {bytes.constData(), static_cast<size_t>(bytes.size())}; }

QByteArray newKey() {
  std::array<quint32, 4> random{};
  QRandomGenerator::system()->fillRange(random.data(), random.size());
  return QByteArray(reinterpret_cast<const char*>(random.data()), sizeof random).toBase64();
}

QByteArray acceptOf(const QByteArray& key) {
  return QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
}

HandshakeRequest requestFor(const QUrl& url, const TransportSettings& settings, const QByteArray& key) {
  HandshakeRequest request;
  request.target = url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment).toStdString();
  const QString host = url.host(QUrl::FullyEncoded);
  request.host = (host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(host) : host).toStdString();
  if (url.port() > 0) request.host += ":" + std::to_string(url.port());
  request.key = key.toStdString();
  request.subprotocol = settings.subprotocol.toStdString();
  for (const auto& [name, value] : settings.headers)
    request.headers.emplace_back(name.toStdString(), value.toStdString());
  return request;
}

// Waits until the peer has closed, so that it can read what was said, and reads nothing of what it still says.
void part(QTcpSocket* socket) {
  QObject::connect(socket, &QAbstractSocket::disconnected, socket, &QObject::deleteLater);
  QObject::connect(socket, &QIODevice::readyRead, socket, [socket] { socket->skip(socket->bytesAvailable()); });
  QTimer::singleShot(kLongestGoodbyeMs, socket, [socket] {
    socket->abort();
    socket->deleteLater();
  });
  socket->skip(socket->bytesAvailable());
  if (socket->state() == QAbstractSocket::UnconnectedState) socket->deleteLater();
}

}  // namespace

DirectTransport::DirectTransport(TransportListener& listener) : m_listener(listener) {}

DirectTransport::~DirectTransport() { abort(); }

void DirectTransport::open(const TransportSettings& settings) {
  m_settings = settings;
  const QUrl url = urlParts(settings.url).url;
  const bool isTls = url.scheme() == QLatin1String("wss");
  auto* const tls = isTls ? new QSslSocket(this) : nullptr;
  m_socket = isTls ? tls : new QTcpSocket(this);
  m_sent = std::make_unique<SentCount>(*m_socket);
  m_sent->onGone = [this] { left(); };
  if (const auto proxy = proxyFor(url, settings)) m_socket->setProxy(*proxy);
  m_readBuffer = kUsualRead;
  m_socket->setReadBufferSize(m_readBuffer);
  listen(isTls);
  const QString host = url.host(QUrl::FullyEncoded);
  if (isTls) {
    tls->setSslConfiguration(tlsOf(settings));
    tls->connectToHostEncrypted(host, static_cast<quint16>(url.port(443)));
  } else {
    m_socket->connectToHost(host, static_cast<quint16>(url.port(80)));
  }
}

void DirectTransport::listen(bool isTls) {
  connect(m_socket, &QIODevice::readyRead, this, &DirectTransport::read);
  connect(m_socket, &QAbstractSocket::disconnected, this, &DirectTransport::ended);
  connect(m_socket, &QAbstractSocket::errorOccurred, this, &DirectTransport::broke);
  if (!isTls) {
    connect(m_socket, &QAbstractSocket::connected, this, &DirectTransport::ask);
    return;
  }
  auto* const tls = static_cast<QSslSocket*>(m_socket);
  connect(tls, &QSslSocket::encrypted, this, &DirectTransport::ask);
  connect(tls, &QSslSocket::sslErrors, this, [this](const QList<QSslError>& errors) {
    if (!errors.isEmpty()) m_sslTrouble = certificateTrouble(errors.first());
  });
}

void DirectTransport::ask() {
  m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
  m_key = newKey();
  m_socket->write(QByteArray::fromStdString(requestFor(urlParts(m_settings.url).url, m_settings, m_key).text()));
}

void DirectTransport::read() {
  if (!m_socket || m_socket->bytesAvailable() <= 0) return;
  if (!m_isOpen) return readHead();
  const auto count = static_cast<size_t>(m_socket->bytesAvailable());
  const qint64 got = m_socket->read(m_reader->room(count).data(), static_cast<qint64>(count));
  if (got <= 0) return;
  m_reader->filled(static_cast<size_t>(got));
  m_listener.turned();
  readFrames();
}

void DirectTransport::readHead() {
  m_head += m_socket->readAll();
  const qsizetype line = m_head.indexOf('\n');
  const qsizetype end = m_head.indexOf("\r\n\r\n");
  // Another status is no less one for the rest of its head.
  const bool isJudged = end >= 0 || (line >= 0 && !isSwitching(viewed(m_head.first(line))));
  if (!isJudged) {
    if (m_head.size() > kLongestHead)
      fail(HandshakeFailure::Answer, QObject::tr("the answer's head is longer than %1 bytes").arg(kLongestHead));
    return;
  }
  const HandshakeVerdict verdict =
      judgedAnswer(viewed(m_head).substr(0, static_cast<size_t>(end < 0 ? m_head.size() : end)),
                   viewed(acceptOf(m_key)), m_settings.subprotocol.toStdString());
  const QString words = QString::fromStdString(verdict.words);
  switch (verdict.kind) {
    case HandshakeVerdict::Kind::Status:
      return fail(failureOfStatus(QByteArray::fromStdString(verdict.words)) ? HandshakeFailure::Status
                                                                            : HandshakeFailure::Answer,
                  words);
    case HandshakeVerdict::Kind::Subprotocol: return fail(HandshakeFailure::Subprotocol, {});
    case HandshakeVerdict::Kind::Wrong: return fail(HandshakeFailure::Answer, words);
    case HandshakeVerdict::Kind::Accepted: break;
  }
  m_reader.emplace(static_cast<size_t>(m_settings.maxMessageBytes));
  if (verdict.compresses) m_reader->expectCompression(verdict.takesOver);
  accept(std::exchange(m_head, {}).sliced(end + 4), QString::fromStdString(verdict.subprotocol));
}

void DirectTransport::accept(const QByteArray& more, const QString& subprotocol) {
  m_isOpen = true;
  const QPointer<DirectTransport> self(this);
  m_listener.opened(subprotocol);
  if (!self || !m_socket || more.isEmpty()) return;
  const auto count = static_cast<size_t>(more.size());
  std::copy_n(more.constData(), count, m_reader->room(count).data());
  m_reader->filled(count);
  readFrames();
}

void DirectTransport::readFrames() {
  const QPointer<DirectTransport> self(this);
  m_turn.start();
  while (m_socket) {
    const FrameReader::Event event = m_reader->next();
    if (event.kind == FrameReader::Kind::More) break;
    take(event);
    // Whoever listens may have done with it.
    if (!self) return;
  }
  if (!m_socket) return;
  const int64_t wanted = pacedRead(m_readBuffer, m_turn.elapsed());
  if (wanted == m_readBuffer) return;
  m_readBuffer = wanted;
  m_socket->setReadBufferSize(wanted);
}

void DirectTransport::take(const FrameReader::Event& event) {
  using Kind = FrameReader::Kind;
  switch (event.kind) {
    case Kind::More: return;
    case Kind::Text:
    case Kind::Binary: return m_listener.received(borrowed(event.payload), event.kind == Kind::Text);
    case Kind::Ping: return pinged(borrowed(event.payload));
    case Kind::Pong: return m_listener.answered(borrowed(event.payload));
    case Kind::Close: {
      const TransportLoss loss{TransportLoss::By::Server, event.code, QString::fromUtf8(borrowed(event.payload))};
      sayGoodbye(event.answer, {});
      return m_listener.lost(loss);
    }
    case Kind::Violation: {
      const TransportLoss loss{TransportLoss::By::Weir, event.code, QString::fromUtf8(borrowed(event.payload))};
      sayGoodbye(event.code, event.payload);
      return m_listener.lost(loss);
    }
  }
}

// Of pings that come faster than their answers leave, the newest alone need be answered (RFC 6455, 5.5.3).
void DirectTransport::pinged(const QByteArray& payload) {
  if (m_sent->waiting() < kMostAnswersUnsent) return write(Opcode::Pong, viewed(payload));
  m_putOff = QByteArray(payload.constData(), payload.size());
  m_putOffBytes += static_cast<qint64>(frameSize(static_cast<size_t>(payload.size())));
  if (m_putOffBytes > kMostPutOff) lose({TransportLoss::By::Flood, {}, {}});
}

void DirectTransport::left() {
  if (!m_socket) return;
  m_putOffBytes = 0;
  if (m_putOff && m_sent->waiting() < kMostAnswersUnsent) {
    const QByteArray payload = *std::exchange(m_putOff, std::nullopt);
    write(Opcode::Pong, viewed(payload));
  }
  m_listener.written();
}

void DirectTransport::broke(QAbstractSocket::SocketError error) {
  if (!m_socket) return;
  if (m_isOpen) return ended();
  const QString text = m_socket->errorString();
  const bool isTls = error == QAbstractSocket::SslHandshakeFailedError;
  // A handshake fails for other reasons too: a server without TLS, an alert. Those may pass; a certificate's do not.
  if (!m_sslTrouble.isEmpty() || (isTls && text.contains(QLatin1String("certificate"))))
    return fail(HandshakeFailure::Certificate, m_sslTrouble.isEmpty() ? text : m_sslTrouble);
  if (isTls) return fail(HandshakeFailure::Tls, text);
  if (error == QAbstractSocket::SocketTimeoutError) return fail(HandshakeFailure::Timeout, text);
  fail(HandshakeFailure::Network, text);
}

void DirectTransport::ended() {
  if (!m_socket) return;
  // Over TLS the connection may end before what came is read.
  const QPointer<DirectTransport> self(this);
  read();
  if (!self || !m_socket) return;
  if (m_isOpen)
    lose({});
  else
    fail(HandshakeFailure::Network, m_socket->errorString());
}

void DirectTransport::fail(HandshakeFailure kind, const QString& cause) {
  abort();
  m_listener.failed(kind, cause);
}

void DirectTransport::lose(const TransportLoss& loss) {
  abort();
  m_listener.lost(loss);
}

bool DirectTransport::takesMessages() const {
  return m_isOpen && m_socket && m_socket->state() == QAbstractSocket::ConnectedState;
}

bool DirectTransport::send(const QByteArray& payload, bool asText) {
  if (!takesMessages()) return false;
  write(asText ? Opcode::Text : Opcode::Binary, viewed(payload));
  return true;
}

void DirectTransport::ping(const QByteArray& payload) {
  if (takesMessages()) write(Opcode::Ping, viewed(payload));
}

void DirectTransport::write(Opcode opcode, std::string_view payload) {
  QByteArray frame(static_cast<qsizetype>(frameSize(payload.size())), Qt::Uninitialized);
  writeFrame(frame.data(), opcode, payload, nextMask());
  m_socket->write(frame);
}

// Asking the system for each would cost more than the frame.
uint32_t DirectTransport::nextMask() {
  if (m_masksUsed == m_masks.size()) {
    QRandomGenerator::system()->fillRange(m_masks.data(), static_cast<qsizetype>(m_masks.size()));
    m_masksUsed = 0;
  }
  return m_masks[m_masksUsed++];
}

// What still waits in this process when a connection is closed would go out later, when nobody counts it any more.
bool DirectTransport::isFlushed() {
  for (int64_t gone = -1; m_socket && m_sent->waiting() > 0 && gone < m_sent->gone();) {
    gone = m_sent->gone();
    m_socket->flush();
  }
  return m_socket && m_sent->waiting() == 0;
}

void DirectTransport::close() {
  if (m_socket) m_socket->disconnect(this);
  if (!takesMessages() || !isFlushed()) return abort();
  sayGoodbye(close_code::kNormal, {});
}

// The socket goes on without us until the peer has read it.
void DirectTransport::sayGoodbye(std::optional<int> code, std::string_view reason) {
  if (!takesMessages()) return abort();
  write(Opcode::Close, closePayload(code, reason));
  // A flush that fails ends the socket at once, and would tell us so.
  QTcpSocket* const socket = release();
  socket->flush();
  part(socket);
}

QTcpSocket* DirectTransport::release() {
  QTcpSocket* socket = std::exchange(m_socket, nullptr);
  socket->disconnect(this);
  socket->setParent(nullptr);
  return socket;
}

void DirectTransport::abort() {
  if (!m_socket) return;
  QTcpSocket* socket = release();
  if (m_isOpen) stopWriting(*socket);
  // It may be in the course of telling us something.
  QMetaObject::invokeMethod(
      socket,
      [socket] {
        socket->abort();
        socket->deleteLater();
      },
      Qt::QueuedConnection);
}

int64_t DirectTransport::written() const { return m_sent ? m_sent->written() : 0; }

int64_t DirectTransport::gone() const { return m_sent ? m_sent->gone() : 0; }

int64_t DirectTransport::waiting() const { return m_sent ? m_sent->waiting() : 0; }

}  // namespace weir
