// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/type.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace weir {

namespace {

constexpr auto kSpellings = std::to_array<TypeSpelling>({
    {"STRING", Type::String},
    {"VARCHAR", Type::String},
    {"TEXT", Type::String},
    {"CHAR", Type::String},
    {"INT", Type::Int},
    {"INTEGER", Type::Int},
    {"SMALLINT", Type::Int},
    {"TINYINT", Type::Int},
    {"LONG", Type::Long},
    {"BIGINT", Type::Long},
    {"TIMESTAMP", Type::Long, false, true},
    {"FLOAT", Type::Float},
    {"REAL", Type::Float},
    {"DOUBLE", Type::Double},
    {"DECIMAL", Type::Double, true},
    {"NUMERIC", Type::Double, true},
    {"BOOL", Type::Bool},
    {"BOOLEAN", Type::Bool},
    {"OBJECT", Type::Object},
    {"JSON", Type::Object},
    {"BYTES", Type::Bytes},
    {"BLOB", Type::Bytes},
    {"BINARY", Type::Bytes},
});

}  // namespace

std::string_view typeName(Type type) {
  switch (type) {
    case Type::Null: return "NULL";
    case Type::Bool: return "BOOL";
    case Type::Int: return "INT";
    case Type::Long: return "LONG";
    case Type::Float: return "FLOAT";
    case Type::Double: return "DOUBLE";
    case Type::String: return "STRING";
    case Type::Object: return "OBJECT";
    case Type::Bytes: return "BYTES";
  }
  return "?";
}

std::optional<TypeSpelling> findType(std::string_view name) {
  for (const TypeSpelling& spelling : kSpellings)
    if (equalsIgnoringCase(spelling.name, name)) return spelling;
  return std::nullopt;
}

std::vector<std::string> typeSpellings() {
  std::vector<std::string> out;
  for (const TypeSpelling& spelling : kSpellings) out.emplace_back(spelling.name);
  return out;
}

std::string typeList() { return "STRING, INT, LONG, FLOAT, DOUBLE, BOOL, OBJECT or BYTES"; }

std::optional<Type> commonType(Type a, Type b) {
  if (a == Type::Null) return b;
  if (b == Type::Null || a == b) return a;
  if (isNumber(a) && isNumber(b)) return std::max(a, b);
  return std::nullopt;
}

}  // namespace weir
