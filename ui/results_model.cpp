// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results_model.h"

#include <QDateTime>
#include <cmath>

namespace weir {

void ResultsModel::setSchema(SchemaPtr schema) {
  beginResetModel();
  m_schema = std::move(schema);
  m_open.clear();
  m_closed.clear();
  endResetModel();
}

ResultsModel::Row ResultsModel::rowOf(const Batch& batch, size_t row, bool open) {
  Row out{batch.meta[row].at, {}, open, batch.meta[row].hasGap};
  for (const ColumnPtr& column : batch.columns) out.values.push_back(column->value(row));
  return out;
}

const ResultsModel::Row& ResultsModel::at(int row) const {
  const auto open = static_cast<int>(m_open.size());
  return row < open ? m_open[static_cast<size_t>(row)] : m_closed[static_cast<size_t>(row - open)];
}

void ResultsModel::addClosed(const Batch& batch) {
  if (batch.rows() == 0) return;
  const auto first = static_cast<int>(m_open.size());
  beginInsertRows({}, first, first + static_cast<int>(batch.rows()) - 1);
  for (size_t row = batch.rows(); row-- > 0;) m_closed.push_front(rowOf(batch, row, false));
  endInsertRows();
  const int extra = static_cast<int>(m_closed.size()) - kMostRows;
  if (extra <= 0) return;
  beginRemoveRows({}, first + kMostRows, first + kMostRows + extra - 1);
  m_closed.resize(kMostRows);
  endRemoveRows();
}

void ResultsModel::setOpen(const std::vector<BatchPtr>& batches) {
  std::vector<Row> rows;
  for (const BatchPtr& batch : batches)
    for (size_t row = 0; row < batch->rows(); ++row)
      if (batch->meta[row].isProvisional) rows.push_back(rowOf(*batch, row, true));
  const auto before = static_cast<int>(m_open.size());
  const auto after = static_cast<int>(rows.size());
  if (after > before) {
    beginInsertRows({}, before, after - 1);
    m_open = std::move(rows);
    endInsertRows();
  } else if (after < before) {
    beginRemoveRows({}, after, before - 1);
    m_open = std::move(rows);
    endRemoveRows();
  } else {
    m_open = std::move(rows);
  }
  if (after > 0) emit dataChanged(index(0, 0), index(after - 1, columnCount() - 1));
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_open.size() + m_closed.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_schema ? 0 : static_cast<int>(m_schema->fields.size()) + 2;
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Row& row = at(index.row());
  const int last = columnCount() - 1;
  const bool isState = index.column() == last;
  if (role == Qt::DisplayRole) {
    if (index.column() == 0) return QDateTime::fromMSecsSinceEpoch(row.at, Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz"));
    if (isState)
      return row.open ? QStringLiteral("○ ") + tr("open") : row.incomplete ? QStringLiteral("◇ ") + tr("incomplete") : tr("closed");
    const Value& value = row.values[static_cast<size_t>(index.column() - 1)];
    const Field& field = m_schema->fields[static_cast<size_t>(index.column() - 1)];
    if (const double* real = std::get_if<double>(&value))
      return withThousands(*real, std::fabs(*real) >= 1000 ? 2 : std::fabs(*real) >= 1 ? 4 : 6);
    return isNull(value) ? QStringLiteral("–") : QString::fromStdString(displayText(value, field.type));
  }
  if (role == Qt::ToolTipRole && index.column() > 0 && !isState) {
    const Field& field = m_schema->fields[static_cast<size_t>(index.column() - 1)];
    return QString::fromStdString(displayText(row.values[static_cast<size_t>(index.column() - 1)], field.type));
  }
  if (role == Qt::TextAlignmentRole) {
    const bool number = index.column() > 0 && !isState && isNumber(m_schema->fields[static_cast<size_t>(index.column() - 1)].type);
    return static_cast<int>(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
  }
  if (role == Qt::ForegroundRole) {
    if (isState) return row.open ? m_theme->accent : row.incomplete ? m_theme->warn : m_theme->text2;
    return row.open ? m_theme->text1 : m_theme->text2;
  }
  if (role == Qt::FontRole) return index.column() == 0 ? monoFont(12) : uiFont(12.5);
  return {};
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || !m_schema) return {};
  const int last = columnCount() - 1;
  if (role == Qt::DisplayRole) {
    if (section == 0) return tr("time (UTC)");
    if (section == last) return tr("state");
    return QString::fromStdString(m_schema->fields[static_cast<size_t>(section - 1)].name);
  }
  if (role == Qt::TextAlignmentRole && section > 0 && section < last && isNumber(m_schema->fields[static_cast<size_t>(section - 1)].type))
    return static_cast<int>(Qt::AlignVCenter | Qt::AlignRight);
  if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft);
  return {};
}

}  // namespace weir
