// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/crosshair_layer.h"

#include <QObject>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/plot_style.h"

namespace weir {

namespace {

constexpr double kTagHeight = 18;

void paintAxisTag(QPainter& p, const Theme& theme, const QRectF& box, const QString& text) {
  p.setPen(Qt::NoPen);
  p.setBrush(theme.line2);
  p.drawRoundedRect(box, 3, 3);
  p.setFont(uiFont(11, QFont::DemiBold));
  p.setPen(theme.text1);
  p.drawText(box, Qt::AlignCenter, text);
}

}  // namespace

std::optional<double> CrosshairLayer::xOf(const PlotView& view) const {
  const QRectF r = view.priceRect();
  if (!m_time) return std::nullopt;
  const double x = view.timeToX(static_cast<double>(*m_time));
  // Half a pixel, because a time is whole milliseconds.
  return x < r.left() - 0.5 || x > r.right() + 0.5 ? std::nullopt : std::optional(x);
}

void CrosshairLayer::paint(QPainter& p, const PlotFrame& frame) {
  const PlotView& view = frame.view();
  const std::optional<double> x = xOf(view);
  if (!x) return;
  const QRectF r = view.priceRect();
  const QRectF v = view.volumeRect();
  constexpr double kPadding = 14;
  const auto widthOf = [](const QString& text) {
    return QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(text) + kPadding;
  };
  p.setPen(plotPen(view.theme().text3, 1, Qt::DashLine));
  p.drawLine(QPointF(*x, r.top()), QPointF(*x, v.bottom()));
  for (size_t i = 0; i < frame.scales().size(); ++i) {
    const ChartSeries& series = view.store().series()[i];
    const ChartPoint* point = view.isHidden(i) ? nullptr : view.pointAt(series, *m_time);
    if (!point) continue;
    const int64_t time = series.open && point == &*series.open ? view.openTime(*point) : point->at;
    const QPointF at(view.timeToX(static_cast<double>(time)), frame.scales()[i].y(point->value, view.baseOf(series)));
    if (!r.adjusted(-4, -4, 4, 4).contains(at)) continue;
    p.setPen(plotPen(view.theme().bg1, 1.5));
    p.setBrush(view.theme().series[i % view.theme().series.size()]);
    p.drawEllipse(at, 4, 4);
  }
  const QString clock = view.clockText(*m_time, 1000);
  QRectF timeTag(0, v.bottom() + 4, widthOf(clock), kTagHeight);
  timeTag.moveLeft(std::clamp(*x - timeTag.width() / 2, view.area().left(),
                              std::max(view.area().left(), view.area().right() - timeTag.width())));
  paintAxisTag(p, view.theme(), timeTag, clock);
  if (!m_y) return;
  QString value;
  for (size_t i = 0; i < frame.scales().size() && value.isEmpty(); ++i) {
    const PlotScale& s = frame.scales()[i];
    if (view.isHidden(i) || *m_y < s.rect.top() || *m_y > s.rect.bottom()) continue;
    const double at = s.low + (s.rect.bottom() - *m_y) / s.rect.height() * (s.high - s.low);
    const int decimals = stepDecimals(niceStep(s.high - s.low, static_cast<int>(std::max(2.0, s.rect.height()))));
    value = s.percent ? percentText(at, std::max(2, decimals)) : withThousands(at, decimals);
  }
  if (const double most = view.mostVolume(); most > 0 && *m_y >= v.top() && *m_y <= v.bottom())
    value = withThousands((v.bottom() - *m_y) / v.height() * most,
                          stepDecimals(niceStep(most, static_cast<int>(std::max(2.0, v.height())))));
  if (value.isEmpty()) return;
  p.setPen(plotPen(view.theme().text3, 1, Qt::DashLine));
  p.drawLine(QPointF(r.left(), *m_y), QPointF(r.right(), *m_y));
  paintAxisTag(p, view.theme(), QRectF(r.right() + 3, *m_y - kTagHeight / 2, widthOf(value), kTagHeight), value);
}

// In the roomier upper corner, and never under the mouse.
void CrosshairLayer::paintBoxes(QPainter& p, PlotFrame& frame) {
  const PlotView& view = frame.view();
  const std::optional<double> x = xOf(view);
  if (!x) return;
  const QRectF r = view.priceRect();
  const auto& all = view.store().series();
  const int64_t time = *m_time;
  const std::vector<PlotNote> notes = frame.notesAt(*x);
  constexpr size_t kMostRows = 12;
  std::vector<size_t> rows;
  for (size_t i = 0; i < all.size() && rows.size() < kMostRows; ++i)
    if (!view.isHidden(i)) rows.push_back(i);
  const bool hasFocus = view.focus() >= 0 && view.focus() < static_cast<int>(all.size()) &&
                        !view.isHidden(static_cast<size_t>(view.focus()));
  const ChartSeries* focus = hasFocus ? &all[static_cast<size_t>(view.focus())] : nullptr;
  const ChartPoint* point = focus ? view.pointAt(*focus, time) : nullptr;
  const bool candles = point && view.showsCandles(static_cast<size_t>(view.focus()));
  const bool volume = point && !view.store().volumeName().isEmpty();

  constexpr double kWidth = 222;
  constexpr double kRow = 18;
  constexpr double kHead = 28;
  constexpr double kLine = 6;
  const auto shown = static_cast<size_t>(std::count_if(all.begin(), all.end(), [&](const ChartSeries& s) {
    return !view.isHidden(static_cast<size_t>(&s - all.data()));
  }));
  const size_t unread = shown - rows.size();
  double height = kHead + kRow * static_cast<double>(rows.size()) + 4;
  if (unread > 0) height += kRow;
  if (candles) height += kRow;
  if (volume) height += kRow + kLine;
  height += kRow * static_cast<double>(notes.size());
  const QRectF left(r.left() + 6, r.top() + 4, kWidth, height);
  const QRectF right(r.right() - 6 - kWidth, r.top() + 4, kWidth, height);
  const auto isUnderMouse = [&](const QRectF& box) { return *x > box.left() - 8 && *x < box.right() + 8; };
  std::vector<QRectF> places;
  for (const QRectF& place : {left, right})
    if (!isUnderMouse(place)) places.push_back(place);
  if (places.empty()) places.push_back(*x < r.center().x() ? right : left);
  const QRectF box = frame.freest(places);
  frame.addBox(p, box, view.theme().line2);

  const QRectF inner = box.adjusted(10, 0, -10, 0);
  double top = box.top() + 6;
  const auto text = [&](double from, double to, Qt::Alignment side, const QString& words, const QColor& color,
                        QFont::Weight weight = QFont::Normal) {
    p.setFont(uiFont(11, weight));
    p.setPen(color);
    const QRectF cell(inner.left() + from, top, to - from, 16);
    p.drawText(cell, Qt::AlignVCenter | side,
               QFontMetricsF(p.font()).elidedText(words, Qt::ElideRight, cell.width() + 1));
  };
  const int64_t window = view.store().windowMs();
  const int64_t step = window % 1000 == 0 ? 1000 : 1;
  QString head = view.clockText(point ? point->at : time, step);
  if (point && window > 0) head = QObject::tr("%1 – %2").arg(view.clockText(point->at - window, step), head);
  text(0, 150, Qt::AlignLeft, head, view.theme().text1, QFont::DemiBold);
  if (point) {
    const bool isOpen = focus->open && point == &*focus->open;
    const QString state = isOpen              ? QObject::tr("open")
                          : point->incomplete ? QObject::tr("incomplete")
                                              : QObject::tr("closed");
    text(130, inner.width(), Qt::AlignRight, state,
         isOpen              ? view.theme().accent
         : point->incomplete ? view.theme().warn
                             : view.theme().text3);
  }
  top = box.top() + kHead - 2;
  constexpr double kValueEnd = 140;
  for (const size_t i : rows) {
    const ChartSeries& series = all[i];
    p.setPen(plotPen(view.theme().series[i % view.theme().series.size()], 2));
    p.drawLine(QPointF(inner.left(), top + 8), QPointF(inner.left() + 12, top + 8));
    const ChartPoint* at = view.pointAt(series, time);
    constexpr double kNameAtLeast = 60;
    const QString value = at ? fittedNumber(at->value, priceDecimals(at->value), kValueEnd - kNameAtLeast,
                                            QFontMetricsF(uiFont(11, QFont::DemiBold)))
                             : QString();
    const double width = QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(value) + 2;
    text(18, kValueEnd - width - 4, Qt::AlignLeft, series.name, view.theme().text2);
    if (at) {
      text(kValueEnd - width, kValueEnd, Qt::AlignRight, value, view.theme().text1, QFont::DemiBold);
      text(kValueEnd + 4, inner.width(), Qt::AlignRight, percentText((at->value / view.baseOf(series) - 1) * 100),
           view.theme().text2);
    }
    top += kRow;
  }
  if (unread > 0) {
    text(18, inner.width(), Qt::AlignLeft, QObject::tr("and %n more", nullptr, static_cast<int>(unread)),
         view.theme().text3);
    top += kRow;
  }
  if (candles) {
    const int decimals = priceDecimals(point->value);
    const double third = inner.width() / 3;
    text(0, third, Qt::AlignLeft, QObject::tr("O %1").arg(withThousands(point->first, decimals)), view.theme().text2);
    text(third, 2 * third, Qt::AlignHCenter, QObject::tr("H %1").arg(withThousands(point->high, decimals)),
         view.theme().text2);
    text(2 * third, inner.width(), Qt::AlignRight, QObject::tr("L %1").arg(withThousands(point->low, decimals)),
         view.theme().text2);
    top += kRow;
  }
  if (volume) {
    p.setPen(plotPen(view.theme().line, 1));
    p.drawLine(QPointF(inner.left(), top + 2), QPointF(inner.right(), top + 2));
    top += kLine;
    QString values = withThousands(point->volume, priceDecimals(point->volume));
    if (!view.store().countName().isEmpty())
      values += QStringLiteral("   %1 %2").arg(withThousands(point->count, 0), view.store().countName());
    const double width = QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(values) + 2;
    text(0, inner.width() - width - 4, Qt::AlignLeft, QObject::tr("%1 %2").arg(view.store().volumeName(), focus->name),
         view.theme().text2);
    text(inner.width() - width, inner.width(), Qt::AlignRight, values, view.theme().text1, QFont::DemiBold);
    top += kRow;
  }
  for (const PlotNote& note : notes) {
    text(0, inner.width(), Qt::AlignLeft, note.text, note.color);
    top += kRow;
  }
}

}  // namespace weir
