// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/plan/logical.h"

namespace weir {

/// A window of the language: how it is written, and what a kind of window is besides its operator.
struct WindowSpec {
  std::string_view name;
  logical::WindowKind kind;
  /// What its arguments are, in order: the durations `s` size and `l` slide, a number `n` of events, an expression `k`
  /// for the key, a column `t` of times; of a book the price `p`, the quantity `q`, whether it begins anew `b`, the
  /// side `d`.
  std::string_view parameters;
  bool closes;  ///< its rows come when it closes
  std::string_view signature;
  std::string_view help;
  /// Says what is wrong with the lengths together; nothing when they fit.
  std::string (*complaint)(const logical::Window& window) = nullptr;
  size_t optional = 0;  ///< so many of the last arguments may be left out
};

/// All windows there are: the binder, completion, the reference page and `explain` read this one list.
std::span<const WindowSpec> windowTable();

/// Finds by name, in any case, the one that takes so many arguments before any other; nullptr when there is none.
const WindowSpec* findWindow(std::string_view name, size_t arguments);
/// Of NONE too.
bool closes(logical::WindowKind kind);
/// The first of a kind's names; "no window" of NONE.
std::string_view windowName(logical::WindowKind kind);

}  // namespace weir
