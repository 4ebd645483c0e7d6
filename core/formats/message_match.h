// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_path.h"
#include "core/base/result.h"
#include "core/formats/json_framing.h"

namespace weir {

/// A path into messages, read once. The paths are those of `json.mapping`; `$` and `$$` are the message. Any message
/// may be asked: one that is not JSON has nothing.
class MessagePath {
public:
  /// The error's span is the place in `text`.
  static Result<MessagePath> parse(std::string_view text, JsonFraming framing = JsonFraming::One);

  /// The value exactly as it was sent, a string in its quotes; of several values in a message the first that has it.
  std::optional<std::string> token(std::string_view message) const;
  /// The same, of a string what it says.
  std::optional<std::string> text(std::string_view message) const;

private:
  JsonPath m_path;
  JsonFraming m_framing = JsonFraming::One;
};

/// One condition on a value: that it is there, be it null, or what it must be.
struct MatchTerm {
  JsonPath path;
  Span span;                          ///< of the path in the text
  std::optional<std::string> value;   ///< as it was meant; nothing: being there is enough
  std::optional<std::string> number;  ///< the value as `jsonCanonical` has it, when it is a number

  /// Whether a value that is there is the wanted one: its text (of a string what it says) is equal, or both are
  /// numbers, in quotes or not, and equal.
  bool holds(std::string_view token) const;
  /// The same of a value that is known apart from its quotes.
  bool holdsText(std::string_view text) const;
};

/// Tells messages apart: `$.path`, `$.path = value`, several joined by AND, or a LIKE pattern over the whole message,
/// which is what does not begin with `$`. Safe for any thread; a message that is not JSON matches no `$`.
class MessageMatch {
public:
  /// The error's span is the place in `text`.
  static Result<MessageMatch> parse(std::string_view text, JsonFraming framing = JsonFraming::One);
  /// The same for `json.when`, whose `$` is a record, so that `$^` and `$key` mean something. A pattern is one over the
  /// message still; the terms are for the decoder to ask.
  static Result<MessageMatch> parseForRecords(std::string_view text);

  /// Of several values in a message one must match in all its terms.
  bool matches(std::string_view message) const;

  bool isPattern() const { return m_terms.empty(); }
  const std::vector<MatchTerm>& terms() const { return m_terms; }

private:
  static Result<MessageMatch> parsed(std::string_view text, JsonFraming framing, bool isOfRecords);
  bool matchesValue(std::string_view json) const;

  std::string m_pattern;
  std::vector<MatchTerm> m_terms;
  JsonFraming m_framing = JsonFraming::One;
};

}  // namespace weir
