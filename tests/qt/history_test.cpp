// SPDX-License-Identifier: GPL-3.0-or-later
// The file of finished windows: what comes back, what a crash loses, and what happens to a file that is broken.
#include <sys/resource.h>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <future>

#include "core/session/result_history.h"

using namespace weir;

namespace {

const SchemaPtr kSchema =
    std::make_shared<Schema>(Schema{{{"symbol", Type::String}, {"vwap", Type::Double}, {"id", Type::Long}}});
const HistoryKey kKey{"Stats", 0xFEDCBA9876543210ULL};

BatchPtr rows(int from, int count, Micros arrival = -1) {
  BatchBuilder builder(kSchema);
  for (int i = from; i < from + count; ++i) {
    builder.column(0).appendText("BTC \"ü\"");
    if (i % 5 == 4)
      builder.column(1).appendNull();
    else
      builder.column(1).appendReal(0.1 * i);
    builder.column(2).appendInteger(9'007'199'254'740'993LL + i);
    RowMeta meta;
    meta.at = 1000LL * i;
    meta.arrival = arrival >= 0 ? arrival : QDateTime::currentMSecsSinceEpoch() * 1000;
    meta.isWindowEnd = true;
    meta.hasGap = i % 2 == 1;
    builder.finishRow(meta);
  }
  return builder.take();
}

std::vector<BatchPtr> loaded(ResultHistory& history, const HistoryKey& key = kKey, int64_t before = INT64_MAX,
                             int most = 1'000'000) {
  std::promise<std::vector<BatchPtr>> promise;
  auto future = promise.get_future();
  history.load(key, kSchema, before, most,
               [&](std::vector<BatchPtr> batches) { promise.set_value(std::move(batches)); });
  return future.get();
}

size_t countOf(const std::vector<BatchPtr>& batches) {
  size_t count = 0;
  for (const BatchPtr& batch : batches) count += batch->rows();
  return count;
}

}  // namespace

class HistoryTest final : public QObject {
  Q_OBJECT

private slots:
  void rowsComeBackAsTheyWere() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("r.sqlite"));
    {
      ResultHistory history(file, {});
      history.add(kKey, rows(0, 10));
      history.add({"Stats", 1}, rows(0, 3));
      BatchBuilder provisional(kSchema);
      provisional.column(0).appendText("x");
      provisional.column(1).appendReal(1);
      provisional.column(2).appendInteger(1);
      RowMeta open;
      open.isProvisional = true;
      provisional.finishRow(open);
      history.add(kKey, provisional.take());
    }
    ResultHistory history(file, {});
    const auto back = loaded(history);
    QCOMPARE(countOf(back), size_t{10});
    const Batch& batch = *back.front();
    QCOMPARE(std::get<std::string>(batch.columns[0]->value(3)), std::string("BTC \"ü\""));
    QCOMPARE(batch.columns[1]->number(3), 0.1 * 3);
    QVERIFY(batch.columns[1]->isNull(4));
    QCOMPARE(batch.columns[2]->integer(3), qint64{9'007'199'254'740'996LL});
    QVERIFY(batch.meta[3].hasGap && !batch.meta[2].hasGap);
    QCOMPARE(batch.meta[3].at, int64_t{3000});
    // The newest before a time, in order; a query that has changed has a history of its own.
    const auto two = loaded(history, kKey, 5000, 2);
    QCOMPARE(countOf(two), size_t{2});
    QCOMPARE(two.front()->meta[0].at, int64_t{3000});
    QCOMPARE(countOf(loaded(history, {"Stats", 1})), size_t{3});
    QCOMPARE(countOf(loaded(history, {"Stats", 2})), size_t{0});
  }

  // What lies on the disk a second later is what a crash at that moment leaves.
  void aCrashLosesASecondAtMost() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("r.sqlite"));
    ResultHistory history(file, {});
    history.add(kKey, rows(0, 1000));
    QTest::qWait(1000);
    const QString copy = folder.filePath(QStringLiteral("copy.sqlite"));
    QVERIFY(QFile::copy(file, copy));
    QFile::copy(file + QStringLiteral("-wal"), copy + QStringLiteral("-wal"));
    ResultHistory after(copy, {});
    QCOMPARE(countOf(loaded(after)), size_t{1000});
  }

  void aBrokenFileIsSetAside_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("no database") << 0;
    QTest::newRow("truncated") << 1;
    QTest::newRow("overwritten within") << 2;
  }

  void aBrokenFileIsSetAside() {
    QFETCH(int, kind);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("r.sqlite"));
    {
      ResultHistory history(path, {});
      history.add(kKey, rows(0, 20'000));
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    if (kind == 0) file.resize(0), file.write(QByteArray(5000, 'x'));
    if (kind == 1) file.resize(file.size() / 2 + 100);
    if (kind == 2) {
      file.seek(4096);
      file.write(QByteArray(static_cast<qsizetype>(file.size()) - 8192, '\xA5'));
    }
    file.close();
    QFile log(path + QStringLiteral("-wal"));
    QVERIFY(log.open(QIODevice::WriteOnly));
    log.write("the last rows");
    log.close();
    ResultHistory history(path, {});
    QSignalSpy problems(&history, &ResultHistory::problem);
    QCOMPARE(countOf(loaded(history)), size_t{0});
    QTRY_COMPARE(problems.size(), 1);
    QVERIFY2(problems[0][0].toString().contains(QLatin1String("set aside")), qPrintable(problems[0][0].toString()));
    QStringList aside = QDir(folder.path()).entryList({QStringLiteral("r.sqlite.broken-*")});
    QCOMPARE(aside.filter(QRegularExpression(QStringLiteral("-wal$"))).size(), 1);
    aside = aside.filter(QRegularExpression(QStringLiteral("\\d$")));
    QCOMPARE(aside.size(), 1);
    history.add(kKey, rows(0, 7));
    QCOMPARE(countOf(loaded(history)), size_t{7});
  }

  // A newer program's rows are not the older one's to move.
  void aNewerFileIsLeftAlone() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("r.sqlite"));
    {
      ResultHistory history(path, {});
      history.add(kKey, rows(0, 10));
    }
    const auto setFormat = [&](char format) {
      // PRAGMA user_version is the word at byte 60, its last byte last.
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(63));
      QVERIFY(file.putChar(format));
    };
    setFormat(99);
    {
      ResultHistory history(path, {});
      QSignalSpy problems(&history, &ResultHistory::problem);
      QCOMPARE(countOf(loaded(history)), size_t{0});
      QTRY_COMPARE(problems.size(), 1);
      QVERIFY2(problems[0][0].toString().contains(QLatin1String("newer version")),
               qPrintable(problems[0][0].toString()));
    }
    QVERIFY(QDir(folder.path()).entryList({QStringLiteral("r.sqlite.broken-*")}).isEmpty());
    setFormat(1);
    ResultHistory history(path, {});
    QCOMPARE(countOf(loaded(history)), size_t{10});
  }

  void itIsBoundedBySizeAndAge() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("r.sqlite"));
    const Micros old = (QDateTime::currentMSecsSinceEpoch() - 40LL * 86'400'000) * 1000;
    {
      ResultHistory history(path, {});
      history.add(kKey, rows(0, 1000, old));
      history.add(kKey, rows(1000, 50));
    }
    {
      ResultHistory history(path, {512LL * 1024 * 1024, 30});
      history.add(kKey, rows(2000, 1));
      QCOMPARE(countOf(loaded(history)), size_t{51});
    }
    ResultHistory history(path, {1024 * 1024, 30});
    history.add(kKey, rows(3000, 40'000));
    const auto left = loaded(history);
    QVERIFY(countOf(left) > 1000);
    QVERIFY(countOf(left) < 30'000);
    // The newest are the ones that stay.
    QCOMPARE(left.back()->meta.back().at, int64_t{42'999'000});
    QVERIFY(QFileInfo(path).size() < 8 * 1024 * 1024);
  }

  void aPlaceThatCannotBeWrittenIsSaid() {
    ResultHistory history(QStringLiteral("/dev/null/weir/r.sqlite"), {});
    QSignalSpy problems(&history, &ResultHistory::problem);
    history.add(kKey, rows(0, 10));
    QCOMPARE(countOf(loaded(history)), size_t{0});
    QTRY_COMPARE(problems.size(), 1);
    QVERIFY(problems[0][0].toString().contains(QLatin1String("not kept over restarts")));
  }

  // A limit on the size of files acts like a disk that is full.
  void aFullDiskIsSaidOnceAndCostsNothingElse() {
    QTemporaryDir folder;
    ResultHistory history(folder.filePath(QStringLiteral("r.sqlite")), {});
    QSignalSpy problems(&history, &ResultHistory::problem);
    history.add(kKey, rows(0, 10));
    QCOMPARE(countOf(loaded(history)), size_t{10});
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit tight = before;
    tight.rlim_cur = 200'000;
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
    for (int i = 1; i <= 3; ++i) {
      history.add(kKey, rows(i * 10'000, 10'000));
      loaded(history);
    }
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
    QTRY_COMPARE(problems.size(), 1);
    QVERIFY(problems[0][0].toString().contains(QLatin1String("could not be kept")));
    // Once there is room again, it goes on.
    history.add(kKey, rows(90'000, 5));
    QVERIFY(countOf(loaded(history)) >= 15);
  }
};

QTEST_GUILESS_MAIN(HistoryTest)
#include "history_test.moc"
