// SPDX-License-Identifier: GPL-3.0-or-later
// A server with an order book of its own, whose connections break: what a query says of it after each message is what
// the server knows.
#include <QTimer>
#include <map>
#include <random>

#include "tests/qt/loopback_server.h"

using namespace weir;

namespace {

constexpr int kLosses = 50;
constexpr int kMessagesPerConnection = 40;

/// What there is to know of a book.
struct Top {
  double bid = 0;
  double ask = 0;
  double depth = 0;  ///< of the bids
  int64_t levels = 0;
  bool operator==(const Top&) const = default;
};

/// Sends its book to each client and then every change; now and then it hangs up in the midst of them.
class BookServer final : public QObject {
public:
  BookServer() {
    m_server.onClient = [this](QWebSocket* client) {
      ++connections;
      send(client, true);
      auto* changes = new QTimer(client);
      connect(changes, &QTimer::timeout, client, [this, client, changes, sent = 0]() mutable {
        // Several at once, so that messages share batches.
        for (int i = 0; i < 4; ++i) send(client, false);
        if (++sent < kMessagesPerConnection / 4) return;
        changes->stop();
        if (connections > kLosses) return;
        // What was not taken before the loss changes the book all the same.
        for (int i = 0; i < 5; ++i) change();
        if (connections % 2 == 0)
          client->abort();
        else
          client->close();
      });
      changes->start(1);
    };
  }
  quint16 port() const { return m_server.port(); }
  const Top& after(int64_t number) const { return m_after[static_cast<size_t>(number)]; }
  int64_t lastNumber() const { return static_cast<int64_t>(m_after.size()) - 1; }
  int connections = 0;

private:
  using Level = std::pair<bool, int>;  ///< bid, price

  QString row(const Level& level, double quantity, bool isSnapshot) const {
    return QStringLiteral(R"({"side":"%1","p":%2,"q":%3,"snap":%4,"u":%5})")
        .arg(level.first ? QStringLiteral("bid") : QStringLiteral("ask"))
        .arg(level.second)
        .arg(quantity)
        .arg(isSnapshot ? QStringLiteral("true") : QStringLiteral("false"))
        .arg(m_after.size());
  }
  std::pair<Level, double> change() {
    const bool isBid = m_random() % 2 == 0;
    const Level level{isBid, static_cast<int>(isBid ? 60 + m_random() % 40 : 100 + m_random() % 40)};
    const double quantity = m_random() % 3 == 0 ? 0 : static_cast<double>(m_random() % 20 + 1) / 4;
    if (quantity == 0)
      m_levels.erase(level);
    else
      m_levels[level] = quantity;
    return {level, quantity};
  }
  void send(QWebSocket* client, bool isSnapshot) {
    QStringList rows;
    if (isSnapshot) {
      // Never empty, so that there is a row to say so.
      m_levels[{true, 50}] = 1;
      for (const auto& [level, quantity] : m_levels) rows << row(level, quantity, true);
    } else {
      for (uint64_t i = m_random() % 5 + 1; i > 0; --i) {
        const auto [level, quantity] = change();
        rows << row(level, quantity, false);
      }
    }
    Top top;
    for (const auto& [level, quantity] : m_levels) {
      const auto& [isBid, price] = level;
      if (isBid) top.bid = std::max(top.bid, static_cast<double>(price));
      if (!isBid) top.ask = top.ask == 0 ? price : std::min(top.ask, static_cast<double>(price));
      if (isBid) top.depth += quantity;
    }
    top.levels = static_cast<int64_t>(m_levels.size());
    m_after.push_back(top);
    client->sendTextMessage(QLatin1Char('[') + rows.join(QLatin1Char(',')) + QLatin1Char(']'));
  }

  std::map<Level, double> m_levels;
  std::vector<Top> m_after;  ///< by the number of the message
  std::mt19937_64 m_random{7};
  Server m_server;
};

}  // namespace

class BookTest final : public QObject {
  Q_OBJECT

private slots:
  void followsTheServersBookOverLosses() {
    BookServer server;
    BoundResult checked = checkScript(overTestedTransport(
        QStringLiteral(
            "CREATE STREAM B (side STRING, p DOUBLE, q DOUBLE, snap BOOL, u LONG) WITH (type = 'source', extension = "
            "'websocket', \"websocket.url\" = 'ws://127.0.0.1:%1/', \"websocket.reconnect.delay.ms\" = '10', "
            "\"websocket.reconnect.max.delay.ms\" = '10', \"websocket.reconnect.max.attempts\" = '-1');"
            "INSERT INTO O SELECT u, MAX(p) FILTER (WHERE side = 'bid') AS bid, MIN(p) FILTER (WHERE side = 'ask') AS "
            "ask, SUM(q) FILTER (WHERE side = 'bid') AS depth, COUNT(*) AS n, window_has_gap() AS gap "
            "FROM B WINDOW BOOK(p, q, snap, side);")
            .arg(server.port())));
    QVERIFY(!hasError(checked.diagnostics));
    auto created = LiveRun::create(std::move(checked.script), {});
    QVERIFY(created.ok());
    const std::shared_ptr<LiveRun> run = *created;
    int64_t answers = 0;
    int64_t last = -1;
    int wrong = 0;
    run->pipeline().tap("O", [&](const BatchPtr& batch) {
      const auto real = [&](size_t column, size_t row) {
        return batch->columns[column]->isNull(row) ? 0 : batch->columns[column]->real(row);
      };
      for (size_t row = 0; row < batch->rows(); ++row) {
        const int64_t number = batch->columns[0]->integer(row);
        const Top got{real(1, row), real(2, row), real(3, row), batch->columns[4]->integer(row)};
        const bool hasGap = batch->columns[5]->integer(row) != 0;
        if (hasGap || number <= last || !(got == server.after(number))) ++wrong;
        last = number;
        ++answers;
      }
    });
    run->start();
    QTRY_VERIFY_WITH_TIMEOUT(server.connections == kLosses + 1, 12'000);
    QTRY_VERIFY_WITH_TIMEOUT(last == server.lastNumber() && answers > kMessagesPerConnection, 5000);
    QCOMPARE(wrong, 0);
    // Some were lost with their connections, most were not.
    QVERIFY2(answers > server.lastNumber() / 2, qPrintable(QString::number(answers)));
    QVERIFY(run->source(QStringLiteral("B"))->intake().gaps() >= kLosses);
    bool done = false;
    run->stop([&] { done = true; });
    QTRY_VERIFY(done);
  }
};

QTEST_GUILESS_MAIN(BookTest)
#include "book_test.moc"
