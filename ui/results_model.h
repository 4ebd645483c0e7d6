// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/data/batch.h"
#include "ui/theme.h"

namespace weir {

/// The rows of one stream, newest first: open windows on top, closed ones beneath. Keeps the last 100,000. With keys a
/// row takes the place of the one before it of the same key and window; without, every row is kept.
class ResultsModel final : public QAbstractTableModel {
  Q_OBJECT
 public:
  static constexpr int kMostRows = 100'000;
  /// Beside Qt's roles: what to sort by, the value without separators, as JSON, and the column's name as JSON.
  static constexpr int kSortRole = Qt::UserRole;
  static constexpr int kPlainRole = Qt::UserRole + 1;
  static constexpr int kJsonRole = Qt::UserRole + 2;
  static constexpr int kNameRole = Qt::UserRole + 3;
  explicit ResultsModel(const Theme& theme, QObject* parent = nullptr) : QAbstractTableModel(parent), m_theme(&theme) {}

  void setTheme(const Theme& theme) { m_theme = &theme; }
  /// `keys` are the columns that name the group; nothing: a log.
  void setSchema(SchemaPtr schema, std::optional<std::vector<size_t>> keys = std::nullopt);
  void addClosed(const Batch& batch);
  void setOpen(const std::vector<BatchPtr>& batches);
  /// Rows from before those that are there, oldest first.
  void addOlder(const std::vector<BatchPtr>& batches);
  int closedRows() const { return static_cast<int>(m_closed.size()); }
  /// Since the schema was set, forgotten ones included.
  uint64_t rowsSeen() const { return m_seen; }
  bool isFullPrecision() const { return m_fullPrecision; }
  void setFullPrecision(bool full);
  void setLocalTime(bool local);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Row {
    int64_t at;
    std::vector<Value> values;
    bool open;
    bool incomplete;
  };
  std::string keyOf(const Batch& batch, size_t row) const;
  static Row rowOf(const Batch& batch, size_t row, bool open);
  const Row& at(int row) const;
  QVariant valueAs(int role, const Row& row, int column) const;

  const Theme* m_theme;
  SchemaPtr m_schema;
  bool m_fullPrecision = false;
  bool m_localTime = false;
  uint64_t m_seen = 0;
  std::optional<std::vector<size_t>> m_keys;
  std::unordered_map<std::string, uint64_t> m_index;  ///< number of the row of a key, from the first one on
  uint64_t m_numbered = 0;
  std::vector<Row> m_open;
  std::deque<Row> m_closed;  ///< newest first
};

}  // namespace weir
