// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/lower_expression.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <utility>

#include "core/functions/cast.h"
#include "core/functions/function_list.h"

namespace weir {

using logical::Expression;
using Kind = Expression::Kind;
using physical::ExpressionPtr;
using PhysicalKind = physical::Expression::Kind;

namespace {

ExpressionPtr make(PhysicalKind kind, Type type) {
  auto expr = std::make_unique<physical::Expression>();
  expr->kind = kind;
  expr->type = type;
  return expr;
}

// What is more than a kernel over its arguments' values.
std::optional<PhysicalKind> specialKind(std::string_view name) {
  static const std::unordered_map<std::string_view, PhysicalKind> kKinds = {
      {"AND", PhysicalKind::And},
      {"OR", PhysicalKind::Or},
      {"NOT", PhysicalKind::Not},
      {"COALESCE", PhysicalKind::Coalesce},
      {"NOW", PhysicalKind::Now},
      {"UUID", PhysicalKind::Uuid},
      {"EVENT_TIMESTAMP", PhysicalKind::EventTime},
      {"EVENT_TIMESTAMP_NS", PhysicalKind::EventTimeNs},
      {"ARRIVAL_TIMESTAMP", PhysicalKind::ArrivalTime},
      {"WINDOW_FINAL", PhysicalKind::WindowFinal},
      {"WINDOW_HAS_GAP", PhysicalKind::WindowHasGap},
  };
  const auto found = kKinds.find(name);
  return found == kKinds.end() ? std::nullopt : std::optional(found->second);
}

// The arguments have the very types of an overload: the binder has widened them.
Kernel kernelOf(const std::string& name, const std::vector<ExpressionPtr>& args) {
  const ScalarFunction* symbol = findOperator(name);
  const ScalarFunction& function = symbol ? *symbol : *findScalar(name);
  if (function.rule != TypeRule::Overloads) return function.kernel;
  for (const Overload& overload : function.overloads) {
    const size_t wanted = overload.params.size();
    if (overload.variadic ? args.size() < wanted : args.size() != wanted) continue;
    bool fits = true;
    for (size_t i = 0; i < args.size(); ++i) fits = fits && args[i]->type == overload.params[std::min(i, wanted - 1)];
    if (fits) return overload.kernel;
  }
  assert(false);
  return nullptr;
}

}  // namespace

ExpressionPtr columnAt(size_t slot, Type type) {
  ExpressionPtr column = make(PhysicalKind::Column, type);
  column->column = slot;
  return column;
}

ExpressionPtr silentCall(Kernel kernel, Type type, ExpressionPtr arg) {
  ExpressionPtr call = make(PhysicalKind::Call, type);
  call->kernel = kernel;
  call->weight = 0;
  call->args.push_back(std::move(arg));
  return call;
}

ExpressionPtr widened(ExpressionPtr expr, Type to) {
  if (expr->type == to) return expr;
  const bool sameStorage = isInteger(expr->type) && isInteger(to);
  const bool isLiteral = expr->kind == PhysicalKind::Literal;
  if (const int64_t* integer = std::get_if<int64_t>(&expr->literal); isLiteral && integer && isReal(to))
    expr->literal = static_cast<double>(*integer);
  const Kernel kernel = isLiteral || sameStorage ? nullptr : castKernel(expr->type, to);
  if (kernel) return silentCall(kernel, to, std::move(expr));
  // Same storage: only the name of the type changes.
  expr->type = to;
  return expr;
}

ExpressionPtr conjunction(std::vector<ExpressionPtr> parts) {
  if (parts.empty()) return nullptr;
  ExpressionPtr all = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    ExpressionPtr both = make(PhysicalKind::And, Type::Bool);
    both->args.push_back(std::move(all));
    both->args.push_back(std::move(parts[i]));
    all = std::move(both);
  }
  return all;
}

void shift(physical::Expression& expr, size_t by) {
  if (expr.kind == PhysicalKind::Column) expr.column -= by;
  for (auto& arg : expr.args) shift(*arg, by);
}

void addWeight(physical::Expression& expr) {
  if (expr.weight > 0) ++expr.weight;
  for (auto& arg : expr.args) addWeight(*arg);
}

void clearWeight(physical::Expression& expr) {
  expr.weight = 0;
  for (auto& arg : expr.args) clearWeight(*arg);
}

ExpressionPtr ExpressionLowering::lower(const Expression& expr) {
  if (ExpressionPtr whole = lowerWhole(expr)) return whole;
  switch (expr.kind) {
    case Kind::Column: return columnAt(m_slots.of(expr), expr.type);
    case Kind::Literal: {
      ExpressionPtr literal = make(PhysicalKind::Literal, expr.type);
      literal->literal = expr.literal;
      return literal;
    }
    case Kind::Call: return lowerCall(expr);
    case Kind::Cast: {
      ExpressionPtr operand = lower(expr.args[0]);
      const Kernel kernel = castKernel(operand->type, expr.type);
      ExpressionPtr cast = silentCall(kernel, expr.type, std::move(operand));
      cast->weight = expr.tries ? 0 : 1;
      return cast;
    }
    case Kind::Widen: return widened(lower(expr.args[0]), expr.type);
    case Kind::Case:
    case Kind::In: {
      ExpressionPtr out = make(expr.kind == Kind::Case ? PhysicalKind::Case : PhysicalKind::In, expr.type);
      out->args = lower(expr.args);
      return out;
    }
    case Kind::Aggregate:
    case Kind::Over: return columnAt(slotOf(expr), expr.type);
    case Kind::Item: return lowerItem(expr);
    case Kind::Again: return lowerAgain(expr);
  }
  return nullptr;
}

std::vector<ExpressionPtr> ExpressionLowering::lower(const std::vector<Expression>& list) {
  std::vector<ExpressionPtr> out;
  out.reserve(list.size());
  for (const Expression& expr : list) out.push_back(lower(expr));
  return out;
}

ExpressionPtr ExpressionLowering::lowerCall(const Expression& expr) {
  if (expr.name == logical::kCanonical) return silentCall(objectValueKernel(), expr.type, lower(expr.args[0]));
  if (expr.name == "WINDOW_START" || expr.name == "WINDOW_END") return columnAt(slotOf(expr), expr.type);
  const std::optional<PhysicalKind> special = specialKind(expr.name);
  ExpressionPtr call = make(special.value_or(PhysicalKind::Call), expr.type);
  call->args = lower(expr.args);
  if (!special) call->kernel = kernelOf(expr.name, call->args);
  return call;
}

ExpressionPtr ExpressionLowering::lowerAgain(const Expression& expr) {
  const bool before = std::exchange(m_isAgain, true);
  ExpressionPtr repeated = lower(expr.args[0]);
  m_isAgain = before;
  clearWeight(*repeated);
  return repeated;
}

ExpressionPtr ExpressionLowering::lowerWhole(const Expression&) { return nullptr; }

size_t ExpressionLowering::slotOf(const Expression&) {
  assert(false);
  return 0;
}

ExpressionPtr ExpressionLowering::lowerItem(const Expression&) {
  assert(false);
  return nullptr;
}

}  // namespace weir
