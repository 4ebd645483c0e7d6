// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/type.h"

namespace weir {

struct Field {
  std::string name;
  Type type = Type::Null;
  bool notNull = false;
  bool isTime = false;  ///< a LONG that was declared TIMESTAMP: texts in ISO 8601 fill it too
  bool operator==(const Field&) const = default;
};

/// Names and types of a stream's columns, in order. Names are exact in case.
struct Schema {
  std::vector<Field> fields;
  bool isCut = false;  ///< was learnt from messages that have more columns than are taken

  std::optional<size_t> find(std::string_view name) const {
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == name) return i;
    return std::nullopt;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const Field& field : fields) out.push_back(field.name);
    return out;
  }
  bool operator==(const Schema&) const = default;
};

using SchemaPtr = std::shared_ptr<const Schema>;

}  // namespace weir
