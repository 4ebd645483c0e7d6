// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results_model.h"

#include <QDateTime>
#include <cmath>

#include "core/base/text.h"

namespace weir {

void ResultsModel::setSchema(SchemaPtr schema, std::optional<std::vector<size_t>> keys) {
  beginResetModel();
  m_schema = std::move(schema);
  m_open.clear();
  m_closed.clear();
  m_seen = 0;
  m_keys = std::move(keys);
  m_index.clear();
  m_numbered = 0;
  endResetModel();
}

void ResultsModel::setFullPrecision(bool full) {
  m_fullPrecision = full;
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ResultsModel::setLocalTime(bool local) {
  m_localTime = local;
  emit headerDataChanged(Qt::Horizontal, 0, 0);
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, 0));
}

QVariant ResultsModel::valueAs(int role, const Row& row, int column) const {
  const bool isState = column == columnCount() - 1;
  if (column == 0) {
    const QString iso = QDateTime::fromMSecsSinceEpoch(row.at, Qt::UTC).toString(Qt::ISODateWithMs);
    if (role == kSortRole) return static_cast<qlonglong>(row.at);
    if (role == kNameRole) return QStringLiteral("\"time\"");
    return role == kJsonRole ? QLatin1Char('"') + iso + QLatin1Char('"') : iso;
  }
  if (isState) {
    const QString state = row.open ? QStringLiteral("open") : row.incomplete ? QStringLiteral("incomplete") : QStringLiteral("closed");
    if (role == kNameRole) return QStringLiteral("\"state\"");
    return role == kJsonRole ? QLatin1Char('"') + state + QLatin1Char('"') : state;
  }
  const auto at = static_cast<size_t>(column - 1);
  const Field& field = m_schema->fields[at];
  const Value& value = row.values[at];
  std::string text;
  switch (role) {
    case kSortRole:
      if (const double* real = std::get_if<double>(&value)) return *real;
      if (const int64_t* whole = std::get_if<int64_t>(&value)) return static_cast<qlonglong>(*whole);
      return QString::fromStdString(displayText(value, field.type));
    case kNameRole: appendJsonString(text, field.name); break;
    case kJsonRole: appendJson(text, value, field.type); break;
    default: text = displayText(value, field.type);
  }
  return QString::fromStdString(text);
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

std::string ResultsModel::keyOf(const Batch& batch, size_t row) const {
  std::string key;
  for (const size_t column : *m_keys) {
    key += displayText(batch.columns[column]->value(row), batch.columns[column]->type());
    key += '\x1f';
  }
  // Of a window's rows each window keeps one; of running aggregates the latest row counts.
  if (batch.meta[row].isWindowEnd) key += std::to_string(batch.meta[row].at);
  return key;
}

void ResultsModel::addOlder(const std::vector<BatchPtr>& batches) {
  std::vector<Row> older;
  const int64_t before = m_closed.empty() ? INT64_MAX : m_closed.back().at;
  for (auto batch = batches.rbegin(); batch != batches.rend(); ++batch)
    for (size_t row = (*batch)->rows(); row-- > 0;)
      if ((*batch)->meta[row].at < before && m_closed.size() + older.size() < kMostRows) older.push_back(rowOf(**batch, row, false));
  if (older.empty()) return;
  const int at = rowCount();
  beginInsertRows({}, at, at + static_cast<int>(older.size()) - 1);
  m_closed.insert(m_closed.end(), std::make_move_iterator(older.begin()), std::make_move_iterator(older.end()));
  endInsertRows();
}

void ResultsModel::addClosed(const Batch& batch) {
  const auto first = static_cast<int>(m_open.size());
  std::vector<Row> fresh;
  for (size_t row = 0; row < batch.rows(); ++row) {
    const bool keyed = m_keys && !m_keys->empty();
    // The open windows have their own place on top.
    if (m_keys && batch.meta[row].isProvisional) continue;
    ++m_seen;
    if (keyed) {
      const auto [known, isNew] = m_index.try_emplace(keyOf(batch, row), m_numbered + fresh.size());
      const uint64_t newest = m_numbered + fresh.size();
      if (!isNew && known->second + m_closed.size() >= newest && known->second < m_numbered) {
        const auto place = static_cast<size_t>(m_numbered - 1 - known->second);
        if (place < m_closed.size()) {
          m_closed[place] = rowOf(batch, row, false);
          const int at = first + static_cast<int>(place);
          emit dataChanged(index(at, 0), index(at, columnCount() - 1));
          continue;
        }
      }
      if (!isNew && known->second >= m_numbered) {
        fresh[static_cast<size_t>(known->second - m_numbered)] = rowOf(batch, row, false);
        continue;
      }
      known->second = newest;
    }
    fresh.push_back(rowOf(batch, row, batch.meta[row].isProvisional));
  }
  if (fresh.empty()) return;
  beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
  for (Row& row : fresh) m_closed.push_front(std::move(row));
  m_numbered += fresh.size();
  endInsertRows();
  const int extra = static_cast<int>(m_closed.size()) - kMostRows;
  if (extra <= 0) return;
  beginRemoveRows({}, first + kMostRows, first + kMostRows + extra - 1);
  m_closed.resize(kMostRows);
  endRemoveRows();
  // Keys of rows that are gone.
  if (m_index.size() > 2 * static_cast<size_t>(kMostRows))
    std::erase_if(m_index, [&](const auto& entry) { return entry.second + m_closed.size() < m_numbered; });
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
  if (role >= kSortRole && role <= kNameRole) return valueAs(role, row, index.column());
  if (role == Qt::DisplayRole) {
    if (index.column() == 0)
      return QDateTime::fromMSecsSinceEpoch(row.at, m_localTime ? Qt::LocalTime : Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz"));
    if (isState)
      return row.open ? QStringLiteral("○ ") + tr("open") : row.incomplete ? QStringLiteral("◇ ") + tr("incomplete") : tr("closed");
    const Value& value = row.values[static_cast<size_t>(index.column() - 1)];
    const Field& field = m_schema->fields[static_cast<size_t>(index.column() - 1)];
    if (const double* real = std::get_if<double>(&value); real && !m_fullPrecision)
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
    if (section == 0) return m_localTime ? tr("time (local)") : tr("time (UTC)");
    if (section == last) return tr("state");
    return QString::fromStdString(m_schema->fields[static_cast<size_t>(section - 1)].name);
  }
  if (role == Qt::TextAlignmentRole && section > 0 && section < last && isNumber(m_schema->fields[static_cast<size_t>(section - 1)].type))
    return static_cast<int>(Qt::AlignVCenter | Qt::AlignRight);
  if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft);
  return {};
}

}  // namespace weir
