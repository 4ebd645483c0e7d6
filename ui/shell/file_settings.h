// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace weir {

/// Charts and alerts belong to the file, by its path, or by its title while it has none. Of very many files those that
/// have not run for longest are forgotten.
class FileSettings {
public:
  void setAll(const QJsonObject& all) { m_all = all; }
  const QJsonObject& all() const { return m_all; }
  /// This file runs from now on.
  void choose(const QString& file) { m_file = file; }
  QJsonObject current() const { return m_all[m_file].toObject(); }
  /// Only of a file that has run is there anything to keep.
  void keepCurrent(QJsonObject settings);

private:
  QString m_file;
  QJsonObject m_all;
};

}  // namespace weir
