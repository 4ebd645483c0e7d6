// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace weir {

/// Hold exact sums of LONG values and products of 64 bits; `__extension__` keeps -Wpedantic quiet about the types.
__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

}  // namespace weir
