// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one it was made on.
#pragma once

#include <QHostAddress>
#include <QObject>
#include <QWebSocketServer>
#include <map>
#include <memory>
#include <vector>

#include "core/feed/capture.h"
#include "core/net/http_listener.h"

class QWebSocket;

namespace weir {

/// Plays a capture as a real WebSocket server: each client gets the messages from the start, at their own pace or
/// faster. The path `/Name` gives one stream's messages, `/` all of them. A recorded loss closes the connection, and
/// the next client of that path goes on behind it.
class CaptureServer final : public QObject {
  Q_OBJECT
public:
  struct Line {
    Micros at;
    FeedEvent::Kind kind;
    std::string stream;
    QByteArray payload;
    bool isText;
  };
  /// `speed` 0 is as fast as the client takes it. `names` are those by which clients may call it, beside its addresses.
  CaptureServer(std::vector<Line> lines, double speed, const QStringList& names = {}, QObject* parent = nullptr);
  bool listen(const QHostAddress& address, quint16 port, QString* error) {
    return m_listener.listen(address, port, error);
  }
  QString url() const { return m_listener.url(QStringLiteral("ws")); }
  HttpListener& listener() { return m_listener; }
  quint64 sent() const { return m_sent; }

signals:
  void clientFinished();

private:
  struct Client;
  void accept();
  void play(const std::shared_ptr<Client>& client);

  std::vector<Line> m_lines;
  double m_speed;
  /// Where the recording goes on for a path whose client met a recorded loss.
  std::map<std::string, size_t> m_resume;
  HttpListener m_listener;
  QWebSocketServer m_server;
  quint64 m_sent = 0;
};

}  // namespace weir
