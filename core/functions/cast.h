// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/functions/scalar_function.h"

namespace weir {

/// Returns the kernel that casts `from` to `to`, or nullptr where there is none. Failures are NULL and counted;
/// TRY_CAST runs the same kernel with a weight of 0.
Kernel castKernel(Type from, Type to);

/// Returns the kernel that turns an OBJECT into the STRING by which two of them are equal: see jsonCanonical.
Kernel objectValueKernel();
/// Returns the kernel that turns a number, or the one in an OBJECT, into the BYTES by which two of them are equal.
Kernel numberKeyKernel();

}  // namespace weir
