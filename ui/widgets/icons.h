// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>

namespace weir {

/// One of the program's own icons in a colour of the theme, sharp at every size. Disabled, it goes 45 % of the way to
/// the ground behind it.
QIcon lineIcon(const QString& name, const QColor& color, const QColor& ground);

}  // namespace weir
