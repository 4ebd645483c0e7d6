// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// How much an entry matters; a filter at Off lets nothing pass.
enum class LogLevel { Debug, Info, Warning, Error, Off };

/// What a line of the log is about.
enum class LogCategory {
  Connection,  ///< states of a source's or sink's connection
  Feed,        ///< what a source brings: no rows, losses
  Sink,        ///< rows that could not be sent
  Run,         ///< the run as a whole
};

/// The words that `--log-level` reads and the log writes.
const char* levelName(LogLevel level);
const char* categoryName(LogCategory category);

/// One thing worth telling. Secrets are masked before it is made.
struct LogEntry {
  LogLevel level = LogLevel::Info;
  LogCategory category = LogCategory::Run;
  std::string subject;  ///< the stream it is about, or nothing
  std::string message;  ///< one line
  std::string hint;     ///< what to do first, or nothing
  std::string detail;   ///< one line more, or nothing

  /// For people: the message, then `hint: ...` and the detail on lines of their own.
  std::string text() const;
  /// One JSON object with `time` as given, `level`, `category`, `subject`, `message`, `hint`, `detail`; without what is
  /// empty.
  std::string json(std::string_view time) const;
};

/// Which entries are told.
class LogFilter {
public:
  /// Reads `warning` or `warning,connection=debug`. Returns nothing, and says why, for what is neither level nor
  /// category.
  static std::optional<LogFilter> parse(std::string_view text, std::string* why);
  bool passes(const LogEntry& entry) const;

private:
  LogLevel m_level = LogLevel::Info;
  std::map<LogCategory, LogLevel> m_levels;
};

}  // namespace weir
