// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: add() and load() may be called on any; the file belongs to a thread of its own.
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "core/data/batch.h"

namespace weir {

/// Which stream rows belong to: those of a query that has changed are another stream's.
struct HistoryKey {
  std::string stream;
  uint64_t identity = 0;  ///< Identities::streams
  bool operator==(const HistoryKey&) const = default;
};

/// Finished windows of result streams in a SQLite file (WAL), so that a restart shows the past hours. A crash loses
/// what came within the last half second. A broken file is set aside, its log with it,
/// and another one begun; one that cannot be used now, or that is newer than the program, is left alone and nothing
/// kept.
class ResultHistory final : public QObject {
  Q_OBJECT
public:
  struct Limits {
    qint64 bytes = 512LL * 1024 * 1024;  ///< of the file; the oldest rows go first
    int days = 30;
  };
  ResultHistory(const QString& file, const Limits& limits, QObject* parent = nullptr);
  /// Writes what is left.
  ~ResultHistory() override;

  /// Rows of closed windows; provisional rows are passed over. Never blocks for long: behind a disk that is too slow
  /// the oldest rows that wait are dropped, and `problem` says so.
  void add(const HistoryKey& key, const BatchPtr& batch);
  /// The newest `most` rows before a time in ms, in the order in which they were kept.
  using Loaded = std::function<void(std::vector<BatchPtr>)>;
  /// Calls `then` on the history's own thread.
  void load(const HistoryKey& key, const SchemaPtr& schema, int64_t before, int most, Loaded then);

signals:
  void problem(const QString& text);

private:
  struct Item {
    HistoryKey key;
    BatchPtr batch;
  };
  struct Request {
    HistoryKey key;
    SchemaPtr schema;
    int64_t before;
    int most;
    Loaded then;
  };
  class File;
  void work();

  const QString m_path;
  const Limits m_limits;
  std::mutex m_mutex;
  std::condition_variable m_wake;
  std::deque<Item> m_items;
  size_t m_waitingRows = 0;
  uint64_t m_droppedRows = 0;
  std::deque<Request> m_requests;
  bool m_ending = false;
  std::unique_ptr<QThread> m_thread;
};

}  // namespace weir
