// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/plan/logical.h"
#include "core/sql/ast.h"

namespace weir {

/// Knows every stream of a script: declared ones first, targets of queries as they are bound.
class Catalog {
public:
  explicit Catalog(std::string_view source) : m_source(source) {}

  /// Adds what CREATE declares; `columns` replaces a column list of `...` once it is known.
  void define(const ast::CreateStream& create, Span span, Diagnostics& diagnostics, const SchemaPtr& columns);
  void markBroken(const std::string& name) { m_broken.insert(name); }
  bool isBroken(const std::string& name) const { return m_broken.contains(name); }
  logical::Stream* find(const std::string& name);
  logical::Stream& add(logical::Stream stream);
  std::vector<std::string> names() const;
  std::map<std::string, logical::Stream> takeStreams() { return std::move(m_streams); }
  std::string_view source() const { return m_source; }

private:
  std::string_view m_source;
  std::map<std::string, logical::Stream> m_streams;
  std::set<std::string> m_broken;
};

}  // namespace weir
