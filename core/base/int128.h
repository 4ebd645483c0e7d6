// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace weir {

__extension__ using Int128 = __int128;

}  // namespace weir
