// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/schema.h"
#include "core/options/options.h"
#include "core/options/template_text.h"
#include "core/plan/expression.h"

namespace weir {

/// An expression of a template; its columns are named as `TemplatePart::column` says, their relation
/// `kTemplateRelation`.
struct BoundTemplatePart {
  TemplatePart part;
  std::optional<logical::Expression> expression;
};

inline constexpr std::string_view kTemplateRelation = "template";

/// The columns that an expression of a template may read: texts, and the number of the message.
std::vector<Field> templateColumns(const TemplatePart& expression);

/// Binds the expressions of a template that can be read; `whole` is where it stands in the script, with its quotes.
Result<std::vector<BoundTemplatePart>> bindTemplate(std::string_view text, Span whole);

/// Says what is wrong with the expressions in a stream's options.
void checkTemplates(const Options& options, Diagnostics& found);

}  // namespace weir
