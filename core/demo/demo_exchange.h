// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <QWebSocketServer>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "core/net/http_listener.h"

class QWebSocket;

namespace weir {

/// A trouble on request: `kind` begins `atMs` after the start and lasts `forMs`.
struct Fault {
  QString kind;  ///< drop, silence, refuse, 401, close, garbage
  int code = 1001;
  qint64 atMs = 0;
  qint64 forMs = 5000;
};

/// Reads `drop@15s/5s,401@30s`; what cannot be read is named in `error`.
std::vector<Fault> parseFaults(const QString& text, QString* error);

/// A WebSocket server on the loopback interface that acts like Binance: `/ws/<symbol>@trade[/...]`,
/// `/stream?streams=a/b`, and `/dashboard`, which counts what it is sent. The same seed gives the same trades.
class DemoExchange final : public QObject {
  Q_OBJECT
public:
  struct Settings {
    quint16 port = 41733;
    double tradesPerSecond = 10;  ///< of each symbol
    uint64_t seed = 1;
    QStringList symbols{QStringLiteral("BTCUSDT"), QStringLiteral("ETHUSDT"), QStringLiteral("SOLUSDT")};
    std::vector<Fault> faults;
    bool anyPort = true;  ///< take a free port when the wanted one is taken
  };
  explicit DemoExchange(const Settings& settings, QObject* parent = nullptr);
  ~DemoExchange() override;

  bool start(QString* error);
  void stop();
  quint16 port() const { return m_listener.port(); }
  QString baseUrl() const { return QStringLiteral("ws://127.0.0.1:%1").arg(port()); }
  /// Tells of clients that were turned away or dropped.
  HttpListener& listener() { return m_listener; }
  /// Ends every connection, as a fault would.
  void dropAll();

  quint64 tradesSent() const { return m_tradesSent; }
  quint64 dashboardRows() const { return m_dashboardRows; }
  QByteArray lastDashboardRow() const { return m_lastDashboardRow; }

private:
  struct Market {
    QString symbol;
    double price;
    double drift;
    qint64 id;
  };
  struct Client {
    QWebSocket* socket;
    QStringList symbols;
    bool wrapped;
    bool dashboard;
  };
  void answer(QTcpSocket* socket, const QByteArray& path);
  void accept();
  void tick();
  QByteArray trade(Market& market);
  const Fault* active(const QString& kind) const;

  Settings m_settings;
  HttpListener m_listener;
  QWebSocketServer m_server;
  QTimer m_timer;
  std::mt19937_64 m_random;
  std::vector<Market> m_markets;
  std::vector<Client> m_clients;
  qint64 m_started = 0;
  double m_owed = 0;
  qint64 m_lastTick = 0;
  quint64 m_tradesSent = 0;
  quint64 m_dashboardRows = 0;
  QByteArray m_lastDashboardRow;
  std::vector<bool> m_struck;
};

/// The pipeline that the demo opens with, for an exchange at `baseUrl`.
QString demoScript(const QString& baseUrl);

}  // namespace weir
