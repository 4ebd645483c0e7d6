// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Null is the type of a bare NULL, which fits everywhere.
enum class Type { Null, Bool, Int, Long, Float, Double, String, Object, Bytes };

std::string_view typeName(Type type);

/// A spelling of a type in SQL; `lossy` ones deserve a warning.
struct TypeSpelling {
  std::string_view name;
  Type type;
  bool lossy = false;
  bool isTime = false;
};

/// Reads a type's name in any case, synonyms included.
std::optional<TypeSpelling> findType(std::string_view name);
/// Every spelling, for "did you mean".
std::vector<std::string> typeSpellings();
/// "STRING, INT, LONG, ..." for messages and help.
std::string typeList();

constexpr bool isInteger(Type t) { return t == Type::Int || t == Type::Long; }
constexpr bool isReal(Type t) { return t == Type::Float || t == Type::Double; }
constexpr bool isNumber(Type t) { return isInteger(t) || isReal(t); }
/// Kept as bytes in a column's heap.
constexpr bool isText(Type t) { return t == Type::String || t == Type::Object || t == Type::Bytes; }
/// INT < LONG < FLOAT < DOUBLE widen by themselves; NULL fits everywhere.
constexpr bool widensTo(Type from, Type to) {
  return from == to || from == Type::Null || (isNumber(from) && isNumber(to) && from < to);
}
/// The type both widen to, if there is one.
std::optional<Type> commonType(Type a, Type b);

}  // namespace weir
