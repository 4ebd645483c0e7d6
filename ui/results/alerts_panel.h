// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>
#include <deque>

#include "ui/results/result_block.h"
#include "ui/widgets/theme.h"

namespace weir {

/// Rows of the streams that are alerts, newest first: when, which stream, and what it says. Keeps the last 2,000.
class AlertsPanel final : public QTreeWidget {
  Q_OBJECT
public:
  static constexpr int kMostRows = 2'000;
  explicit AlertsPanel(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setLocalTime(bool local);
  /// Returns what the row says in one line: `symbol BTCUSDT, vwap 64120.5`.
  static QString textOf(const Schema& schema, const ResultRow& row);
  struct Alert {
    QString stream;
    int64_t at;
    QString text;
  };
  /// Lists alerts, given oldest first; of more than `kMostRows` the newest.
  void add(const std::deque<Alert>& alerts);

private:
  QString timeText(int64_t at) const;
  const Theme* m_theme;
  bool m_localTime = false;
};

}  // namespace weir
