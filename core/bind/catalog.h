// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/plan/logical.h"
#include "core/sql/ast.h"

namespace weir {

/// Knows every connection and stream of a script: connections first, then declared streams, targets of queries as they
/// are bound.
class Catalog {
public:
  explicit Catalog(std::string_view source) : m_source(source) {}

  /// Adds what CREATE CONNECTION declares, before any stream that goes over it.
  void define(const ast::CreateConnection& create, Span span, Diagnostics& diagnostics);
  void markConnectionBroken(const std::string& name) { m_brokenConnections.insert(name); }
  const logical::Connection* findConnection(const std::string& name) const;
  /// Adds what CREATE declares; `columns` replaces a column list of `...` once it is known.
  void define(const ast::CreateStream& create, Span span, Diagnostics& diagnostics, const SchemaPtr& columns);
  void markBroken(const std::string& name) { m_broken.insert(name); }
  bool isBroken(const std::string& name) const { return m_broken.contains(name); }
  logical::Stream* find(const std::string& name);
  logical::Stream& add(logical::Stream stream);
  std::vector<std::string> names() const;
  /// With the kinds of the streams that go over them.
  std::map<std::string, logical::Connection> takeConnections();
  std::map<std::string, logical::Stream> takeStreams() { return std::move(m_streams); }
  std::string_view source() const { return m_source; }

private:
  bool takesNameOfConnection(const ast::Name& name, Diagnostics& diagnostics) const;
  Result<Options> optionsOf(const ast::CreateStream& create, Span span) const;

  std::string_view m_source;
  std::map<std::string, logical::Connection> m_connections;
  std::set<std::string> m_brokenConnections;
  std::map<std::string, logical::Stream> m_streams;
  std::set<std::string> m_broken;
};

}  // namespace weir
