// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace weir {

/// Sixteen bytes a line: offset, hex, and what of it is ASCII.
QString hexDump(const QByteArray& bytes);

/// Returns the bytes as text where they are UTF-8, else as hex: nothing is lost to a replacement character. A last
/// character that was cut off does not count.
QString textOrHex(const QByteArray& bytes);

}  // namespace weir
