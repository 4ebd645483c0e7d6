// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/bind/scope.h"

namespace weir {

/// One column of a SELECT before it is bound: as written, or one of those that a star stands for.
struct WrittenItem {
  const ast::Expr* expr = nullptr;
  ast::ExprPtr made;  ///< of a star
  std::string name;
  Span span;
};

/// Names the items of a SELECT, each column of its stars by itself.
std::vector<WrittenItem> expandItems(const ast::Query& query, const Scope& scope, std::string_view source);

}  // namespace weir
