// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include "app/commands.h"
#include "app/signal_watch.h"
#include "core/data/time_text.h"
#include "core/telemetry/log.h"

namespace weir {

/// Writes entries to standard error as the command line asks: as text or as JSON, those that matter enough.
class LogPrinter {
public:
  explicit LogPrinter(const RunSettings& settings)
      : m_filter(*LogFilter::parse(settings.logLevel, nullptr)), m_isJson(settings.logFormat == "json") {}
  void operator()(const LogEntry& entry) const {
    if (!m_filter.passes(entry)) return;
    say(QString::fromStdString(m_isJson ? entry.json(isoTime(QDateTime::currentMSecsSinceEpoch())) : entry.text()));
  }

private:
  LogFilter m_filter;
  bool m_isJson;
};

/// What `--strict` says at the end; `code` is how the run ends without it.
inline int strictExit(int code, const RunSettings& settings, bool hasDropped, const LogPrinter& tell) {
  if (code != kExitOk || !settings.strict || !hasDropped) return code;
  tell({LogLevel::Error, LogCategory::Run, {}, "weir: something was dropped, and --strict was given", {}, {}});
  return kExitFailure;
}

}  // namespace weir
