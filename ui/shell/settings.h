// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <map>

#include "ui/cluster/cluster_choice.h"
#include "ui/widgets/theme.h"

namespace weir {

/// What the user can choose, kept with the session.
struct Settings {
  enum class Look { System, Light, Dark };
  Look look = Look::System;
  bool colourBlind = false;  ///< up and down told apart under every colour-vision deficiency
  bool localTime = false;
  bool notifyFeeds = true;   ///< a feed that was live is lost, stale or failed
  bool notifyAlerts = true;  ///< a row of a stream that is an alert
  bool keepResults = true;   ///< closed windows are kept over restarts
  static constexpr int kLeastMegabytes = 16, kMostMegabytes = 65'536;
  static constexpr int kLeastDays = 1, kMostDays = 3'650;
  int historyMegabytes = 512;
  int historyDays = 30;
  /// Keys that differ from what the program comes with, by the action's name; an empty text takes them away.
  std::map<QString, QString> keys;
  ClusterChoice cluster;  ///< where jobs go

  const Theme& theme() const;
  QJsonObject toJson() const;
  /// What is missing or makes no sense is what the program comes with.
  static Settings fromJson(const QJsonObject& json);
  bool operator==(const Settings&) const = default;
};

}  // namespace weir
