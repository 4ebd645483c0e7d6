// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/bind/catalog.h"
#include "core/bind/group_binder.h"
#include "core/bind/item_list.h"

namespace weir {

/// Thrown when a query reads a stream whose own statement is wrong: nothing more to say.
struct BrokenInput {};
/// Thrown when a query reads a stream whose columns are not known before its first message.
struct DeferredInput {};

/// A SELECT without its target, and what its rows are besides their columns.
struct BoundQuery {
  logical::Query query;
  std::vector<size_t> groupColumns;  ///< items that name the group of a row
  int64_t windowMs = 0;              ///< how far the windows of its rows lie apart
  const ast::Query* written = nullptr;
  Span repeated;  ///< of the first item whose name was there before; empty when there is none
  std::string repeatedName;
};

/// Binds one SELECT clause by clause, each by a binder of its own.
class QueryBinder {
public:
  QueryBinder(const ast::Query& query, Catalog& catalog, Diagnostics& diagnostics)
      : m_written(query), m_catalog(catalog), m_source(catalog.source()), m_diagnostics(diagnostics) {}

  BoundQuery bind();

private:
  void bindWhere();
  void bindItems(const std::vector<WrittenItem>& items);
  void bindHavingAndOrder();
  void bindOutput();
  void noteGroups();
  template <class Binder>
  void takeWarnings(Binder& binder) {
    for (Diagnostic& warning : binder.takeWarnings()) m_warnings.push_back(std::move(warning));
  }

  const ast::Query& m_written;
  Catalog& m_catalog;
  std::string_view m_source;
  Diagnostics& m_diagnostics;
  Diagnostics m_warnings;  ///< told once the whole query is right
  BoundQuery m_bound;
  Scope m_scope;
  Grouping m_grouping;
  std::vector<Type> m_itemTypes;  ///< as bound, before a bare NULL became a STRING
};

/// Throws when items of one name would name columns.
void refuseRepeatedNames(const BoundQuery& bound);

}  // namespace weir
