// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/cast.h"

#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "core/data/json_text.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

using L = int64_t;
using D = double;
using S = std::string_view;

bool fitsInt(L value) {
  return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
}

template <Type T>
Checked<L> narrowed(L value) {
  if (T == Type::Int && !fitsInt(value)) return Issue::CastFailed;
  return value;
}

template <Type T>
Checked<L> truncated(D value) {
  // 2^63 is a double, the greatest LONG is not.
  constexpr D kLimit = 9223372036854775808.0;
  const D whole = std::trunc(value);
  if (!(whole >= -kLimit && whole < kLimit)) return Issue::CastFailed;
  return narrowed<T>(static_cast<L>(whole));
}

S withoutPlus(S text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  return text;
}

template <Type T>
Checked<L> integerOf(S text) {
  const auto value = parseNumber<L>(withoutPlus(text));
  if (!value) return Issue::CastFailed;
  return narrowed<T>(*value);
}

Checked<D> doubleOf(S text) {
  const auto value = decimalNumber(withoutPlus(text));
  if (!value) return Issue::CastFailed;
  return *value;
}

Checked<D> floatOfReal(D value) {
  if (!fitsFloat(value)) return Issue::CastFailed;
  return static_cast<D>(static_cast<float>(value));
}

Checked<D> floatOf(S text) {
  const Checked<D> value = doubleOf(text);
  return value.issue == Issue::None ? floatOfReal(value.value) : value;
}

Checked<bool> boolOf(S text) {
  const std::string word = lowered(trimmed(text));
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word == "false" || word == "0" || word == "no") return false;
  return Issue::CastFailed;
}

bool boolOfInteger(L value) { return value != 0; }
bool boolOfReal(D value) { return value != 0; }
L integerOfBool(bool value) { return value ? 1 : 0; }
D realOfBool(bool value) { return value ? 1 : 0; }
D realOfInteger(L value) { return static_cast<D>(value); }
D floatOfInteger(L value) { return static_cast<D>(static_cast<float>(value)); }
std::string textOfInteger(L value) { return std::to_string(value); }
std::string textOfBool(bool value) { return value ? "true" : "false"; }
S sameText(S text) { return text; }
D sameReal(D value) { return value; }

std::string textOfReal(D value) {
  std::string out;
  appendDouble(out, value);
  return out;
}

std::string textOfFloat(D value) {
  std::string out;
  appendFloat(out, static_cast<float>(value));
  return out;
}

Checked<std::string> bytesText(S bytes) {
  if (!isUtf8(bytes)) return Issue::CastFailed;
  return std::string(bytes);
}

// An OBJECT casts as the value it holds.
template <auto Cast>
auto throughJson(S json) -> Checked<std::decay_t<decltype(Cast(S{}).value)>> {
  if (json.starts_with('{') || json.starts_with('[')) return Issue::CastFailed;
  return Cast(jsonPlainText(json));
}

template <Type T>
Checked<L> integerOfJson(S json) {
  if (json == "true" || json == "false") return L{json == "true"};
  if (!json.starts_with('"'))
    if (const auto real = decimalNumber(json); real && !parseNumber<L>(json)) return truncated<T>(*real);
  return throughJson<&integerOf<T>>(json);
}

std::string jsonText(S json) { return jsonPlainText(json); }

std::string objectValue(S json) { return jsonCanonical(json); }

// JSON null inside an OBJECT is NULL for every cast.
template <Kernel Inner>
void nullAware(Call& call) {
  Column cleaned(Type::Object);
  cleaned.reserve(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.args[0]->isNull(row) || isJsonNull(call.args[0]->text(row)))
      cleaned.appendNull();
    else
      cleaned.appendText(call.args[0]->text(row));
  }
  const std::array<ColumnPtr, 1> args{std::make_shared<Column>(std::move(cleaned))};
  Call inner{args, call.rows, call.out, call.issues, call.weight};
  Inner(inner);
}

Checked<std::string> jsonOf(S text) {
  if (!isJson(text)) return Issue::CastFailed;
  return jsonMinified(text);
}

template <Type T>
Kernel toInteger(Type from) {
  switch (from) {
    case Type::Bool: return lift<&integerOfBool>;
    case Type::Int:
    case Type::Long: return lift<&narrowed<T>>;
    case Type::Float:
    case Type::Double: return lift<&truncated<T>>;
    case Type::String: return lift<&integerOf<T>>;
    case Type::Object: return &nullAware<lift<&integerOfJson<T>>>;
    default: return nullptr;
  }
}

}  // namespace

Kernel objectValueKernel() { return &nullAware<lift<&objectValue>>; }

Kernel castKernel(Type from, Type to) {
  if (from == to && isText(from)) return lift<&sameText>;
  switch (to) {
    case Type::Int: return toInteger<Type::Int>(from);
    case Type::Long: return toInteger<Type::Long>(from);
    case Type::Float:
    case Type::Double:
      switch (from) {
        case Type::Bool: return lift<&realOfBool>;
        case Type::Int:
        case Type::Long: return to == Type::Float ? lift<&floatOfInteger> : lift<&realOfInteger>;
        case Type::Float:
        case Type::Double: return to == Type::Float ? lift<&floatOfReal> : lift<&sameReal>;
        case Type::String: return to == Type::Float ? lift<&floatOf> : lift<&doubleOf>;
        case Type::Object:
          return to == Type::Float ? &nullAware<lift<&throughJson<&floatOf>>>
                                   : &nullAware<lift<&throughJson<&doubleOf>>>;
        default: return nullptr;
      }
    case Type::Bool:
      switch (from) {
        case Type::Int:
        case Type::Long: return lift<&boolOfInteger>;
        case Type::Float:
        case Type::Double: return lift<&boolOfReal>;
        case Type::String: return lift<&boolOf>;
        case Type::Object: return &nullAware<lift<&throughJson<&boolOf>>>;
        default: return nullptr;
      }
    case Type::String:
      switch (from) {
        case Type::Bool: return lift<&textOfBool>;
        case Type::Int:
        case Type::Long: return lift<&textOfInteger>;
        case Type::Float: return lift<&textOfFloat>;
        case Type::Double: return lift<&textOfReal>;
        case Type::Object: return &nullAware<lift<&jsonText>>;
        case Type::Bytes: return lift<&bytesText>;
        default: return nullptr;
      }
    case Type::Object: return from == Type::String ? lift<&jsonOf> : nullptr;
    case Type::Bytes: return from == Type::String ? lift<&sameText> : nullptr;
    default: return nullptr;
  }
}

}  // namespace weir
