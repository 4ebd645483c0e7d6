// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/file_settings.h"

#include <QDateTime>

namespace weir {

namespace {

constexpr int kMost = 100;

double usedAt(const QJsonObject::const_iterator& file) {
  return file.value().toObject()[QLatin1String("used")].toDouble();
}

}  // namespace

void FileSettings::keepCurrent(QJsonObject settings) {
  if (m_file.isEmpty()) return;
  settings[QStringLiteral("used")] = QDateTime::currentMSecsSinceEpoch();
  m_all[m_file] = settings;
  while (m_all.size() > kMost) {
    auto oldest = m_all.constBegin();
    for (auto it = m_all.constBegin(); it != m_all.constEnd(); ++it)
      if (usedAt(it) < usedAt(oldest)) oldest = it;
    m_all.remove(oldest.key());
  }
}

}  // namespace weir
