// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_table.h"

#include <QAccessibleWidget>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPointer>
#include <algorithm>
#include <climits>
#include <vector>

#include "ui/charts/plot_style.h"

namespace weir {

namespace {

constexpr int kRow = 22;
constexpr int kHeader = 26;
constexpr int kBelow = 4;
constexpr int kMostRows = 8;

class AccessibleRow final : public QAccessibleInterface {
public:
  AccessibleRow(LegendTable* table, int row) : m_table(table), m_row(row) {}
  bool isValid() const override { return m_table && m_row < m_table->rows(); }
  QObject* object() const override { return nullptr; }
  QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_table); }
  QAccessibleInterface* child(int) const override { return nullptr; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QString text(QAccessible::Text which) const override {
    return isValid() && which == QAccessible::Name ? m_table->rowText(m_row) : QString();
  }
  void setText(QAccessible::Text, const QString&) override {}
  QRect rect() const override {
    return isValid() ? m_table->rowRect(m_row).translated(m_table->mapToGlobal(QPoint(0, 0))) : QRect();
  }
  QAccessible::Role role() const override { return QAccessible::ListItem; }
  QAccessible::State state() const override {
    QAccessible::State state;
    state.selectable = true;
    state.selected = isValid() && m_table->focusRow() == m_row;
    state.invisible = !isValid() || !m_table->isVisible();
    return state;
  }

private:
  QPointer<LegendTable> m_table;
  int m_row;
};

/// The legend as a list, a row for each series.
class AccessibleLegend final : public QAccessibleWidget {
public:
  explicit AccessibleLegend(LegendTable* table) : QAccessibleWidget(table, QAccessible::List), m_table(table) {}
  ~AccessibleLegend() override {
    for (const QAccessible::Id id : m_ids) QAccessible::deleteAccessibleInterface(id);
  }
  int childCount() const override { return m_table->rows(); }
  QAccessibleInterface* child(int row) const override {
    if (row < 0 || row >= childCount()) return nullptr;
    while (row >= static_cast<int>(m_ids.size()))
      m_ids.push_back(
          QAccessible::registerAccessibleInterface(new AccessibleRow(m_table, static_cast<int>(m_ids.size()))));
    return QAccessible::accessibleInterface(m_ids[static_cast<size_t>(row)]);
  }
  int indexOfChild(const QAccessibleInterface* child) const override {
    for (size_t i = 0; i < m_ids.size(); ++i)
      if (QAccessible::accessibleInterface(m_ids[i]) == child) return static_cast<int>(i);
    return -1;
  }

private:
  LegendTable* m_table;
  mutable std::vector<QAccessible::Id> m_ids;
};

QAccessibleInterface* makeAccessible(const QString&, QObject* object) {
  auto* table = qobject_cast<LegendTable*>(object);
  return table ? new AccessibleLegend(table) : nullptr;
}

QString changeText(double percent) {
  const int sign = percentSign(percent);
  return (sign < 0 ? QStringLiteral("▼ ") : sign > 0 ? QStringLiteral("▲ ") : QString()) + percentText(percent);
}

}  // namespace

LegendTable::LegendTable(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(&theme) {
  [[maybe_unused]] static const bool kInstalled = (QAccessible::installFactory(makeAccessible), true);
  setObjectName(QStringLiteral("legend"));
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

int LegendTable::rows() const {
  return m_store ? static_cast<int>(std::min<size_t>(m_store->series().size(), kMostRows)) : 0;
}

QRect LegendTable::rowRect(int row) const { return {0, kHeader + row * kRow, width(), kRow}; }

void LegendTable::refresh() {
  if (const bool hasNote = !note().isEmpty(); rows() != m_rows || hasNote != m_hasNote) {
    m_rows = rows();
    m_hasNote = hasNote;
    updateGeometry();
  }
  update();
}

QSize LegendTable::sizeHint() const { return {300, kHeader + kRow * (rows() + (note().isEmpty() ? 0 : 1)) + kBelow}; }

QString LegendTable::note() const {
  const size_t undrawn = m_store ? m_store->undrawn() : 0;
  if (undrawn == 0) return {};
  const QString count = withThousands(static_cast<double>(undrawn), 0) +
                        (undrawn < SeriesStore::kMostCounted ? QString() : QStringLiteral("+"));
  return tr("%1 further series are not drawn; the table of results has all").arg(count);
}

LegendTable::Row LegendTable::rowOf(int row) const {
  const ChartSeries& s = m_store->series()[static_cast<size_t>(row)];
  Row out;
  out.name = s.name;
  const size_t first = s.lowerBound(m_from);
  const size_t until = s.lowerBound(m_to + 1);
  // All of a row is about what is seen: the open window belongs to it when the newest rows do.
  const bool isOpenSeen = s.open && until == s.points.size() && s.open->at - m_store->windowMs() <= m_to;
  const ChartPoint* open = isOpenSeen ? &*s.open : nullptr;
  const ChartPoint* last = open               ? open
                           : until > 0        ? &s.points[until - 1]
                           : s.points.empty() ? nullptr
                                              : &s.points.front();
  out.last = last ? last->value : 0;
  out.sigma = last ? last->sigma : 0;
  if (first >= until) {
    if (open) out.low = out.high = out.mean = open->value;
    return out;
  }
  ChartSeries::Extent extent = s.extent(first, until);
  if (open) extent.take(*open);
  if (s.points[first].value != 0) out.change = (out.last / s.points[first].value - 1) * 100;
  out.low = extent.low;
  out.high = extent.high;
  out.mean = extent.sum / static_cast<double>(until - first + (open ? 1 : 0));
  return out;
}

QString LegendTable::rowText(int row) const {
  const Row r = rowOf(row);
  const int decimals = priceDecimals(r.last);
  QStringList parts{r.name, tr("last %1").arg(r.last, 0, 'f', decimals)};
  if (r.change) parts << tr("change %1").arg(percentText(*r.change));
  if (r.low)
    parts << tr("from %1 to %2").arg(*r.low, 0, 'f', decimals).arg(*r.high, 0, 'f', decimals)
          << tr("mean %1").arg(*r.mean, 0, 'f', decimals);
  if (m_store->hasSigma()) parts << tr("sigma %1").arg(r.sigma, 0, 'f', decimals);
  if (m_hidden.contains(row)) parts << tr("hidden");
  return parts.join(QStringLiteral(", "));
}

void LegendTable::paintEvent(QPaintEvent*) {
  QPainter p(this);
  paintTo(p, width());
}

void LegendTable::paintTo(QPainter& p, int width) const {
  const Theme& t = *m_theme;
  const int height = sizeHint().height();
  p.setRenderHint(QPainter::Antialiasing);
  p.fillRect(QRect(0, 0, width, height), t.bg1);
  p.setPen(QPen(t.line, 1));
  p.drawLine(QPointF(0, height - 0.5), QPointF(width, height - 0.5));
  if (!m_store) return;
  // Sigma goes first where it is narrow, then the change.
  constexpr int kWide = 480;
  constexpr int kWidest = 640;
  const bool wide = width > kWide;
  const bool sigma = width > kWidest && m_store->hasSigma();
  const double w = width - 24;
  QStringList heads = wide ? QStringList{tr("Last"), tr("Change"), tr("Min"), tr("Max"), tr("Mean")}
                           : QStringList{tr("Last"), tr("Min"), tr("Max"), tr("Mean")};
  if (sigma) heads << tr("Sigma");
  const double names = wide ? 0.22 : 0.26;
  const double each = (1 - names) / static_cast<double>(heads.size());
  const auto cell = [&](int column, double y, double tall, const QString& text, const QColor& color,
                        const QFont& font) {
    p.setFont(font);
    p.setPen(color);
    p.drawText(QRectF(12 + w * (names + each * column), y, w * each, tall), Qt::AlignVCenter | Qt::AlignRight, text);
  };
  p.setFont(uiFont(11));
  p.setPen(t.text3);
  const QString group = m_store->groupName().isEmpty() ? tr("series") : m_store->groupName();
  p.drawText(QRectF(12, 0, w * names - 6, kHeader), Qt::AlignVCenter,
             p.fontMetrics().elidedText(group, Qt::ElideRight, static_cast<int>(w * names) - 6));
  for (int c = 0; c < heads.size(); ++c) cell(c, 0, kHeader, heads[c], t.text3, uiFont(11));
  std::vector<Row> all;
  int decimals = 0;
  int fewest = INT_MAX;
  for (int row = 0; row < rows(); ++row) {
    all.push_back(rowOf(row));
    // The same for a whole column, so that points stand beneath one another.
    decimals = std::max(decimals, priceDecimals(all.back().last));
    fewest = std::min(fewest, priceDecimals(all.back().last));
  }
  // Unless that were to give the large ones decimals that nobody reads.
  constexpr int kMostApart = 3;
  const bool isShared = decimals - fewest <= kMostApart;
  for (int row = 0; row < rows(); ++row) {
    const Row& r = all[static_cast<size_t>(row)];
    const double y = kHeader + row * kRow;
    const bool focus = row == m_focus;
    const bool hidden = m_hidden.contains(row);
    if (focus) p.fillRect(QRectF(0, y, width, kRow), t.bg2);
    p.setPen(
        QPen(hidden ? t.line2 : t.series[static_cast<size_t>(row) % t.series.size()], 3, Qt::SolidLine, Qt::RoundCap));
    p.drawLine(QPointF(14, y + kRow / 2.0), QPointF(26, y + kRow / 2.0));
    p.setFont(uiFont(12, focus ? QFont::DemiBold : QFont::Normal));
    p.setPen(hidden ? t.text3 : t.text1);
    p.drawText(QRectF(34, y, w * names - 10, kRow), Qt::AlignVCenter,
               p.fontMetrics().elidedText(r.name, Qt::ElideRight, static_cast<int>(w * names) - 24));
    int c = 0;
    const auto number = [&](double value, const QFont& font) {
      return fittedNumber(value, isShared ? decimals : priceDecimals(r.last), w * each - 6, QFontMetricsF(font));
    };
    cell(c++, y, kRow, number(r.last, uiFont(12, QFont::DemiBold)), hidden ? t.text3 : t.text1,
         uiFont(12, QFont::DemiBold));
    const int sign = percentSign(r.change.value_or(0));
    // The preset's colours are for marks: as text they would be too faint.
    if (wide)
      cell(c++, y, kRow, r.change ? changeText(*r.change) : QString(),
           t.isColourBlind ? t.text1
           : sign < 0      ? t.down
           : sign > 0      ? t.up
                           : t.text2,
           uiFont(12));
    for (const auto& value : {r.low, r.high, r.mean})
      cell(c++, y, kRow, value ? number(*value, uiFont(12)) : QString(), t.text2, uiFont(12));
    if (sigma) cell(c++, y, kRow, number(r.sigma, uiFont(12)), t.text2, uiFont(12));
  }
  p.setFont(uiFont(11));
  p.setPen(t.text2);
  p.drawText(QRectF(12, kHeader + kRow * rows(), w, kRow), Qt::AlignVCenter,
             p.fontMetrics().elidedText(note(), Qt::ElideRight, static_cast<int>(w)));
}

void LegendTable::mousePressEvent(QMouseEvent* event) {
  const int row = (static_cast<int>(event->position().y()) - kHeader) / kRow;
  if (event->position().y() < kHeader || row >= rows()) return;
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
  if (rows() == 0) return QWidget::keyPressEvent(event);
  if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up) {
    m_focus = (m_focus + (event->key() == Qt::Key_Down ? 1 : rows() - 1)) % rows();
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
