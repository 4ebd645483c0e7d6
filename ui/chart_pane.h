// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QWidget>

#include "ui/chart_view.h"
#include "ui/result_views.h"

class QLabel;
class QToolButton;

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
  /// Axis, hidden series and focus, by the names of the series: what is kept with the file.
  QJsonObject settings() const;
  void setSettings(const QJsonObject& settings);

 signals:
  void closeWanted();
  void settingsChanged();

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void showMenu(const QPoint& at);
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
};

}  // namespace weir
