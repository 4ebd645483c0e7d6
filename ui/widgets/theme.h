// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QString>
#include <array>

class QApplication;

namespace weir {

/// The colours of one theme, by what they are for.
struct Theme {
  bool isDark = true;
  bool isColourBlind = false;
  QColor bg0, bg1, bg2, bg3;
  QColor line, line2, ctl;
  QColor text1, text2, text3;
  QColor accent, fill, selection;
  QColor success, warn, error, stale, idle, up, down;
  QColor keyword, type, function, string, number, comment, option, currentLine;
  std::array<QColor, 6> series;

  QColor grid() const;
  /// `share` of `over` on `under`.
  static QColor mixed(const QColor& under, const QColor& over, double share);
  /// WCAG contrast ratio, 1 to 21.
  static double contrast(const QColor& a, const QColor& b);
};

const Theme& darkTheme();
const Theme& lightTheme();
/// The same with up and down in colours that are told apart under every colour-vision deficiency.
const Theme& colourBlindTheme(bool dark);
/// What the desktop showed before the program put its own colours on.
bool systemIsDark();

/// Sets style, palette, fonts and the style sheet of the whole program.
void applyTheme(QApplication& app, const Theme& theme);

/// Sizes in px, as the look has them.
QFont uiFont(double px, QFont::Weight weight = QFont::Normal);
QFont monoFont(double px, QFont::Weight weight = QFont::Normal);

/// A number for the screen: U+2212 minus and thousands separators, whatever the locale.
QString withThousands(double value, int decimals);

}  // namespace weir
