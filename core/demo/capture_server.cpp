// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/capture_server.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWebSocket>

namespace weir {

namespace {

// A client that reads slowly holds its own messages back, not the memory.
constexpr qint64 kMostUnsent = 1 << 20;
constexpr int kBurst = 500;

}  // namespace

struct CaptureServer::Client {
  QWebSocket* socket = nullptr;
  std::string stream;
  size_t next = 0;
  size_t first = 0;  ///< where it began: its pace is counted from there
  QElapsedTimer since;
};

CaptureServer::CaptureServer(std::vector<Line> lines, double speed, const QStringList& names, QObject* parent)
    : QObject(parent),
      m_lines(std::move(lines)),
      m_speed(speed),
      m_listener({}, names),
      m_server(QStringLiteral("weir replay"), QWebSocketServer::NonSecureMode) {
  connect(&m_server, &QWebSocketServer::newConnection, this, &CaptureServer::accept);
  m_listener.onRequest = [this](QTcpSocket* socket, const HttpListener::Request&) {
    m_listener.upgrade(socket, m_server);
  };
}

void CaptureServer::accept() {
  while (QWebSocket* socket = m_server.nextPendingConnection()) {
    m_listener.bound(*socket);
    auto client = std::make_shared<Client>();
    client->socket = socket;
    client->stream = socket->requestUrl().path().mid(1).toStdString();
    if (const auto resume = m_resume.find(client->stream); resume != m_resume.end()) {
      client->next = resume->second;
      m_resume.erase(resume);
    }
    client->first = client->next;
    client->since.start();
    connect(socket, &QWebSocket::disconnected, this, [this, client] {
      client->socket->deleteLater();
      client->socket = nullptr;
      emit clientFinished();
    });
    play(client);
  }
}

void CaptureServer::play(const std::shared_ptr<Client>& client) {
  if (!client->socket) return;
  const Micros start = client->first < m_lines.size() ? m_lines[client->first].at : 0;
  for (int burst = 0; client->next < m_lines.size(); ++burst) {
    const Line& line = m_lines[client->next];
    const double due = m_speed > 0 ? static_cast<double>(line.at - start) / 1000 / m_speed : 0;
    const double wait = due - static_cast<double>(client->since.elapsed());
    if (wait > 0 || burst >= kBurst || client->socket->bytesToWrite() > kMostUnsent) {
      // Asked again now and then: a recording may be silent for longer than a timer runs.
      constexpr double kLongestWaitMs = 3'600'000;
      QTimer::singleShot(static_cast<int>(std::clamp(wait, 0.0, kLongestWaitMs)) + 1, this,
                         [this, client] { play(client); });
      return;
    }
    ++client->next;
    if (!client->stream.empty() && line.stream != client->stream) continue;
    if (line.kind == FeedEvent::Kind::Message) {
      if (line.isText)
        client->socket->sendTextMessage(QString::fromUtf8(line.payload));
      else
        client->socket->sendBinaryMessage(line.payload);
      ++m_sent;
    } else if (line.kind == FeedEvent::Kind::Close || line.kind == FeedEvent::Kind::Error) {
      m_resume[client->stream] = client->next;
      client->socket->close(QWebSocketProtocol::CloseCodeGoingAway,
                            QStringLiteral("the recording lost its connection here"));
      return;
    }
  }
  client->socket->close(QWebSocketProtocol::CloseCodeNormal, QStringLiteral("the recording ends here"));
}

}  // namespace weir
