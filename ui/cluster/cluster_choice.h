// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QUrl>
#include <map>

namespace weir {

/// Where jobs go, kept with the settings.
struct ClusterChoice {
  QString kafka;    ///< brokers, HOST:PORT
  QString gateway;  ///< URL of Flink's SQL gateway
  QString jobs;     ///< URL of its JobManager; empty: at the gateway's host
  QString prefix = QStringLiteral("weir");
  int parallelism = 1;
  bool isExactlyOnce = false;
  /// By a job's name, the SQL that reads its results.
  std::map<QString, QString> readers;

  /// Empty where no Flink was chosen yet.
  QUrl jobManager() const;
  QJsonObject toJson() const;
  static ClusterChoice fromJson(const QJsonObject& json);
  bool operator==(const ClusterChoice&) const = default;
};

}  // namespace weir
