// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/plan/expression.h"

namespace weir {

/// Small parts that the binders share.

/// Thrown inside the binder only, and caught at the end of the statement.
struct BindError {
  Diagnostic diagnostic;
};

[[noreturn]] void throwBind(Code code, Span span, std::string message, std::string hint = {});

inline std::string named(Type type) { return std::string(typeName(type)); }

/// What an expression is called in a hint: its own text, unless that is long.
inline std::string shown(const std::string& text) { return text.size() > 40 ? "..." : text; }

/// `expr` as `to`, which it fits without a word.
logical::Expression widened(logical::Expression expr, Type to);
/// `expr`, whose text stands elsewhere too.
logical::Expression again(logical::Expression expr);

/// A list of two or more expressions, which braces would copy.
template <class... Args>
std::vector<logical::Expression> listOf(Args... args) {
  std::vector<logical::Expression> out;
  out.reserve(sizeof...(args));
  (out.push_back(std::move(args)), ...);
  return out;
}

}  // namespace weir
