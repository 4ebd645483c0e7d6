// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/template_binder.h"

#include <algorithm>
#include <utility>

#include "core/bind/expression_binder.h"
#include "core/options/options.h"
#include "core/sql/expression_parser.h"

namespace weir {

namespace {

logical::Expression bound(const TemplatePart& part) {
  TokenCursor cursor(part.rewritten);
  const ast::ExprPtr parsed = ExpressionParser(cursor).parse();
  if (!cursor.atEnd()) cursor.fail();
  const bool isBareName = parsed->kind == ast::Expr::Kind::Name && part.inner.empty();
  if (isBareName && part.rewritten.find(kSequenceColumn) == std::string::npos)
    throwBind(Code::OptionValue, {}, "'${" + part.text + "}' names nothing",
              "write ${env:NAME}, ${secret:NAME}, ${$.path} or an expression such as ${NOW()}; $${ for the characters "
              "${");
  Scope scope;
  Relation columns;
  columns.alias = kTemplateRelation;
  columns.stream = kTemplateRelation;
  columns.schema = std::make_shared<Schema>(Schema{templateColumns(part)});
  scope.add(std::move(columns));
  logical::Expression expression = ExpressionBinder(scope, part.rewritten, "a template").bind(*parsed);
  if (expression.type == Type::Bytes)
    throwBind(Code::OptionValue, {}, "'${" + part.text + "}' is bytes, which a text cannot hold",
              "write BASE64(...) or HEX(...) around it");
  return expression;
}

}  // namespace

std::vector<Field> templateColumns(const TemplatePart& expression) {
  std::vector<Field> out;
  const auto add = [&](std::string name, Type type) {
    const auto isKnown = [&](const Field& field) { return field.name == name; };
    if (std::none_of(out.begin(), out.end(), isKnown)) out.push_back({std::move(name), type, false});
  };
  for (const TemplatePart& part : expression.inner) add(part.column(), Type::String);
  add(std::string(kSequenceColumn), Type::Long);
  return out;
}

Result<std::vector<BoundTemplatePart>> bindTemplate(std::string_view text, Span whole) {
  TemplateText read = readTemplate(text);
  std::vector<BoundTemplatePart> out;
  for (TemplatePart& part : read.parts) {
    const Span place = placeWithin(whole, text, part.begin, part.end);
    std::optional<logical::Expression> expression;
    try {
      if (part.kind == TemplatePart::Kind::Expression) expression = bound(part);
    } catch (const BindError& error) {
      return Diagnostic{Severity::Error, error.diagnostic.code, place, error.diagnostic.message, error.diagnostic.hint};
    } catch (const SyntaxError& error) {
      return Diagnostic{Severity::Error, error.diagnostic.code, place, error.diagnostic.message, error.diagnostic.hint};
    }
    out.push_back({std::move(part), std::move(expression)});
  }
  return out;
}

void checkTemplates(const Options& options, Diagnostics& found) {
  for (const auto& [key, value] : options.values()) {
    if (!options.isTemplate(key)) continue;
    const auto bound = bindTemplate(value, options.valueSpan(key));
    if (bound) continue;
    found.push_back(bound.diagnostics().front());
    // What a header holds is not printed.
    if (findOption(key)->isHeader) found.back().message = "'${...}' names nothing";
  }
}

}  // namespace weir
