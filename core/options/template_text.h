// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One stretch of a template: text, or what stands for something that is known later.
struct TemplatePart {
  enum class Kind {
    Text,
    Reference,   ///< `${env:NAME}`, `${secret:NAME}`
    Path,        ///< `${$.path}`, `${last.$.path}`, `${before.$.path}`
    Each,        ///< `${each}`
    Expression,  ///< `${...}` in the words of SQL
  };
  /// Which message a path leads into: the one that is answered or was awaited, the newest that has it, the answer to
  /// the request before connecting.
  enum class Of { Message, Last, Before };

  Kind kind = Kind::Text;
  std::string text;  ///< itself; the name of a reference; the path; the expression
  std::string from;  ///< of a reference: env or secret
  Of of = Of::Message;
  size_t begin = 0;  ///< where it stands, in bytes
  size_t end = 0;
  /// What stands within an expression, as a value of its own or in its texts: no text, no expression.
  std::vector<TemplatePart> inner;
  /// Of an expression: itself, with a column for each of `inner` and for `SEQ()`.
  std::string rewritten;

  /// The name of the column that holds its value while an expression is worked out.
  std::string column() const;
};

/// What is wrong with a template, and where, in bytes.
struct TemplateTrouble {
  size_t begin = 0;
  size_t end = 0;
  std::string message;
  std::string hint;
};

/// A template taken apart.
struct TemplateText {
  std::vector<TemplatePart> parts;
  std::optional<TemplateTrouble> trouble;

  /// Something in it is only known when it is sent.
  bool isDynamic() const;
  /// All parts that are neither text nor expression, those within expressions too.
  std::vector<TemplatePart> inputs() const;
};

/// The column of `SEQ()` in the rewritten text of an expression.
inline constexpr std::string_view kSequenceColumn = "SEQ()";

/// Takes a template apart; `$${` stands for the characters `${`. Expressions are not judged.
TemplateText readTemplate(std::string_view text);

}  // namespace weir
