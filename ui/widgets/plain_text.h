// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace weir {

/// Text of feeds, errors and files for a tool tip, shown word for word: Qt takes what looks like HTML for HTML, and
/// would load the pictures that it names.
QString plainToolTip(const QString& text);

}  // namespace weir
