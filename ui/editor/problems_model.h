// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.h"
#include "ui/widgets/theme.h"

namespace weir {

/// Holds what is wrong with the text that is shown, a row for each problem. The list shows it, the editor underlines
/// it, and the message bar says its first error.
class ProblemsModel final : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { kPlace, kProblem, kHint, kColumns };
  /// The byte of the text at which a row's problem begins.
  static constexpr int kOffsetRole = Qt::UserRole;
  explicit ProblemsModel(const Theme& theme, QObject* parent = nullptr)
      : QAbstractTableModel(parent), m_theme(&theme) {}

  void setTheme(const Theme& theme);
  void set(Diagnostics diagnostics, const PlaceIndex& places);
  const Diagnostics& diagnostics() const { return m_diagnostics; }
  /// Null while the text may run.
  const Diagnostic* firstError() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
  const Theme* m_theme;
  Diagnostics m_diagnostics;
  std::vector<Place> m_places;
};

}  // namespace weir
