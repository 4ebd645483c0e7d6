// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <map>
#include <set>

#include "core/session/engine.h"
#include "ui/widgets/theme.h"

class QVBoxLayout;

namespace weir {

class HealthCard;

/// A card for each connection of the run. Says in a few words how they fare together, and tells of each that was well
/// and is no longer.
class HealthPanel final : public QScrollArea {
  Q_OBJECT
public:
  explicit HealthPanel(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// A run begins: cards of connections that go on stay.
  void beginRun(const QStringList& goingOn);
  void showRun(const RunSnapshot& snapshot);
  void setRunning(bool running);
  /// Null where there is none.
  HealthCard* card(const QString& connection) const;
  /// What is seen is the present, but not all of it is to be trusted.
  bool hasTrouble() const { return m_hasTrouble; }

signals:
  void summaryChanged(const QString& text);
  void troubleChanged();
  /// A connection that was well is lost, stale, or has failed.
  void troubled(const QString& text);
  void reconnectWanted(const QString& connection);
  void disconnectWanted(const QString& connection);

private:
  HealthCard& cardOf(const QString& connection);

  const Theme* m_theme;
  QWidget* m_pane;
  QVBoxLayout* m_layout;
  std::map<QString, HealthCard*> m_cards;
  std::map<QString, bool> m_wasGood;
  bool m_hasTrouble = false;
};

}  // namespace weir
