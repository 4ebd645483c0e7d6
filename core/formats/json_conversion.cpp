// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/json_conversion.h"

#include <utility>

#include "core/base/plain_number.h"
#include "core/base/text.h"
#include "core/data/json_text.h"

namespace weir {

bool convertJson(JsonKind kind, const std::string& text, Type type, Value& out) {
  if (kind == JsonKind::Null) {
    out = Value();
    return true;
  }
  if (kind == JsonKind::Foreign) return false;
  const bool isWritten = kind == JsonKind::String || kind == JsonKind::Bytes || kind == JsonKind::Time;
  switch (type) {
    case Type::String: out = text; return true;
    case Type::Object: {
      if (kind == JsonKind::Container) {
        out = jsonMinified(text);
      } else if (isWritten) {
        std::string quoted;
        appendJsonString(quoted, text);
        out = quoted;
      } else {
        out = text;
      }
      return true;
    }
    case Type::Bool:
      if ((kind != JsonKind::Bool && kind != JsonKind::String) || (text != "true" && text != "false")) return false;
      out = text == "true";
      return true;
    case Type::Bytes: {
      if (kind != JsonKind::String && kind != JsonKind::Bytes) return false;
      auto bytes = base64Decoded(text);
      if (!bytes) return false;
      out = std::move(*bytes);
      return true;
    }
    case Type::Int:
    case Type::Long: {
      if (kind != JsonKind::Number && kind != JsonKind::String) return false;
      const auto value = exactInteger(trimmed(text));
      if (!value || (type == Type::Int && (*value < INT32_MIN || *value > INT32_MAX))) return false;
      out = *value;
      return true;
    }
    case Type::Float:
    case Type::Double: {
      if (kind != JsonKind::Number && kind != JsonKind::String) return false;
      const auto value = decimalNumber(trimmed(text));
      if (!value) return false;
      if (type == Type::Float && !fitsFloat(*value)) return false;
      out = *value;
      return true;
    }
    default: return false;
  }
}

}  // namespace weir
