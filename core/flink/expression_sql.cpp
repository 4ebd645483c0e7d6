// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flink/expression_sql.h"

#include <algorithm>

#include "core/flink/function_sql.h"
#include "core/flink/sql_text.h"

namespace weir::flink {

using Kind = Expression::Kind;

namespace {

bool isMember(const Expression& expr) { return expr.kind == Kind::Call && (expr.name == "->" || expr.name == "->>"); }

// One step of a path: `.name`, `[0]`. Nothing where it is not written out.
std::optional<std::string> stepOf(const Expression& key) {
  if (key.kind != Kind::Literal) return std::nullopt;
  if (const auto* index = std::get_if<int64_t>(&key.literal)) return "[" + std::to_string(*index) + "]";
  const auto* member = std::get_if<std::string>(&key.literal);
  if (!member || member->find_first_of("\"\\'") != std::string::npos) return std::nullopt;
  const bool isWord =
      std::all_of(member->begin(), member->end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  return isWord && !member->empty() ? "." + *member : "[\"" + *member + "\"]";
}

}  // namespace

std::string ExpressionSql::operator()(const Expression& expr) const {
  if (auto answer = known(expr)) return *answer;
  switch (expr.kind) {
    case Kind::Column: return column(expr);
    case Kind::Literal: return literal(expr.literal, expr.type);
    case Kind::Call: return call(expr);
    case Kind::Cast:
    case Kind::Widen: return castOf(expr);
    case Kind::Case: return caseOf(expr);
    case Kind::In: {
      const std::vector<std::string> all = (*this)(expr.args);
      return "(" + all[0] + " IN (" + list(std::span(all).subspan(1)) + "))";
    }
    case Kind::Again: return (*this)(expr.args[0]);
    case Kind::Aggregate:
    case Kind::Over:
    case Kind::Item: break;
  }
  return m_complaints.refuse(expr.span, expr.name + " cannot stand here in Flink SQL", "give it a query of its own");
}

std::vector<std::string> ExpressionSql::operator()(const std::vector<Expression>& all) const {
  std::vector<std::string> out;
  for (const Expression& expr : all) out.push_back((*this)(expr));
  return out;
}

// A number that is written out has the type that it looks like.
std::string ExpressionSql::item(const Expression& expr) const {
  if (expr.type == Type::Object)
    return m_complaints.refuse(expr.span, "an OBJECT is no column of a result in Flink SQL",
                               "take what is wanted out of it: column ->> 'name', or CAST(column AS STRING)");
  const std::string sql = (*this)(expr);
  const bool isFine = expr.kind == Kind::Column || !isInteger(expr.type);
  return isFine ? sql : cast(sql, expr.type);
}

std::string ExpressionSql::column(const Expression& expr) const { return name(expr.of, expr.name); }

std::string ExpressionSql::call(const Expression& expr) const {
  if (expr.name == "->>") return objectAs(expr, Type::String, expr.span);
  if (expr.name == "->")
    return m_complaints.refuse(expr.span, "a member as OBJECT has no translation",
                               "take it as text: ->> in place of ->");
  for (const Expression& arg : expr.args)
    if (arg.type == Type::Bytes || arg.type == Type::Object)
      if (expr.name != "IS_NULL" && expr.name != "IS_NOT_NULL")
        return m_complaints.refuse(arg.span,
                                   expr.name + " of " + std::string(typeName(arg.type)) + " has no translation",
                                   "CAST it first, or take a member of it by ->>");
  std::string why;
  if (const auto sql = functionSql(expr, (*this)(expr.args), &why)) return *sql;
  return m_complaints.refuse(expr.span,
                             expr.name + " has no translation into Flink SQL" + (why.empty() ? "" : ": " + why),
                             "compute it where the topic is read: `weir run` knows it");
}

std::string ExpressionSql::caseOf(const Expression& expr) const {
  const std::vector<std::string> all = (*this)(expr.args);
  std::string out = "CASE";
  for (size_t i = 0; i + 1 < all.size(); i += 2) out += " WHEN " + all[i] + " THEN " + all[i + 1];
  if (all.size() % 2 == 1) out += " ELSE " + all.back();
  return out + " END";
}

std::string ExpressionSql::castOf(const Expression& expr) const {
  const Expression& from = expr.args[0];
  if (from.type == Type::Null || (from.kind == Kind::Literal && expr.kind == Kind::Widen))
    return literal(from.literal, expr.type);
  if (from.type == Type::Object) return objectAs(from, expr.type, expr.span);
  if (!hasCast(from.type, expr.type))
    return m_complaints.refuse(expr.span,
                               "CAST of " + std::string(typeName(from.type)) + " to " +
                                   std::string(typeName(expr.type)) + " has no translation into Flink SQL",
                               from.type == Type::Double || from.type == Type::Float
                                   ? "leave it a number: Flink writes 1.0E10 where Weir writes 10000000000.0"
                                   : "compute it where the topic is read: `weir run` knows it");
  return castText((*this)(from), from.type, expr.type);
}

std::string ExpressionSql::memberOf(const Expression& object, const char* function) const {
  std::string path;
  const Expression* at = &object;
  while (isMember(*at)) {
    const auto step = stepOf(at->args[1]);
    if (!step)
      return m_complaints.refuse(at->args[1].span, "the path into an OBJECT must be written out for Flink SQL",
                                 "a name or a number: column ->> 'price', column ->> 0");
    path.insert(0, *step);
    at = &at->args[0];
    if (at->kind == Kind::Again) at = &at->args[0];
  }
  return std::string(function) + "(" + (*this)(*at) + ", " + text("lax $" + path) + ")";
}

// What a member holds, as what a cast makes of it.
std::string ExpressionSql::objectAs(const Expression& object, Type type, Span where) const {
  if (type == Type::Object || type == Type::Bytes)
    return m_complaints.refuse(where, std::string(typeName(type)) + " has no translation into Flink SQL",
                               "take a member of it by ->>");
  const std::string scalar = memberOf(object, "JSON_VALUE");
  if (type == Type::String) return "COALESCE(" + scalar + ", " + memberOf(object, "JSON_QUERY") + ")";
  return castText(scalar, Type::String, type);
}

}  // namespace weir::flink
