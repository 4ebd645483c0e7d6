// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Keeps what a server said that was no row, to be quoted when it brings none or closes: the newest refusal, or else
/// the newest message. Heartbeats and answers to them are passed over.
class LastWords {
public:
  /// `answer` is the feed's own answer to a heartbeat.
  explicit LastWords(std::string answer) : m_answer(std::move(answer)) {}

  void hear(std::string_view message);
  /// The message, or its beginning; empty when nothing was said.
  const std::string& text() const { return m_text; }
  void clear();

private:
  std::string m_answer;
  std::string m_text;
  bool m_isRefusal = false;
};

}  // namespace weir
