// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/problems_model.h"

#include <algorithm>

namespace weir {

void ProblemsModel::setTheme(const Theme& theme) {
  m_theme = &theme;
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1), {Qt::ForegroundRole});
}

void ProblemsModel::set(Diagnostics diagnostics, const PlaceIndex& places) {
  beginResetModel();
  m_diagnostics = std::move(diagnostics);
  m_places.clear();
  for (const Diagnostic& d : m_diagnostics) m_places.push_back(places.placeOf(d.span.begin));
  endResetModel();
}

const Diagnostic* ProblemsModel::firstError() const {
  const auto found = std::find_if(m_diagnostics.begin(), m_diagnostics.end(),
                                  [](const Diagnostic& d) { return d.severity == Severity::Error; });
  return found == m_diagnostics.end() ? nullptr : &*found;
}

int ProblemsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_diagnostics.size());
}

int ProblemsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant ProblemsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const auto row = static_cast<size_t>(index.row());
  const Diagnostic& d = m_diagnostics[row];
  if (role == kOffsetRole) return d.span.begin;
  if (role == Qt::ForegroundRole && index.column() == kProblem)
    return d.severity == Severity::Error ? m_theme->error : m_theme->warn;
  if (role != Qt::DisplayRole) return {};
  if (index.column() == kPlace) return QStringLiteral("%1:%2").arg(m_places[row].line).arg(m_places[row].column);
  return QString::fromStdString(index.column() == kProblem ? d.message : d.hint);
}

QVariant ProblemsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  const QString names[] = {tr("Line"), tr("Problem"), tr("Hint")};
  return section >= 0 && section < kColumns ? names[section] : QVariant();
}

}  // namespace weir
