// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>

#include "core/data/batch.h"
#include "ui/theme.h"

namespace weir {

/// The rows of one stream, newest first: open windows on top, closed ones beneath. Keeps the last 100,000.
class ResultsModel final : public QAbstractTableModel {
  Q_OBJECT
 public:
  static constexpr int kMostRows = 100'000;
  explicit ResultsModel(const Theme& theme, QObject* parent = nullptr) : QAbstractTableModel(parent), m_theme(&theme) {}

  void setTheme(const Theme& theme) { m_theme = &theme; }
  void setSchema(SchemaPtr schema);
  void addClosed(const Batch& batch);
  void setOpen(const std::vector<BatchPtr>& batches);
  int closedRows() const { return static_cast<int>(m_closed.size()); }

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
  static Row rowOf(const Batch& batch, size_t row, bool open);
  const Row& at(int row) const;

  const Theme* m_theme;
  SchemaPtr m_schema;
  std::vector<Row> m_open;
  std::deque<Row> m_closed;  ///< newest first
};

}  // namespace weir
