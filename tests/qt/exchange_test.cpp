// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that act like the exchanges: acks, heartbeats, arrays, replayed trades, forced disconnects. The shipped
// example of each must compute the VWAP that the trades sent really have.
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <cmath>

#include "core/bind/checker.h"
#include "core/session/live_run.h"
#include "tests/support/tested_transport.h"

using namespace weir;

namespace {

struct Trade {
  int64_t id;
  double price;
  double size;
  int64_t ms;  ///< after the start
};

/// What an exchange says; `trades` is sent in two halves with a loss between them.
struct Manners {
  const char* example;
  QStringList greeting;  ///< on connect
  QString subscription;  ///< a part of what the client must send before anything comes
  QStringList ack;       ///< on the subscription
  QStringList noise;     ///< among the trades
  std::function<QStringList(const Trade&, int64_t)> trade;  ///< messages of one trade at an instant
  bool answersPing = false;
  /// Sends the newest trade again under this type right after the subscription, as Coinbase does.
  QString lastAs = {};
};

constexpr int64_t kStart = 1'700'000'000'000;

std::vector<Trade> trades() {
  std::vector<Trade> out;
  for (int i = 0; i < 60; ++i)
    out.push_back({1000 + i, 42000 + (i * 37 % 100) / 4.0, 0.25 + (i * 13 % 40) / 8.0, i * 400});
  return out;
}

QString iso(int64_t ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs); }

/// The fixture: after half of the trades it drops the connection; the next client gets the last three of them again
/// and then the rest.
class Exchange final : public QObject {
public:
  explicit Exchange(Manners manners)
      : m_manners(std::move(manners)),
        m_server(QStringLiteral("x"), QWebSocketServer::NonSecureMode),
        m_trades(trades()) {
    if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
    connect(&m_server, &QWebSocketServer::newConnection, this, &Exchange::accept);
  }
  QString url() const { return QStringLiteral("ws://127.0.0.1:%1").arg(m_server.serverPort()); }
  int connections() const { return m_connections; }
  int pongs() const { return m_pongs; }
  /// Answers to protocol pings, and clients that were cut for what they did or did not send.
  int protocolPongs() const { return m_protocolPongs; }
  const QStringList& cuts() const { return m_cuts; }

private:
  static constexpr int kSubscribeWithinMs = 1000;
  static constexpr int kMostMessagesASecond = 40;

  void cut(QWebSocket* socket, const QString& why) {
    m_cuts << why;
    socket->close(QWebSocketProtocol::CloseCodePolicyViolated, why);
  }
  void accept() {
    QWebSocket* socket = m_server.nextPendingConnection();
    socket->setParent(this);
    ++m_connections;
    for (const QString& text : m_manners.greeting) socket->sendTextMessage(text);
    // Exchanges ping and cut who does not answer, who does not subscribe in time, and who talks too much.
    connect(socket, &QWebSocket::pong, this, [this] { ++m_protocolPongs; });
    QTimer::singleShot(0, socket, [socket] { socket->ping("are you there"); });
    if (!m_manners.subscription.isEmpty())
      QTimer::singleShot(kSubscribeWithinMs, socket, [this, socket] {
        if (!socket->property("subscribed").toBool()) cut(socket, QStringLiteral("no subscription"));
      });
    if (m_manners.subscription.isEmpty()) QTimer::singleShot(0, socket, [this, socket] { play(socket); });
    connect(socket, &QWebSocket::textMessageReceived, this, [this, socket](const QString& text) {
      const int said = socket->property("said").toInt() + 1;
      socket->setProperty("said", said);
      if (said > kMostMessagesASecond) return cut(socket, QStringLiteral("too many messages"));
      if (text == QLatin1String("ping")) {
        ++m_pongs;
        socket->sendTextMessage(QStringLiteral("pong"));
      } else if (text.contains(QLatin1String("\"ping\""))) {
        ++m_pongs;
        socket->sendTextMessage(QStringLiteral(R"({"success":true,"ret_msg":"pong","op":"ping"})"));
      } else if (!m_manners.subscription.isEmpty() && text.contains(m_manners.subscription)) {
        socket->setProperty("subscribed", true);
        for (const QString& ack : m_manners.ack) socket->sendTextMessage(ack);
        play(socket);
      }
    });
  }
  void play(QWebSocket* socket) {
    const bool first = m_connections == 1;
    const size_t half = m_trades.size() / 2;
    const size_t from = first ? 0 : half - 3;
    const size_t to = first ? half : m_trades.size();
    if (!m_manners.lastAs.isEmpty()) {
      const Trade& seen = m_trades[first ? 0 : half - 1];
      for (QString text : m_manners.trade(seen, kStart + seen.ms))
        socket->sendTextMessage(
            text.replace(QStringLiteral("\"match\""), QLatin1Char('"') + m_manners.lastAs + QLatin1Char('"')));
    }
    for (size_t i = from; i < to; ++i) {
      for (const QString& text : m_manners.trade(m_trades[i], kStart + m_trades[i].ms)) socket->sendTextMessage(text);
      if (i % 7 == 0)
        for (const QString& text : m_manners.noise) socket->sendTextMessage(text);
    }
    if (first) {
      QTimer::singleShot(150, socket, [socket] {
        socket->close(QWebSocketProtocol::CloseCodeGoingAway, QStringLiteral("maintenance"));
      });
      return;
    }
    // A trade far ahead closes every window before it.
    const Trade last{9999, 1, 1, 60'000};
    for (const QString& text : m_manners.trade(last, kStart + last.ms)) socket->sendTextMessage(text);
  }

  Manners m_manners;
  QWebSocketServer m_server;
  std::vector<Trade> m_trades;
  int m_connections = 0;
  int m_pongs = 0;
  int m_protocolPongs = 0;
  QStringList m_cuts;
};

}  // namespace

class ExchangeTest final : public QObject {
  Q_OBJECT

private slots:
  void vwapIsRight_data() {
    QTest::addColumn<int>("which");
    for (size_t i = 0; i < manners().size(); ++i) QTest::newRow(manners()[i].example) << static_cast<int>(i);
  }

  void vwapIsRight() {
    QFETCH(int, which);
    const Manners m = manners()[static_cast<size_t>(which)];
    Exchange exchange(m);
    QFile file(QStringLiteral(WEIR_SOURCE "/resources/examples/") + QLatin1String(m.example));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QString sql = QString::fromUtf8(file.readAll());
    static const QRegularExpression kUrl(QStringLiteral("wss://[^']*"));
    sql.replace(kUrl, exchange.url());
    sql.replace(QRegularExpression(QStringLiteral("heartbeat.interval.ms\" = '\\d+'")),
                QStringLiteral("heartbeat.interval.ms\" = '50'"));
    sql.replace(QStringLiteral("type = 'source',"),
                QStringLiteral("type = 'source',\n  \"websocket.reconnect.delay.ms\" = '50',"));
    BoundResult checked = checkScript(overTestedTransport(sql));
    for (const Diagnostic& d : checked.diagnostics) QVERIFY2(d.severity != Severity::Error, d.message.c_str());
    const auto run = *LiveRun::create(std::move(checked.script), {});
    struct Window {
      double vwap, volume;
      int64_t count;
      bool incomplete;
    };
    std::map<int64_t, Window> got;
    run->pipeline().tap("Vwap", [&](const BatchPtr& batch) {
      for (size_t row = 0; row < batch->rows(); ++row)
        got[batch->meta[row].at] = {batch->columns[1]->real(row), batch->columns[2]->real(row),
                                    batch->columns[3]->integer(row), batch->columns[4]->integer(row) != 0};
    });
    run->start();
    std::map<int64_t, std::array<double, 3>> wanted;
    for (const Trade& t : trades()) {
      auto& w = wanted[((kStart + t.ms) / 10'000 + 1) * 10'000];
      w[0] += t.price * t.size;
      w[1] += t.size;
      w[2] += 1;
    }
    QTRY_COMPARE_WITH_TIMEOUT(got.size(), wanted.size(), 5000);
    QCOMPARE(exchange.connections(), 2);
    bool anyGap = false;
    for (const auto& [end, w] : wanted) {
      QVERIFY(got.contains(end));
      QVERIFY(std::fabs(got[end].vwap - w[0] / w[1]) < 1e-9 * got[end].vwap);
      QVERIFY(std::fabs(got[end].volume - w[1]) < 1e-9);
      QCOMPARE(got[end].count, static_cast<int64_t>(w[2]));
      anyGap = anyGap || got[end].incomplete;
    }
    QVERIFY(anyGap);
    const SourceCounters& c = run->source(QStringLiteral("Trades"))->intake().counters();
    QCOMPARE(c.messages, c.decoded + c.rejected + c.control);
    QCOMPARE(c.rows, c.passed + c.duplicates + c.noEventTime + c.controlRecords);
    QCOMPARE(c.rejected, uint64_t{0});
    // An ack that shares a member with the trades is a row without a time.
    QVERIFY(c.control + c.controlRecords + c.noEventTime > 0 || m.ack.isEmpty());
    if (m.answersPing) QTRY_VERIFY(exchange.pongs() > 0);
    QVERIFY(exchange.protocolPongs() > 0);
    QCOMPARE(exchange.cuts(), QStringList());
    bool done = false;
    run->stop([&] { done = true; });
    QTRY_VERIFY(done);
  }

private:
  static const std::vector<Manners>& manners() {
    static const std::vector<Manners> kAll = {
        {"binance.sql",
         {},
         {},
         {},
         {QStringLiteral(R"({"result":null,"id":1})")},
         [](const Trade& t, int64_t at) {
           return QStringList{
               QStringLiteral(
                   R"({"stream":"btcusdt@trade","data":{"e":"trade","E":%1,"s":"BTCUSDT","t":%2,"p":"%3","q":"%4","T":%1,"m":true,"M":true}})")
                   .arg(at)
                   .arg(t.id)
                   .arg(t.price, 0, 'f', 2)
                   .arg(t.size, 0, 'f', 3)};
         },
         false},
        {"coinbase.sql",
         {},
         QStringLiteral("\"matches\""),
         {QStringLiteral(R"({"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD"]}]})")},
         {QStringLiteral(
             R"({"type":"heartbeat","last_trade_id":0,"sequence":90,"time":"2023-11-14T22:13:20.000000Z"})")},
         [](const Trade& t, int64_t at) {
           return QStringList{
               QStringLiteral(
                   R"({"type":"match","trade_id":%1,"sequence":50,"maker_order_id":"x","time":"%2","product_id":"BTC-USD","size":"%3","price":"%4","side":"sell"})")
                   .arg(t.id)
                   .arg(iso(at))
                   .arg(t.size, 0, 'f', 3)
                   .arg(t.price, 0, 'f', 2)};
         },
         false,
         QStringLiteral("last_match")},
        {"kraken.sql",
         {QStringLiteral(
             R"({"channel":"status","type":"update","data":[{"version":"2.0.0","system":"online","api_version":"v2","connection_id":13834774380200032777}]})")},
         QStringLiteral("\"trade\""),
         {QStringLiteral(R"({"method":"subscribe","result":{"channel":"trade","symbol":"BTC/USD"},"success":true})")},
         {QStringLiteral(R"({"channel":"heartbeat"})")},
         [](const Trade& t, int64_t at) {
           return QStringList{
               QStringLiteral(
                   R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":%1,"qty":%2,"ord_type":"limit","trade_id":%3,"timestamp":"%4"}]})")
                   .arg(t.price, 0, 'f', 2)
                   .arg(t.size, 0, 'f', 3)
                   .arg(t.id)
                   .arg(iso(at))};
         },
         false},
        {"okx.sql",
         {},
         QStringLiteral("\"trades\""),
         {QStringLiteral(
             R"({"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT"},"connId":"a4d3ae55"})")},
         {},
         [](const Trade& t, int64_t at) {
           return QStringList{
               QStringLiteral(
                   R"({"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"%1","px":"%2","sz":"%3","side":"buy","ts":"%4"}]})")
                   .arg(t.id)
                   .arg(t.price, 0, 'f', 2)
                   .arg(t.size, 0, 'f', 3)
                   .arg(at)};
         },
         true},
        {"bybit.sql",
         {},
         QStringLiteral("publicTrade"),
         {QStringLiteral(R"({"success":true,"ret_msg":"","conn_id":"2324d924","op":"subscribe"})")},
         {},
         [](const Trade& t, int64_t at) {
           return QStringList{
               QStringLiteral(
                   R"({"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":%1,"data":[{"T":%1,"s":"BTCUSDT","S":"Buy","v":"%2","p":"%3","L":"PlusTick","i":"%4","BT":false}]})")
                   .arg(at)
                   .arg(t.size, 0, 'f', 3)
                   .arg(t.price, 0, 'f', 2)
                   .arg(t.id)};
         },
         true},
        {"bitfinex.sql",
         {QStringLiteral(R"({"event":"info","version":2,"serverId":"x","platform":{"status":1}})")},
         QStringLiteral("\"trades\""),
         {QStringLiteral(
             R"({"event":"subscribed","channel":"trades","chanId":17,"symbol":"tBTCUSD","pair":"BTCUSD"})")},
         {QStringLiteral(R"([17,"hb"])")},
         [](const Trade& t, int64_t at) {
           const QString body = QStringLiteral("[%1,%2,%3,%4]")
                                    .arg(t.id)
                                    .arg(at)
                                    .arg(t.id % 2 ? t.size : -t.size, 0, 'f', 3)
                                    .arg(t.price, 0, 'f', 2);
           return QStringList{QStringLiteral(R"([17,"te",%1])").arg(body), QStringLiteral(R"([17,"tu",%1])").arg(body)};
         },
         false},
    };
    return kAll;
  }
};

QTEST_GUILESS_MAIN(ExchangeTest)
#include "exchange_test.moc"
