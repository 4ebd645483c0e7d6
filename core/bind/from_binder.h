// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <variant>

#include "core/bind/catalog.h"
#include "core/bind/scope.h"

namespace weir {

/// Binds FROM: streams, queries in brackets, joins, UNNEST and patterns, and with them what names mean in the clauses
/// behind it.
class FromBinder {
public:
  FromBinder(Catalog& catalog, Diagnostics& diagnostics)
      : m_catalog(catalog), m_source(catalog.source()), m_diagnostics(diagnostics) {}

  std::variant<logical::From, logical::Pattern> bind(const ast::Query& query, Scope& scope);
  Diagnostics takeWarnings() { return std::move(m_warnings); }

private:
  logical::Source bindSource(const ast::Source& source, Scope& scope);
  Relation relationOf(const ast::Source& source, const Scope& scope, logical::Source& bound);
  logical::Unnest bindUnnest(const ast::Join& join, Scope& scope);
  logical::Join bindJoin(const ast::Join& join, Scope& scope);
  void bindConditions(const ast::Join& join, const Scope& scope, logical::Join& bound);
  void bindBounds(const ast::Join& join, logical::Join& bound);
  logical::Pattern bindPattern(const ast::Pattern& pattern, Scope& scope);
  Relation bindTerm(const ast::PatternNode& term, bool negated, const Scope& scope);
  void bindCondition(const ast::PatternNode& written, const Scope& scope, logical::PatternTerm& term);
  void warn(Code code, Span span, std::string message, std::string hint);

  Catalog& m_catalog;
  std::string_view m_source;
  Diagnostics& m_diagnostics;
  Diagnostics m_warnings;  ///< of expressions, told once the whole query is right
};

}  // namespace weir
