// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/log.h"

#include "core/base/text.h"

namespace weir {

namespace {

constexpr const char* kLevels[] = {"debug", "info", "warning", "error", "off"};
constexpr const char* kCategories[] = {"connection", "feed", "sink", "run"};

std::optional<LogLevel> levelOf(std::string_view name) {
  for (int i = 0; i < 5; ++i)
    if (name == kLevels[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

std::optional<LogCategory> categoryOf(std::string_view name) {
  for (int i = 0; i < 4; ++i)
    if (name == kCategories[i]) return static_cast<LogCategory>(i);
  return std::nullopt;
}

}  // namespace

const char* levelName(LogLevel level) { return kLevels[static_cast<int>(level)]; }
const char* categoryName(LogCategory category) { return kCategories[static_cast<int>(category)]; }

std::string LogEntry::text() const {
  std::string out = oneLine(message);
  if (!hint.empty()) out += "\nhint: " + oneLine(hint);
  if (!detail.empty()) out += "\n" + oneLine(detail);
  return out;
}

std::string LogEntry::json(std::string_view time) const {
  std::string out = "{";
  const auto add = [&out](const char* name, std::string_view value) {
    if (value.empty()) return;
    if (out.size() > 1) out += ",";
    appendJsonString(out, name);
    out += ":";
    appendJsonString(out, value);
  };
  add("time", time);
  add("level", levelName(level));
  add("category", categoryName(category));
  add("subject", subject);
  add("message", message);
  add("hint", hint);
  add("detail", detail);
  return out + "}";
}

std::optional<LogFilter> LogFilter::parse(std::string_view text, std::string* why) {
  LogFilter filter;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const size_t equals = part.find('=');
    const auto level = levelOf(equals == std::string_view::npos ? part : part.substr(equals + 1));
    const auto category = equals == std::string_view::npos ? std::nullopt : categoryOf(part.substr(0, equals));
    if (!level || (equals != std::string_view::npos && !category)) {
      if (why)
        *why = "'" + std::string(part) +
               "' is not LEVEL or CATEGORY=LEVEL; levels are debug, info, warning, error, off; categories are "
               "connection, feed, sink, run";
      return std::nullopt;
    }
    if (category)
      filter.m_levels[*category] = *level;
    else
      filter.m_level = *level;
  }
  return filter;
}

bool LogFilter::passes(const LogEntry& entry) const {
  const auto own = m_levels.find(entry.category);
  const LogLevel least = own == m_levels.end() ? m_level : own->second;
  return least != LogLevel::Off && entry.level >= least;
}

}  // namespace weir
