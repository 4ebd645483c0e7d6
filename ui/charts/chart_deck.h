// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QKeySequence>
#include <QList>
#include <QSplitter>
#include <functional>
#include <vector>

#include "ui/charts/chart_pane.h"

namespace weir {

/// The charts that are shown, one above the other. They share time: range, following, and the crosshair.
class ChartDeck final : public QSplitter {
  Q_OBJECT
public:
  explicit ChartDeck(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Shows these streams of the views, in this order; charts that are there stay.
  void show(ResultViews& views, const QStringList& streams);
  /// The views may have been made anew: charts of streams that are gone are closed.
  void follow(ResultViews& views);
  QStringList streams() const;
  const std::vector<ChartPane*>& panes() const { return m_panes; }
  /// The chart that has the focus, or the first; never null, but empty before the first run.
  ChartView& current();
  /// The pane of it; null before the first run.
  ChartPane* currentPane();
  ChartPane* find(const QString& stream);
  /// What the keys of a chart do, whichever has the focus.
  const QList<QAction*>& commands() const { return m_commands; }

  int64_t range() const { return m_rangeMs; }
  void setRange(int64_t ms);
  void setFollowing(bool following);
  bool isFollowing() const { return m_following; }
  void setLocalTime(bool local);
  void setState(ChartState state);
  /// "5 min", "90 sec", "4 h".
  static QString rangeText(int64_t ms);
  void forEach(const std::function<void(ChartPane&)>& each);
  /// What is kept of every chart that was ever shown, by stream.
  QJsonObject settings() const;
  void setSettings(const QJsonObject& settings);
  /// Time of the oldest point of all charts: they share an axis.
  int64_t firstTime() const;
  /// How many charts have room.
  int room() const;

signals:
  void followingChanged(bool following);
  void pauseWanted();
  void runRequested();
  void message(const QString& text, LogLevel level);
  /// How much time is shown, after it was chosen or zoomed.
  void rangeChanged(int64_t ms);
  void settingsChanged();
  void streamsChanged();
  /// Older points than those in memory are looked at.
  void olderWanted(const QString& stream);

private:
  ChartPane* make(const std::shared_ptr<const ResultView>& view);
  void titles();
  void buildCommands();
  void command(const char* name, const QString& text, const QList<QKeySequence>& keys,
               const std::function<void(ChartView&)>& call);

  const Theme* m_theme;
  ChartView* m_empty;
  std::vector<ChartPane*> m_panes;
  QJsonObject m_settings;
  int64_t m_rangeMs = 300'000;
  bool m_localTime = false;
  bool m_following = true;
  ChartState m_state = ChartState::Stopped;
  QList<QAction*> m_commands;
};

}  // namespace weir
