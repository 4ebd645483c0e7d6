// SPDX-License-Identifier: GPL-3.0-or-later
// Arguments that are written out are checked with the text, and not when rows come.
#include <algorithm>

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/bind/expression_parts.h"
#include "core/functions/date_pattern.h"

namespace weir {

namespace {

// Where bytes of a text stand inside its literal: quotes are doubled there.
Span placeInside(std::string_view literal, Span span, std::string_view text, size_t at, size_t length) {
  if (literal.empty() || literal.front() != '\'') return span;
  const auto quotes = [&](size_t from, size_t count) {
    const std::string_view part = text.substr(from, count);
    return static_cast<size_t>(std::count(part.begin(), part.end(), '\''));
  };
  const size_t begin = span.begin + 1 + at + quotes(0, at);
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + length + quotes(at, length))};
}

}  // namespace

void ExpressionBinder::checkConstants(const ScalarFunction& function, const ast::Expr& expr,
                                      const std::vector<BoundExpressionPtr>& args) const {
  const auto textAt = [&](size_t i) { return i < args.size() ? std::get_if<std::string>(&args[i]->literal) : nullptr; };
  if (const std::vector<std::string> fields = timeFields(function.name); !fields.empty()) {
    const std::string* field = textAt(0);
    const auto isField = [&](const std::string& known) { return equalsIgnoringCase(known, *field); };
    if (field && std::none_of(fields.begin(), fields.end(), isField)) {
      const std::string guess = didYouMean(*field, fields);
      throwBind(Code::Duration, expr.args[0]->span, "unknown time unit '" + *field + "'",
                guess.empty() ? "units are " + joined(fields, ", ", " or ") : guess);
    }
  }
  if (const std::string* pattern = function.name == "FORMAT_DATE" ? textAt(1) : nullptr)
    if (auto problem = datePatternProblem(*pattern))
      throwBind(Code::Format,
                placeInside(textOf(expr.args[1]->span), expr.args[1]->span, *pattern, problem->at, problem->length),
                std::move(problem->message), std::move(problem->hint));
}

}  // namespace weir
