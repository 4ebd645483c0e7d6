// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <set>

#include "ui/results/series_store.h"
#include "ui/widgets/theme.h"

namespace weir {

/// The legend as a table: last, change, least, greatest and mean of each series. A click chooses the focus series, a
/// click on its line hides it.
class LegendTable final : public QWidget {
  Q_OBJECT
public:
  explicit LegendTable(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void setStore(const SeriesStore* store);
  void refresh();
  /// The time that least, greatest and mean are of.
  void setRange(int64_t fromMs, int64_t toMs);
  void setChoice(int focus, const std::set<int>& hidden);
  QSize sizeHint() const override;
  /// How many series it lists.
  int rows() const;
  /// A row in words, for those who cannot see it.
  QString rowText(int row) const;
  QRect rowRect(int row) const;
  /// What is said beneath the rows; empty while all series are drawn.
  QString note() const;
  int focusRow() const { return m_focus; }
  /// As it is seen, this wide, from the painter's origin.
  void paintTo(QPainter& p, int width) const;

signals:
  void focused(int series);
  void hiddenChanged(const std::set<int>& hidden);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  struct Row {
    QString name;
    double last = 0;
    std::optional<double> change, low, high, mean;
    double sigma = 0;
  };
  Row rowOf(int row) const;

  const Theme* m_theme;
  const SeriesStore* m_store = nullptr;
  int m_focus = 0;
  int64_t m_from = 0, m_to = 0;
  int m_rows = 0;  ///< as the layout knows it
  bool m_hasNote = false;
  std::set<int> m_hidden;
};

}  // namespace weir
