// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bind/window_binder.h"

#include "core/base/text.h"
#include "core/bind/expression_binder.h"
#include "core/functions/cast.h"
#include "core/plan/window_list.h"
#include "core/sql/lexer.h"

namespace weir {

namespace {

constexpr int64_t kMostWindowsOpen = 100'000;
constexpr int64_t kMostEvents = 10'000'000;

const WindowSpec& specOf(const ast::Window& window) {
  if (const WindowSpec* spec = findWindow(window.name.text, window.args.size())) return *spec;
  std::vector<std::string> names;
  for (const WindowSpec& known : windowTable()) names.emplace_back(known.name);
  const std::string guess = didYouMean(window.name.text, names);
  throwBind(Code::Window, window.name.span, "unknown window '" + window.name.text + "'",
            guess.empty() ? "windows are " + joined(names, ", ", " and ") : guess);
}

/// Binds the arguments of one window into the parameters that the list names.
class WindowBinder {
public:
  WindowBinder(const WindowSpec& spec, const Scope& scope, std::string_view source)
      : m_spec(spec), m_source(source), m_expressions(scope, source, "WINDOW") {
    m_bound.kind = spec.kind;
    if (spec.kind == logical::WindowKind::Book) m_bound.book = logical::Book();
  }

  void bind(const ast::WindowArg& arg, char parameter) {
    switch (parameter) {
      case 's': m_bound.sizeMs = duration(arg); break;
      case 'l': m_bound.slideMs = duration(arg); break;
      case 'n': m_bound.count = events(arg); break;
      case 't': m_bound.time = timeColumn(arg); break;
      case 'p': m_bound.book->price = number(arg); break;
      case 'q': m_bound.book->quantity = number(arg); break;
      case 'b': m_bound.book->snapshot = snapshot(arg); break;
      case 'd': m_bound.book->side = expression(arg); break;
      default: m_bound.key = expression(arg);
    }
  }
  Diagnostics takeWarnings() { return m_expressions.takeWarnings(); }
  logical::Window take() { return std::move(m_bound); }

private:
  std::string example() const { return "for example WINDOW " + std::string(m_spec.signature); }

  int64_t duration(const ast::WindowArg& arg) const {
    if (arg.kind != ast::WindowArg::Kind::Duration)
      throwBind(Code::Duration, arg.span, std::string(m_spec.name) + " needs a duration with a unit", example());
    if (arg.duration.ms <= 0) throwBind(Code::Window, arg.span, "window size must be positive");
    return arg.duration.ms;
  }

  int64_t events(const ast::WindowArg& arg) const {
    const bool isNumber = arg.kind != ast::WindowArg::Kind::Duration && arg.expr->kind == ast::Expr::Kind::Integer;
    const auto count = isNumber ? parseNumber<int64_t>(arg.expr->text) : std::optional<int64_t>{};
    if (!count) throwBind(Code::Window, arg.span, std::string(m_spec.name) + " needs a number of events", example());
    if (*count < 1) throwBind(Code::Window, arg.span, "window size must be positive");
    if (*count > kMostEvents)
      throwBind(Code::Limit, arg.span, "window size must not exceed " + std::to_string(kMostEvents) + " events");
    return *count;
  }

  void needExpression(const ast::WindowArg& arg) const {
    if (arg.kind == ast::WindowArg::Kind::Duration)
      throwBind(Code::Window, arg.span, std::string(m_spec.name) + " needs a column here", example());
  }

  logical::Expression expression(const ast::WindowArg& arg) {
    needExpression(arg);
    return m_expressions.bind(*arg.expr);
  }

  // A price in a text would make two levels of 100.1 and 100.10.
  logical::Expression number(const ast::WindowArg& arg) {
    logical::Expression value = expression(arg);
    if (!isNumber(value.type))
      throwBind(Code::TypeMismatch, arg.span,
                std::string(m_spec.name) + " needs numbers for price and quantity, got " + named(value.type),
                castKernel(value.type, Type::Double)
                    ? "use CAST(" + shown(std::string(textOf(m_source, arg.span))) + " AS DOUBLE)"
                    : "");
    return value;
  }

  // One that is never TRUE is none: so a side can be given without.
  Box<logical::Expression> snapshot(const ast::WindowArg& arg) {
    needExpression(arg);
    logical::Expression begins = m_expressions.asBool(*arg.expr, "snapshot");
    if (begins.kind == logical::Expression::Kind::Literal && begins.literal != Value(true)) return {};
    return begins;
  }

  logical::Expression timeColumn(const ast::WindowArg& arg) {
    logical::Expression column = expression(arg);
    if (column.kind != logical::Expression::Kind::Column)
      throwBind(Code::Window, arg.span, std::string(m_spec.name) + " needs a column, not an expression",
                "compute it in a query of its own, SELECT *, ... AS at FROM ..., and window its stream by at");
    if (!isInteger(column.type))
      throwBind(Code::TypeMismatch, arg.span,
                std::string(m_spec.name) + " needs a LONG column with milliseconds, got " + named(column.type));
    return column;
  }

  const WindowSpec& m_spec;
  std::string_view m_source;
  ExpressionBinder m_expressions;
  logical::Window m_bound;
};

}  // namespace

logical::Window bindWindow(const ast::Window& window, const Scope& scope, std::string_view source,
                           Diagnostics& warnings) {
  const WindowSpec& spec = specOf(window);
  const std::string_view parameters = spec.parameters;
  const size_t least = parameters.size() - spec.optional;
  if (window.args.size() < least || window.args.size() > parameters.size())
    throwBind(Code::Window, window.span,
              std::string(spec.name) + " takes " + (spec.optional > 0 ? std::to_string(least) + " to " : "") +
                  std::to_string(parameters.size()) + (parameters.size() == 1 ? " argument" : " arguments"),
              "for example WINDOW " + std::string(spec.signature));
  WindowBinder binder(spec, scope, source);
  for (size_t i = 0; i < window.args.size(); ++i) binder.bind(window.args[i], parameters[i]);
  for (Diagnostic& warning : binder.takeWarnings()) warnings.push_back(std::move(warning));
  logical::Window bound = binder.take();
  bound.span = window.span;
  if (const std::string complaint = spec.complaint ? spec.complaint(bound) : ""; !complaint.empty())
    throwBind(Code::Window, window.span, complaint);
  if (bound.slideMs > 0 && bound.sizeMs / bound.slideMs > kMostWindowsOpen)
    throwBind(Code::Limit, window.span,
              "more than " + std::to_string(kMostWindowsOpen) + " windows would be open at once", "use a larger slide");
  return bound;
}

}  // namespace weir
