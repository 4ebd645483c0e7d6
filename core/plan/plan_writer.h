// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace weir::logical {

/// Small parts that the writers of plans share.

/// Between quotes, those in it doubled.
std::string quoted(std::string_view chars, char quote);
/// A name, between quotes unless it is a plain word.
std::string named(std::string_view name);

/// Writes lines, those within others further to the right.
class PlanWriter {
public:
  void line(const std::string& text) { m_text.append(m_depth * 2, ' ').append(text) += '\n'; }
  void deeper() { ++m_depth; }
  void back() { --m_depth; }
  std::string take() { return std::move(m_text); }

private:
  std::string m_text;
  size_t m_depth = 0;
};

}  // namespace weir::logical
