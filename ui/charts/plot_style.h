// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFontMetricsF>
#include <QPen>
#include <QString>

namespace weir {

/// A pen whose width scales with the screen.
QPen plotPen(const QColor& color, double width, Qt::PenStyle style = Qt::SolidLine);
/// 1, 2 or 5 times a power of ten: about `wanted` steps in a span.
double niceStep(double span, int wanted);
/// "BTCUSDT" is "BTC" on a tag: the quote currency is the same for all.
QString shortSymbol(const QString& name);
/// "+0.12 %", with a true minus; what rounds to nothing has no sign.
QString percentText(double value, int decimals = 2);
/// -1, 0 or 1: the sign that `percentText` gives it.
int percentSign(double value, int decimals = 2);
/// Of a price, by its size: five digits of it at least.
int priceDecimals(double value);
/// The number with as many of these decimals as fit into a width, or in powers of ten: never without its first digits.
QString fittedNumber(double value, int decimals, double width, const QFontMetricsF& metrics);
/// As many as tell the labels of an axis with this step apart.
int stepDecimals(double step);

}  // namespace weir
