// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot_style.h"

#include <algorithm>
#include <cmath>

namespace weir {

QPen plotPen(const QColor& color, double width, Qt::PenStyle style) {
  QPen p(color, width, style, Qt::RoundCap, Qt::RoundJoin);
  p.setCosmetic(false);
  return p;
}

double niceStep(double span, int wanted) {
  if (!(span > 0)) return 1;
  const double rough = span / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 5.0, 10.0})
    if (step * power >= rough) return step * power;
  return 10 * power;
}

QString shortSymbol(const QString& name) {
  for (const char* quote : {"USDT", "-USD", "/USD", "USD"})
    if (name.size() > 4 && name.endsWith(QLatin1String(quote))) return name.chopped(static_cast<int>(qstrlen(quote)));
  return name;
}

QString percentText(double value, int decimals) {
  return (value < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + QString::number(std::fabs(value), 'f', decimals) + QStringLiteral(" %");
}

int priceDecimals(double value) {
  const double size = std::fabs(value);
  return size >= 1000 ? 2 : size >= 1 ? 3 : 5;
}

int stepDecimals(double step) {
  constexpr double kRounding = 1e-9;
  return step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - kRounding)), 0, 8) : 0;
}

}  // namespace weir
