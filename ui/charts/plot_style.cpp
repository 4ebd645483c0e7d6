// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plot_style.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

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

int percentSign(double value, int decimals) {
  if (std::fabs(value) < 0.5 * std::pow(10, -decimals)) return 0;
  return value < 0 ? -1 : 1;
}

QString percentText(double value, int decimals) {
  const int sign = percentSign(value, decimals);
  return (sign < 0   ? QString(QChar(0x2212))
          : sign > 0 ? QStringLiteral("+")
                     : QString()) +
         QString::number(std::fabs(value), 'f', decimals) + QStringLiteral(" %");
}

int priceDecimals(double value) {
  constexpr int kLeast = 5;
  constexpr int kMost = 12;
  const double size = std::fabs(value);
  if (size >= 1) return size >= 1000 ? 2 : 3;
  return size > 0 ? std::clamp(kLeast - 1 - static_cast<int>(std::floor(std::log10(size))), kLeast, kMost) : kLeast;
}

QString fittedNumber(double value, int decimals, double width, const QFontMetricsF& metrics) {
  const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) <= width; };
  // Of a small number the decimals are all there is.
  const int least = std::fabs(value) < 1 && value != 0 ? decimals : 0;
  const bool isSeen = value == 0 || std::fabs(value) >= 0.5 * std::pow(10, -decimals);
  for (int d = decimals; isSeen && d >= least; --d)
    if (QString text = withThousands(value, d); fits(text)) return text;
  constexpr int kMostDigits = 6;
  for (int digits = kMostDigits; digits > 1; --digits)
    if (QString text = QString::number(value, 'g', digits).replace(QLatin1Char('-'), QChar(0x2212)); fits(text))
      return text;
  return metrics.elidedText(withThousands(value, 0), Qt::ElideRight, width);
}

int stepDecimals(double step) {
  constexpr double kRounding = 1e-9;
  return step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - kRounding)), 0, 8) : 0;
}

}  // namespace weir
