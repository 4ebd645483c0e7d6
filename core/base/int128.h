// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace weir {

/// Holds exact sums of LONG values; `__extension__` keeps -Wpedantic quiet about the type.
__extension__ using Int128 = __int128;

}  // namespace weir
