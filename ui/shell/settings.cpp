// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings.h"

#include <algorithm>

namespace weir {

namespace {

const char* const kLooks[] = {"system", "light", "dark"};

}  // namespace

const Theme& Settings::theme() const {
  const bool isDark = look == Look::Dark || (look == Look::System && systemIsDark());
  return colourBlind ? colourBlindTheme(isDark) : isDark ? darkTheme() : lightTheme();
}

QJsonObject Settings::toJson() const {
  QJsonObject shortcuts;
  for (const auto& [name, text] : keys) shortcuts[name] = text;
  return {{QStringLiteral("look"), QLatin1String(kLooks[static_cast<int>(look)])},
          {QStringLiteral("colourBlind"), colourBlind},
          {QStringLiteral("localTime"), localTime},
          {QStringLiteral("notifyFeeds"), notifyFeeds},
          {QStringLiteral("notifyAlerts"), notifyAlerts},
          {QStringLiteral("keepResults"), keepResults},
          {QStringLiteral("historyMegabytes"), historyMegabytes},
          {QStringLiteral("historyDays"), historyDays},
          {QStringLiteral("keys"), shortcuts},
          {QStringLiteral("cluster"), cluster.toJson()}};
}

Settings Settings::fromJson(const QJsonObject& json) {
  Settings s;
  for (int i = 0; i < 3; ++i)
    if (json[QLatin1String("look")].toString() == QLatin1String(kLooks[i])) s.look = static_cast<Look>(i);
  s.colourBlind = json[QLatin1String("colourBlind")].toBool(s.colourBlind);
  s.localTime = json[QLatin1String("localTime")].toBool(s.localTime);
  s.notifyFeeds = json[QLatin1String("notifyFeeds")].toBool(s.notifyFeeds);
  s.notifyAlerts = json[QLatin1String("notifyAlerts")].toBool(s.notifyAlerts);
  s.keepResults = json[QLatin1String("keepResults")].toBool(s.keepResults);
  s.historyMegabytes =
      std::clamp(json[QLatin1String("historyMegabytes")].toInt(s.historyMegabytes), kLeastMegabytes, kMostMegabytes);
  s.historyDays = std::clamp(json[QLatin1String("historyDays")].toInt(s.historyDays), kLeastDays, kMostDays);
  const QJsonObject shortcuts = json[QLatin1String("keys")].toObject();
  for (auto it = shortcuts.begin(); it != shortcuts.end(); ++it) s.keys[it.key()] = it.value().toString();
  s.cluster = ClusterChoice::fromJson(json[QLatin1String("cluster")].toObject());
  return s;
}

}  // namespace weir
