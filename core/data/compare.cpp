// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/compare.h"

#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

std::optional<Number> numberIn(std::string_view json) {
  if (json.starts_with('{') || json.starts_with('[')) return std::nullopt;
  const std::string plain = jsonPlainText(json);
  std::string_view text = trimmed(plain);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto whole = exactInteger(text)) return Number(*whole);
  if (const auto real = decimalNumber(text)) return Number(*real);
  return std::nullopt;
}

std::optional<Number> numberAt(const Column& column, size_t row) {
  if (column.type() == Type::Object) return numberIn(column.text(row));
  return isReal(column.type()) ? Number(column.real(row)) : Number(column.integer(row));
}

bool sameValue(const Column& a, size_t i, const Column& b, size_t j) {
  if (isText(a.type()) && isText(b.type())) return a.text(i) == b.text(j);
  if (isReal(a.type()) && isReal(b.type())) return a.real(i) == b.real(j);
  if (isNumber(a.type()) && isReal(a.type()) != isReal(b.type()))
    return std::is_eq(orderOf(*numberAt(a, i), *numberAt(b, j)));
  return a.integer(i) == b.integer(j);
}

}  // namespace weir
