// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/demo_exchange.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QUrl>
#include <QUrlQuery>
#include <QWebSocket>
#include <algorithm>
#include <cmath>

namespace weir {

namespace {

constexpr int kTickMs = 20;
// Sockets are served between two ticks, so that only who does not read falls behind.
constexpr int kLongestTickMs = 10;
constexpr double kMostOwedSeconds = 2;

double openingPrice(const QString& symbol) {
  if (symbol == QLatin1String("BTCUSDT")) return 94200;
  if (symbol == QLatin1String("ETHUSDT")) return 3320;
  if (symbol == QLatin1String("SOLUSDT")) return 187;
  double price = 10;
  for (const QChar c : symbol) price += c.unicode();
  return price;
}

qint64 nowMs() { return QDateTime::currentMSecsSinceEpoch(); }

}  // namespace

std::vector<Fault> parseFaults(const QString& text, QString* error) {
  std::vector<Fault> faults;
  static const QRegularExpression kForm(QStringLiteral(
      "^(drop|silence|refuse|401|close|garbage)(?::(\\d+))?@(\\d+(?:\\.\\d+)?)s(?:/(\\d+(?:\\.\\d+)?)s)?$"));
  for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
    const auto match = kForm.match(part.trimmed());
    if (!match.hasMatch()) {
      if (error)
        *error =
            QObject::tr(
                "unknown fault '%1': expected drop, silence, refuse, 401, close:CODE or garbage, then @15s or @15s/5s")
                .arg(part);
      return {};
    }
    Fault fault;
    fault.kind = match.captured(1);
    if (!match.captured(2).isEmpty()) fault.code = match.captured(2).toInt();
    fault.atMs = static_cast<qint64>(match.captured(3).toDouble() * 1000);
    if (!match.captured(4).isEmpty()) fault.forMs = static_cast<qint64>(match.captured(4).toDouble() * 1000);
    faults.push_back(fault);
  }
  return faults;
}

DemoExchange::DemoExchange(const Settings& settings, QObject* parent)
    : QObject(parent),
      m_settings(settings),
      m_listener({}, {}),
      m_server(QStringLiteral("weir demo exchange"), QWebSocketServer::NonSecureMode, this),
      m_timer(this),
      m_random(settings.seed),
      m_struck(settings.faults.size(), false) {
  qint64 id = 1000000;
  for (const QString& symbol : settings.symbols)
    m_markets.push_back({symbol.toUpper(), openingPrice(symbol.toUpper()), 0, id += 1000000});
  // A server that is down: nothing answers.
  m_listener.accepts = [this] { return !active(QStringLiteral("refuse")) && !active(QStringLiteral("drop")); };
  m_listener.onRequest = [this](QTcpSocket* socket, const HttpListener::Request& request) {
    answer(socket, request.target);
  };
  connect(&m_server, &QWebSocketServer::newConnection, this, &DemoExchange::accept);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &DemoExchange::tick);
}

DemoExchange::~DemoExchange() { stop(); }

bool DemoExchange::start(QString* error) {
  if (!m_listener.listen(QHostAddress::LocalHost, m_settings.port, error) &&
      !(m_settings.anyPort && m_listener.listen(QHostAddress::LocalHost, 0, error)))
    return false;
  m_started = m_lastTick = nowMs();
  m_timer.start(kTickMs);
  return true;
}

void DemoExchange::stop() {
  m_timer.stop();
  m_listener.close();
  dropAll();
}

void DemoExchange::dropAll() {
  for (const Client& client : std::exchange(m_clients, {})) {
    client.socket->disconnect(this);
    client.socket->abort();
    client.socket->deleteLater();
  }
}

const Fault* DemoExchange::active(const QString& kind) const {
  const qint64 at = nowMs() - m_started;
  for (const Fault& fault : m_settings.faults)
    if (fault.kind == kind && at >= fault.atMs && at < fault.atMs + fault.forMs) return &fault;
  return nullptr;
}

void DemoExchange::answer(QTcpSocket* socket, const QByteArray& path) {
  if (active(QStringLiteral("401"))) return HttpListener::answer(socket, "401 Unauthorized", {});
  if (!path.startsWith("/ws/") && !path.startsWith("/stream") && !path.startsWith("/dashboard"))
    return HttpListener::answer(socket, "404 Not Found", {});
  m_listener.upgrade(socket, m_server);
}

void DemoExchange::accept() {
  while (QWebSocket* socket = m_server.nextPendingConnection()) {
    m_listener.bound(*socket);
    const QUrl url = socket->requestUrl();
    Client client{socket, {}, false, url.path().startsWith(QLatin1String("/dashboard"))};
    client.wrapped = url.path().startsWith(QLatin1String("/stream"));
    const QString names = client.wrapped ? QUrlQuery(url).queryItemValue(QStringLiteral("streams")) : url.path().mid(4);
    for (const QString& name : names.split(QLatin1Char('/'), Qt::SkipEmptyParts))
      client.symbols.append(name.section(QLatin1Char('@'), 0, 0).toUpper());
    if (client.dashboard) {
      const auto count = [this](const QByteArray& row) {
        ++m_dashboardRows;
        m_lastDashboardRow = row;
      };
      connect(socket, &QWebSocket::textMessageReceived, this, [count](const QString& text) { count(text.toUtf8()); });
      connect(socket, &QWebSocket::binaryMessageReceived, this, count);
    }
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
      m_clients.erase(
          std::remove_if(m_clients.begin(), m_clients.end(), [socket](const Client& c) { return c.socket == socket; }),
          m_clients.end());
      socket->deleteLater();
    });
    m_clients.push_back(client);
  }
}

QByteArray DemoExchange::trade(Market& market) {
  std::normal_distribution<double> noise(0, 1);
  std::exponential_distribution<double> size(1.6);
  // A price that wanders and comes back a little: alive to look at, and never far from where it began.
  const double opening = openingPrice(market.symbol);
  market.drift = market.drift * 0.97 + noise(m_random) * 0.000003;
  market.price *= 1 + market.drift + noise(m_random) * 0.00004 + (opening - market.price) / opening * 0.002;
  const double quantity = (size(m_random) + 0.001) * 2000 / opening;
  const bool sell = (m_random() & 1) != 0;
  const qint64 at = nowMs();
  const int decimals = opening > 1000 ? 2 : 3;
  return QStringLiteral(
             "{\"e\":\"trade\",\"E\":%1,\"s\":\"%2\",\"t\":%3,\"p\":\"%4\",\"q\":\"%5\",\"T\":%6,\"m\":%7,\"M\":true}")
      .arg(at)
      .arg(market.symbol)
      .arg(++market.id)
      .arg(market.price, 0, 'f', decimals)
      .arg(quantity, 0, 'f', 5)
      .arg(at)
      .arg(sell ? QLatin1String("true") : QLatin1String("false"))
      .toUtf8();
}

void DemoExchange::tick() {
  const qint64 now = nowMs();
  // After a sleep the market goes on, and does not make up for it.
  m_owed = std::min(m_owed + static_cast<double>(now - m_lastTick) / 1000 * m_settings.tradesPerSecond,
                    std::max(1.0, kMostOwedSeconds * m_settings.tradesPerSecond));
  m_lastTick = now;
  for (size_t i = 0; i < m_settings.faults.size(); ++i) {
    const Fault& fault = m_settings.faults[i];
    if (m_struck[i] || now - m_started < fault.atMs) continue;
    m_struck[i] = true;
    if (fault.kind == QLatin1String("close")) {
      for (const Client& client : m_clients)
        client.socket->close(static_cast<QWebSocketProtocol::CloseCode>(fault.code));
    } else if (fault.kind != QLatin1String("silence") && fault.kind != QLatin1String("garbage")) {
      dropAll();
    }
  }
  const bool silent = active(QStringLiteral("silence")) != nullptr;
  const bool garbage = active(QStringLiteral("garbage")) != nullptr;
  QElapsedTimer since;
  since.start();
  while (m_owed >= 1 && since.elapsed() < kLongestTickMs) {
    m_owed -= 1;
    for (Market& market : m_markets) {
      const QByteArray plain = trade(market);
      if (silent) continue;
      for (const Client& client : m_clients) {
        if (client.dashboard || !client.symbols.contains(market.symbol) || m_listener.isBehind(*client.socket))
          continue;
        ++m_tradesSent;
        if (garbage)
          client.socket->sendTextMessage(QStringLiteral("{\"e\":\"trade\",\"p\":"));
        else if (client.wrapped)
          client.socket->sendTextMessage(QStringLiteral("{\"stream\":\"%1@trade\",\"data\":%2}")
                                             .arg(market.symbol.toLower(), QString::fromUtf8(plain)));
        else
          client.socket->sendTextMessage(QString::fromUtf8(plain));
      }
    }
  }
  std::vector<QWebSocket*> behind;
  for (const Client& client : m_clients)
    if (m_listener.isBehind(*client.socket)) behind.push_back(client.socket);
  for (QWebSocket* socket : behind) m_listener.drop(*socket);
}

QString demoScript(const QString& baseUrl) {
  return QStringLiteral(
             "-- Live VWAP from the demo exchange: F5 runs this file.\n"
             "CREATE STREAM BinanceTrades (\n"
             "  s STRING,   -- symbol\n"
             "  p STRING,   -- price\n"
             "  q STRING,   -- quantity\n"
             "  T LONG      -- trade time, ms\n"
             ") WITH (\n"
             "  type = 'source',\n"
             "  extension = 'websocket',\n"
             "  format = 'json',\n"
             "  \"websocket.url\" = '%1/ws/btcusdt@trade/ethusdt@trade/solusdt@trade'\n"
             ");\n"
             "\n"
             "-- Rows written here go to the exchange's dashboard, which counts them.\n"
             "CREATE STREAM Dashboard (\n"
             "  symbol STRING, vwap DOUBLE, sigma DOUBLE, volume DOUBLE, trades LONG, window_end LONG\n"
             ") WITH (\n"
             "  type = 'sink',\n"
             "  extension = 'websocket',\n"
             "  format = 'json',\n"
             "  \"websocket.url\" = '%1/dashboard',\n"
             "  \"websocket.reconnect.max.attempts\" = '-1'\n"
             ");\n"
             "\n"
             "-- Volume-weighted average price, a window a second\n"
             "SELECT\n"
             "  s AS symbol,\n"
             "  SUM(CAST(p AS DOUBLE) * CAST(q AS DOUBLE))\n"
             "    / SUM(CAST(q AS DOUBLE)) AS vwap,\n"
             "  VWAP_STDDEV(CAST(p AS DOUBLE), CAST(q AS DOUBLE)) AS sigma,\n"
             "  SUM(CAST(q AS DOUBLE)) AS volume,\n"
             "  COUNT(*) AS trades,\n"
             "  event_timestamp() AS window_end\n"
             "FROM BinanceTrades\n"
             "WINDOW TUMBLING(1 sec)\n"
             "GROUP BY s\n"
             "INSERT INTO Dashboard;\n"
             "\n"
             "-- The same over ten seconds\n"
             "SELECT\n"
             "  s AS symbol,\n"
             "  SUM(CAST(p AS DOUBLE) * CAST(q AS DOUBLE)) / SUM(CAST(q AS DOUBLE)) AS vwap,\n"
             "  SUM(CAST(q AS DOUBLE)) AS total_volume,\n"
             "  window_has_gap() AS has_gap\n"
             "FROM BinanceTrades\n"
             "WINDOW TUMBLING(10 sec)\n"
             "GROUP BY s\n"
             "INSERT INTO TradeStats;\n")
      .arg(baseUrl);
}

}  // namespace weir
