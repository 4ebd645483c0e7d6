// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/result_history.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>
#include <algorithm>
#include <chrono>
#include <map>

#include "core/base/private_file.h"
#include "core/formats/decoder.h"

namespace weir {

namespace {

constexpr auto kCommitEvery = std::chrono::milliseconds(500);
constexpr size_t kMostWaiting = 500'000;
constexpr int kFormat = 1;

}  // namespace

/// The open file. Every call belongs to the history's thread.
class ResultHistory::File {
public:
  File(QString path, const Limits& limits, std::function<void(const QString&)> tell)
      : m_path(std::move(path)),
        m_limits(limits),
        m_tell(std::move(tell)),
        m_name(QStringLiteral("history-%1").arg(reinterpret_cast<quintptr>(this))) {
    if (open()) return;
    const QString why = m_error;
    // A file that is locked, newer, or on a disk that fails is whole: it is not touched.
    const QString aside = m_isBroken ? setAside() : QString();
    close();
    if (!aside.isEmpty() && open()) {
      m_tell(tr("The history of results could not be read (%1). It was set aside as %2, and a new one begins.")
                 .arg(why, QFileInfo(aside).fileName()));
      return;
    }
    close();
    m_tell(tr("Results are not kept over restarts: %1 cannot be used (%2).")
               .arg(m_path, m_error.isEmpty() ? why : m_error));
  }
  ~File() { close(); }

  bool isOpen() const { return m_database.isOpen(); }

  void write(const std::deque<Item>& items) {
    if (!isOpen() || items.empty()) return;
    m_database.transaction();
    QSqlQuery insert(m_database);
    insert.prepare(QStringLiteral("INSERT INTO rows (stream, at, arrival, incomplete, row) VALUES (?, ?, ?, ?, ?)"));
    bool good = true;
    std::string text;
    for (const Item& item : items) {
      const qint64 stream = idOf(item.key);
      good = good && stream >= 0;
      for (size_t row = 0; row < item.batch->rows() && good; ++row) {
        const RowMeta& meta = item.batch->meta[row];
        if (meta.isProvisional) continue;
        text.clear();
        appendJsonRow(text, *item.batch, row);
        insert.bindValue(0, stream);
        insert.bindValue(1, static_cast<qint64>(meta.at));
        insert.bindValue(2, static_cast<qint64>(meta.arrival));
        insert.bindValue(3, meta.hasGap ? 1 : 0);
        insert.bindValue(4, QString::fromStdString(text));
        good = insert.exec();
      }
    }
    if (good && m_database.commit()) {
      m_told = false;
      bound();
      return;
    }
    const QString why = good ? m_database.lastError().text() : insert.lastError().text();
    m_database.rollback();
    m_ids.clear();  // what the transaction named is gone with it
    if (!std::exchange(m_told, true))
      m_tell(tr("Results could not be kept (%1). What is shown is not touched by it.").arg(why));
  }

  std::vector<BatchPtr> read(const Request& request) {
    std::vector<BatchPtr> out;
    if (!isOpen()) return out;
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    query.prepare(
        QStringLiteral("SELECT at, arrival, incomplete, row FROM (SELECT id, at, arrival, incomplete, row FROM rows "
                       "WHERE stream = ? AND at < ?"
                       " ORDER BY at DESC, id DESC LIMIT ?) ORDER BY at, id"));
    query.addBindValue(idOf(request.key));
    query.addBindValue(static_cast<qint64>(request.before));
    query.addBindValue(request.most);
    if (!query.exec()) {
      m_tell(tr("The history of %1 could not be read: %2")
                 .arg(QString::fromStdString(request.key.stream), query.lastError().text()));
      return out;
    }
    const std::unique_ptr<Decoder> decoder = makeDecoder({}, request.schema);
    BatchBuilder rows(request.schema);
    constexpr size_t kBatch = 4096;
    while (query.next()) {
      RowMeta meta;
      meta.at = query.value(0).toLongLong();
      meta.arrival = query.value(1).toLongLong();
      meta.hasGap = query.value(2).toInt() != 0;
      meta.isWindowEnd = true;
      decoder->decode(query.value(3).toString().toStdString(), meta, rows);
      if (rows.rows() >= kBatch) out.push_back(rows.take());
    }
    if (rows.rows() > 0) out.push_back(rows.take());
    return out;
  }

private:
  static QString tr(const char* text) { return ResultHistory::tr(text); }

  // Out of the way of what comes, with its log, without which its last rows are lost, for whoever wants to rescue it.
  // All three files go or none: a log beside another database would be played into it. Before the database is closed,
  // because closing removes the log. Returns the new name, or an empty text.
  QString setAside() const {
    const QString first = m_path + QStringLiteral(".broken-") +
                          QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString aside = first;
    for (int number = 2; QFile::exists(aside); ++number) aside = first + QStringLiteral("-%1").arg(number);
    QStringList moved;
    for (const char* end : {"-wal", "-shm", ""}) {
      const QString from = m_path + QLatin1String(end);
      if (!QFile::exists(from)) continue;
      if (QFile::rename(from, aside + QLatin1String(end))) {
        moved << QLatin1String(end);
        continue;
      }
      for (const QString& back : moved) QFile::rename(aside + back, m_path + back);
      return {};
    }
    return aside;
  }

  bool failed(const QSqlError& error) {
    constexpr int kCorrupt = 11, kNotADatabase = 26, kPrimaryCode = 0xFF;
    const int code = error.nativeErrorCode().toInt() & kPrimaryCode;
    m_isBroken = code == kCorrupt || code == kNotADatabase;
    m_error = error.text();
    return false;
  }

  bool run(const QString& statement) {
    QSqlQuery query(m_database);
    return query.exec(statement) || failed(query.lastError());
  }

  bool open() {
    m_error.clear();
    m_isBroken = false;
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
    m_database.setDatabaseName(m_path);
    // Another window may be writing.
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    // Its log and its index take its rights.
    makePrivate(QFile::encodeName(m_path).toStdString());
    if (!m_database.open()) return failed(m_database.lastError());
    if (!run(QStringLiteral("PRAGMA auto_vacuum = INCREMENTAL")) || !run(QStringLiteral("PRAGMA journal_mode = WAL")) ||
        !run(QStringLiteral("PRAGMA synchronous = NORMAL")))
      return false;
    QSqlQuery check(m_database);
    if (!check.exec(QStringLiteral("PRAGMA quick_check(1)")) || !check.next()) return failed(check.lastError());
    if (check.value(0).toString() != QLatin1String("ok")) {
      m_isBroken = true;
      m_error = check.value(0).toString();
      return false;
    }
    check.finish();
    QSqlQuery version(m_database);
    const int format =
        version.exec(QStringLiteral("PRAGMA user_version")) && version.next() ? version.value(0).toInt() : -1;
    version.finish();
    if (format > kFormat) {
      m_error = tr("a newer version of Weir has written it");
      return false;
    }
    return run(QStringLiteral("CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                              "identity TEXT NOT NULL, UNIQUE (name, identity))")) &&
           run(QStringLiteral(
               "CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, at INTEGER NOT NULL, "
               "arrival INTEGER NOT NULL, incomplete INTEGER NOT NULL, row TEXT NOT NULL)")) &&
           run(QStringLiteral("CREATE INDEX IF NOT EXISTS rows_of_stream ON rows (stream, at)")) &&
           run(QStringLiteral("PRAGMA user_version = %1").arg(kFormat));
  }

  void close() {
    m_ids.clear();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
  }

  qint64 idOf(const HistoryKey& key) {
    const auto known = m_ids.find({key.stream, key.identity});
    if (known != m_ids.end()) return known->second;
    const QString name = QString::fromStdString(key.stream);
    const QString identity = QString::number(key.identity, 16);
    QSqlQuery insert(m_database);
    insert.prepare(QStringLiteral("INSERT OR IGNORE INTO streams (name, identity) VALUES (?, ?)"));
    insert.addBindValue(name);
    insert.addBindValue(identity);
    insert.exec();
    QSqlQuery find(m_database);
    find.prepare(QStringLiteral("SELECT id FROM streams WHERE name = ? AND identity = ?"));
    find.addBindValue(name);
    find.addBindValue(identity);
    const qint64 id = find.exec() && find.next() ? find.value(0).toLongLong() : -1;
    if (id >= 0) m_ids[{key.stream, key.identity}] = id;
    return id;
  }

  qint64 number(const QString& pragma) {
    QSqlQuery query(m_database);
    return query.exec(pragma) && query.next() ? query.value(0).toLongLong() : 0;
  }

  // Not with every commit: counting pages is cheap, deleting rows is not.
  void bound() {
    constexpr int kCommitsBetween = 60;
    if (++m_commits % kCommitsBetween != 1) return;
    const qint64 oldest = QDateTime::currentDateTimeUtc().addDays(-m_limits.days).toMSecsSinceEpoch() * 1000;
    run(QStringLiteral("DELETE FROM rows WHERE id <= (SELECT COALESCE(MAX(id), -1) FROM (SELECT id, arrival FROM rows "
                       "ORDER BY id LIMIT 100000) WHERE arrival < %1)")
            .arg(oldest));
    const qint64 page = number(QStringLiteral("PRAGMA page_size"));
    const auto used = [&] {
      return (number(QStringLiteral("PRAGMA page_count")) - number(QStringLiteral("PRAGMA freelist_count"))) * page;
    };
    for (int i = 0; i < 20 && used() > m_limits.bytes; ++i)
      run(QStringLiteral("DELETE FROM rows WHERE id < (SELECT MIN(id) + MAX(1, COUNT(*) / 10) FROM rows)"));
    run(QStringLiteral("PRAGMA incremental_vacuum"));
  }

  const QString m_path;
  const Limits m_limits;
  std::function<void(const QString&)> m_tell;
  const QString m_name;
  QSqlDatabase m_database;
  QString m_error;
  bool m_isBroken = false;  ///< m_error is of a file that is no database, or no longer one
  std::map<std::pair<std::string, uint64_t>, qint64> m_ids;
  bool m_told = false;
  int m_commits = 0;
};

ResultHistory::ResultHistory(const QString& file, const Limits& limits, QObject* parent)
    : QObject(parent), m_path(file), m_limits(limits) {
  m_thread.reset(QThread::create([this] { work(); }));
  m_thread->setObjectName(QStringLiteral("weir-history"));
  m_thread->start();
}

ResultHistory::~ResultHistory() {
  {
    const std::lock_guard lock(m_mutex);
    m_ending = true;
  }
  m_wake.notify_all();
  m_thread->wait();
}

void ResultHistory::add(const HistoryKey& key, const BatchPtr& batch) {
  const std::lock_guard lock(m_mutex);
  m_items.push_back({key, batch});
  m_waitingRows += batch->rows();
  while (m_waitingRows > kMostWaiting && m_items.size() > 1) {
    m_waitingRows -= m_items.front().batch->rows();
    m_droppedRows += m_items.front().batch->rows();
    m_items.pop_front();
  }
}

void ResultHistory::load(const HistoryKey& key, const SchemaPtr& schema, int64_t before, int most, Loaded then) {
  {
    const std::lock_guard lock(m_mutex);
    m_requests.push_back({key, schema, before, most, std::move(then)});
  }
  m_wake.notify_all();
}

void ResultHistory::work() {
  File file(m_path, m_limits, [this](const QString& text) { emit problem(text); });
  for (;;) {
    std::unique_lock lock(m_mutex);
    m_wake.wait_for(lock, kCommitEvery, [this] { return m_ending || !m_requests.empty(); });
    const std::deque<Item> items = std::exchange(m_items, {});
    std::deque<Request> requests = std::exchange(m_requests, {});
    const uint64_t dropped = std::exchange(m_droppedRows, 0);
    const bool ending = m_ending;
    m_waitingRows = 0;
    lock.unlock();
    if (dropped > 0)
      emit problem(
          tr("%n rows were not kept in the history: the disk is too slow.", nullptr, static_cast<int>(dropped)));
    // What is read may be what was just written.
    file.write(items);
    for (Request& request : requests) request.then(file.read(request));
    if (ending) return;
  }
}

}  // namespace weir
