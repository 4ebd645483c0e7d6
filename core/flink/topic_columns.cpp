// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/topic_columns.h"

namespace weir::flink {

namespace {

// What the names of all of them begin with.
constexpr const char* kHidden = "__";

}  // namespace

std::optional<Diagnostic> hiddenColumn(const logical::Stream& stream) {
  for (const Field& field : stream.schema->fields)
    if (field.name.starts_with(kHidden))
      return Diagnostic{Severity::Error, Code::Deployment, stream.span,
                        "the column '" + field.name + "' has a name that topics keep for themselves",
                        "call it something that does not begin with __"};
  return std::nullopt;
}

std::string topicOf(const std::string& prefix, const std::string& stream) { return prefix + "." + stream; }

}  // namespace weir::flink
