// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/flink/complaints.h"
#include "core/plan/expression.h"

namespace weir::flink {

using logical::Expression;

/// Writes expressions in Flink SQL, so that they give what they give here: NULL where a cast fails, where a number does
/// not fit or a divisor is zero.
class ExpressionSql {
public:
  /// Answers what stands for an expression where it stands: a column, an aggregate, a window's bound. Asked first for
  /// each part; nothing where the part is written as it is.
  using Known = std::function<std::optional<std::string>(const Expression& part)>;

  ExpressionSql(Complaints& complaints, Known known) : m_complaints(complaints), m_known(std::move(known)) {}

  std::string operator()(const Expression& expr) const;
  std::vector<std::string> operator()(const std::vector<Expression>& list) const;
  /// What is known to stand for the whole expression.
  std::optional<std::string> known(const Expression& expr) const {
    return m_known ? m_known(expr) : std::optional<std::string>();
  }
  /// As a column of its type.
  std::string item(const Expression& expr) const;

private:
  std::string column(const Expression& expr) const;
  std::string call(const Expression& expr) const;
  std::string caseOf(const Expression& expr) const;
  std::string castOf(const Expression& expr) const;
  std::string memberOf(const Expression& object, const char* function) const;
  std::string objectAs(const Expression& object, Type type, Span where) const;

  Complaints& m_complaints;
  Known m_known;
};

/// A cast that gives NULL where it fails, as `weir` reads numbers: nothing but digits, a sign, a point and an exponent.
std::string castText(const std::string& sql, Type from, Type to);
/// Whether there is such a cast.
bool hasCast(Type from, Type to);

}  // namespace weir::flink
