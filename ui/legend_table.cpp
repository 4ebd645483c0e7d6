// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/legend_table.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

namespace weir {

namespace {
constexpr int kRow = 22;
constexpr int kHeader = 24;
}  // namespace

LegendTable::LegendTable(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(&theme) {
  setAccessibleName(tr("Legend"));
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  setFocusPolicy(Qt::StrongFocus);
}

void LegendTable::setTheme(const Theme& theme) {
  m_theme = &theme;
  update();
}

void LegendTable::setStore(const SeriesStore* store) {
  m_store = store;
  m_focus = 0;
  m_hidden.clear();
  refresh();
}

void LegendTable::setRange(int64_t fromMs, int64_t toMs) {
  m_from = fromMs;
  m_to = toMs;
}

void LegendTable::setChoice(int focus, const std::set<int>& hidden) {
  m_focus = focus;
  m_hidden = hidden;
  update();
}

void LegendTable::refresh() {
  const size_t rows = m_store ? m_store->series().size() : 0;
  if (rows != m_rows) {
    m_rows = rows;
    updateGeometry();
  }
  update();
}

QSize LegendTable::sizeHint() const { return {300, kHeader + kRow * static_cast<int>(std::min<size_t>(m_rows, 8)) + 6}; }

void LegendTable::paintEvent(QPaintEvent*) {
  const Theme& t = *m_theme;
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  p.fillRect(rect(), t.bg1);
  p.setPen(t.line);
  p.drawLine(0, height() - 1, width(), height() - 1);
  if (!m_store) return;
  const double w = width() - 24;
  // Change gives way first when it is narrow.
  const bool wide = w > 430;
  const int columns = wide ? 5 : 4;
  const double names = wide ? 0.22 : 0.26;
  const double each = (1 - names) / columns;
  const auto cell = [&](int column, double y, const QString& text, const QColor& color, const QFont& font) {
    p.setFont(font);
    p.setPen(color);
    p.drawText(QRectF(12 + w * (names + each * column), y, w * each, kRow), Qt::AlignVCenter | Qt::AlignRight, text);
  };
  const QStringList heads = wide ? QStringList{tr("Last"), tr("Change"), tr("Min"), tr("Max"), tr("Mean")}
                                 : QStringList{tr("Last"), tr("Min"), tr("Max"), tr("Mean")};
  p.setFont(uiFont(11));
  p.setPen(t.text3);
  p.drawText(QRectF(12, 2, w * names, kRow), Qt::AlignVCenter, tr("group"));
  for (int c = 0; c < columns; ++c) cell(c, 2, heads[c], t.text3, uiFont(11));
  double y = kHeader;
  int index = 0;
  for (const ChartSeries& s : m_store->series()) {
    if (index >= 8) break;
    const bool focus = index == m_focus;
    if (focus) p.fillRect(QRectF(0, y, width(), kRow), t.bg2);
    const bool hidden = m_hidden.contains(index);
    p.setPen(QPen(hidden ? t.line2 : t.series[static_cast<size_t>(index) % t.series.size()], 3, Qt::SolidLine, Qt::RoundCap));
    p.drawLine(QPointF(14, y + kRow / 2.0), QPointF(26, y + kRow / 2.0));
    p.setFont(uiFont(12, focus ? QFont::DemiBold : QFont::Normal));
    p.setPen(hidden ? t.text3 : t.text1);
    p.drawText(QRectF(34, y, w * names - 10, kRow), Qt::AlignVCenter, p.fontMetrics().elidedText(s.name, Qt::ElideRight, static_cast<int>(w * names) - 12));
    const double last = s.open ? s.open->value : s.points.empty() ? 0 : s.points.back().value;
    const int decimals = last >= 1000 ? 2 : 3;
    const size_t first = s.lowerBound(m_from);
    const size_t until = s.lowerBound(m_to + 1);
    int c = 0;
    cell(c++, y, withThousands(last, decimals), t.text1, uiFont(12, QFont::DemiBold));
    if (wide) {
      const double from = first < until ? s.points[first].value : last;
      const double change = from == 0 ? 0 : (last / from - 1) * 100;
      const QString text = (change < 0 ? QStringLiteral("▼ ") + QChar(0x2212) : QStringLiteral("▲ +")) + QString::number(std::fabs(change), 'f', 2) + QStringLiteral(" %");
      // The preset's colours are for marks: as text they would be too faint.
      cell(c++, y, text, t.isColourBlind ? t.text1 : change < 0 ? t.down : t.up, uiFont(12));
    }
    if (first < until) {
      const ChartSeries::Extent extent = s.extent(first, until);
      cell(c++, y, withThousands(extent.low, decimals), t.text2, uiFont(12));
      cell(c++, y, withThousands(extent.high, decimals), t.text2, uiFont(12));
      cell(c++, y, withThousands(extent.sum / static_cast<double>(until - first), decimals), t.text2, uiFont(12));
    }
    y += kRow;
    ++index;
  }
}

void LegendTable::mousePressEvent(QMouseEvent* event) {
  const int row = (static_cast<int>(event->position().y()) - kHeader) / kRow;
  if (!m_store || row < 0 || row >= static_cast<int>(m_store->series().size())) return;
  constexpr double kSwatch = 30;
  if (event->position().x() < kSwatch) {
    if (!m_hidden.erase(row)) m_hidden.insert(row);
    emit hiddenChanged(m_hidden);
  } else {
    m_focus = row;
    emit focused(row);
  }
  update();
}

void LegendTable::keyPressEvent(QKeyEvent* event) {
  const int rows = m_store ? static_cast<int>(m_store->series().size()) : 0;
  if (rows == 0) return QWidget::keyPressEvent(event);
  if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up) {
    m_focus = (m_focus + (event->key() == Qt::Key_Down ? 1 : rows - 1)) % rows;
    emit focused(m_focus);
  } else if (event->key() == Qt::Key_Space) {
    if (!m_hidden.erase(m_focus)) m_hidden.insert(m_focus);
    emit hiddenChanged(m_hidden);
  } else {
    return QWidget::keyPressEvent(event);
  }
  update();
}

}  // namespace weir
