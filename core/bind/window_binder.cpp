// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/bind/query_binder.h"
#include "core/bind/window_list.h"

namespace weir {

namespace {

using Kind = BoundWindow::Kind;

constexpr int64_t kMostWindowsOpen = 100'000;
constexpr int64_t kMostEvents = 10'000'000;

std::string milliseconds(int64_t ms) { return "(" + std::to_string(ms) + " ms)"; }

}  // namespace

BoundWindow QueryBinder::bindWindow(const ast::Window& window, const Scope& scope) {
  const WindowSpec* spec = nullptr;
  std::vector<std::string> names;
  for (const WindowSpec& known : windowTable()) {
    names.emplace_back(known.name);
    if (equalsIgnoringCase(known.name, window.name.text)) spec = &known;
  }
  if (!spec) {
    const std::string guess = didYouMean(window.name.text, names);
    throwBind(Code::Window, window.name.span, "unknown window '" + window.name.text + "'",
              guess.empty() ? "windows are " + joined(names, ", ", " and ") : guess);
  }
  std::string_view arguments = spec->arguments;
  BoundWindow bound;
  bound.kind = spec->kind;
  if (spec->name == "SLIDING" && window.args.size() == 1) {
    arguments = "d";
    bound.kind = Kind::Time;
  }
  if (window.args.size() != arguments.size())
    throwBind(Code::Window, window.span,
              std::string(spec->name) + " takes " + std::to_string(arguments.size()) +
                  (arguments.size() == 1 ? " argument" : " arguments"),
              "for example WINDOW " + std::string(spec->signature));
  std::vector<int64_t> durations;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ast::WindowArg& arg = window.args[i];
    const bool isDuration = arg.kind == ast::WindowArg::Kind::Duration;
    switch (arguments[i]) {
      case 'd':
        if (!isDuration)
          throwBind(Code::Duration, arg.span, std::string(spec->name) + " needs a duration with a unit",
                    "for example WINDOW " + std::string(spec->signature));
        if (arg.duration.ms <= 0) throwBind(Code::Window, arg.span, "window size must be positive");
        durations.push_back(arg.duration.ms);
        break;
      case 'n': {
        const auto count = !isDuration && arg.expr->kind == ast::Expr::Kind::Integer
                               ? parseNumber<int64_t>(arg.expr->text)
                               : std::optional<int64_t>{};
        if (!count)
          throwBind(Code::Window, arg.span, std::string(spec->name) + " needs a number of events",
                    "for example WINDOW " + std::string(spec->signature));
        if (*count < 1) throwBind(Code::Window, arg.span, "window size must be positive");
        if (*count > kMostEvents)
          throwBind(Code::Limit, arg.span, "window size must not exceed " + std::to_string(kMostEvents) + " events");
        bound.count = *count;
        break;
      }
      default: {
        if (isDuration)
          throwBind(Code::Window, arg.span, std::string(spec->name) + " needs a column here",
                    "for example WINDOW " + std::string(spec->signature));
        ExpressionBinder binder(scope, m_catalog.source());
        auto key = binder.bindRow(*arg.expr, "WINDOW");
        if (arguments[i] == 'c') {
          if (key->kind != BoundExpression::Kind::Column)
            throwBind(Code::Window, arg.span, std::string(spec->name) + " needs a column, not an expression",
                      "compute it in a query of its own, SELECT *, ... AS at FROM ..., and window its stream by at");
          if (!isInteger(key->type))
            throwBind(Code::TypeMismatch, arg.span,
                      std::string(spec->name) + " needs a LONG column with milliseconds, got " +
                          std::string(typeName(key->type)));
          bound.externalColumn = key->column;
        } else {
          bound.key = std::move(key);
        }
      }
    }
  }
  if (!durations.empty()) bound.sizeMs = durations[0];
  if (bound.kind == Kind::Hopping) {
    bound.slideMs = durations[1];
    if (bound.slideMs > bound.sizeMs)
      throwBind(Code::Window, window.span,
                "slide " + milliseconds(bound.slideMs) + " must not exceed size " + milliseconds(bound.sizeMs));
  }
  if (bound.kind == Kind::Cumulate) {
    bound.slideMs = durations[0];
    bound.sizeMs = durations[1];
    if (bound.slideMs > bound.sizeMs || bound.sizeMs % bound.slideMs != 0)
      throwBind(Code::Window, window.span,
                "step " + milliseconds(bound.slideMs) + " must divide size " + milliseconds(bound.sizeMs));
  }
  if (bound.slideMs > 0 && bound.sizeMs / bound.slideMs > kMostWindowsOpen)
    throwBind(Code::Limit, window.span,
              "more than " + std::to_string(kMostWindowsOpen) + " windows would be open at once", "use a larger slide");
  return bound;
}

}  // namespace weir
