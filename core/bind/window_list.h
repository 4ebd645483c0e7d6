// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "core/bind/bound_script.h"

namespace weir {

/// A window of the language. `arguments` tells what they are, in order: a duration `d`, a number of events `n`, an
/// expression `e` or a column `c`.
struct WindowSpec {
  std::string_view name;
  BoundWindow::Kind kind;
  std::string_view arguments;
  std::string_view signature;
  std::string_view help;
};

/// All windows there are: the binder, completion and the reference page read this one list.
std::span<const WindowSpec> windowTable();

}  // namespace weir
