// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "ui/results/result_block.h"
#include "ui/widgets/theme.h"

namespace weir {

/// The rows of one stream, newest first: open windows on top, closed ones beneath. Keeps the last 100,000. With keys a
/// row takes the place of the one before it of the same key and window; without, every row is kept. Times are shown as
/// times, and the numbers of a column all with as many decimals as tell its least one.
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
  /// `keys` are the columns that name the group; nothing: a log. Rows of `windowed` streams carry their window's end.
  void setSchema(SchemaPtr schema, std::optional<std::vector<size_t>> keys = std::nullopt, bool windowed = false);
  /// Which rows it keeps, in words.
  QString keeps() const;
  /// The column that says when a row was, which belongs first.
  int timeColumn() const;
  void addClosed(const ResultBlock& block);
  void setOpen(const ResultBlock& block);
  /// Rows from before those that are there, oldest first.
  void addOlder(const ResultBlock& block);
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
    ResultRowPtr row;
    bool open = false;
  };
  /// How the values of a field are written.
  struct Writing {
    bool isTime = false;
    int decimals = 2;
    int needed = 0;    ///< decimals that the values have
    double least = 0;  ///< magnitude of the least value that is not 0; 0: there was none
  };
  enum class Part { Time, Field, State };
  Part partOf(int column) const;
  size_t fieldOf(int column) const { return static_cast<size_t>(column - (m_hasTime ? 1 : 0)); }
  bool isTime(int column) const;
  Qt::AlignmentFlag alignmentOf(int column) const;
  static std::string keyOf(const ResultRow& row);
  const Row& at(int row) const;
  QVariant valueAs(int role, const Row& row, int column) const;
  QString shown(const Row& row, int column) const;
  QString timeText(int64_t at) const;
  void learn(const ResultRow& row);
  void tellWritings();

  const Theme* m_theme;
  SchemaPtr m_schema;
  std::vector<Writing> m_writings;  ///< by field
  bool m_hasTime = true;            ///< in a column of its own: no field has it
  bool m_windowed = false;
  bool m_isFirst = true;  ///< no row has been seen
  bool m_writingsChanged = false;
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
