// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QJsonObject>
#include <QList>
#include <QWidget>

#include "core/telemetry/log.h"
#include "ui/charts/chart_view.h"
#include "ui/results/result_views.h"

class QAction;
class QLabel;
class QMenu;
class QPushButton;

namespace weir {

class LegendTable;

/// One chart with its legend, and its title where several stand together.
class ChartPane final : public QWidget {
  Q_OBJECT
public:
  ChartPane(const Theme& theme, std::shared_ptr<const ResultView> view, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setView(std::shared_ptr<const ResultView> view);
  void setTitled(bool titled);
  QString stream() const { return m_stream; }
  QString subtitle() const;
  ChartView& chart() const { return *m_chart; }
  void refreshLegend();
  void setState(ChartState state);
  /// Of the chart, shown in its menu beside what the pane itself can do.
  void setCommands(const QList<QAction*>& commands);
  /// Title, legend and plot, as they are seen.
  QImage picture() const;
  /// PNG, SVG or CSV of what is seen, by the file's ending. Returns an empty text, or why not.
  QString exportTo(const QString& path) const;
  void askAndExport();
  /// Everything that can be done to this chart.
  void fillMenu(QMenu& menu);
  /// Axis, candles, band, hidden series and focus, by the names of the series: what is kept with the file.
  QJsonObject settings() const;
  void setSettings(const QJsonObject& settings);

signals:
  void closeWanted();
  void settingsChanged();
  void runRequested();
  /// A file was written, or could not be.
  void message(const QString& text, LogLevel level);

protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  QWidget* makeEmpty();
  void showEmpty();
  QSize pictureSize() const;
  void paintTo(QPainter& p) const;
  void applyNames();
  int indexOf(const QString& series) const;

  const Theme* m_theme;
  std::shared_ptr<const ResultView> m_view;
  QString m_stream;
  QStringList m_hiddenNames;
  QString m_focusName;
  size_t m_known = 0;
  QWidget* m_title;
  QLabel* m_name;
  QLabel* m_subtitle;
  LegendTable* m_legend;
  ChartView* m_chart;
  ChartState m_state = ChartState::Running;
  QWidget* m_empty;
  QLabel* m_emptyText;
  QPushButton* m_run;
  QList<QAction*> m_commands;
};

}  // namespace weir
