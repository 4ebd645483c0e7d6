// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/connection_log.h"

#include <QObject>
#include <utility>

namespace weir {

LogEntry connectionEntry(const ConnectionHealth& h, Micros now, bool errorIsTold) {
  LogEntry entry{LogLevel::Info, LogCategory::Connection, h.name.toStdString(), {}, {}, {}};
  const auto tellError = [&](LogLevel level) {
    entry.level = level;
    if (errorIsTold) return;
    entry.message = h.error.toStdString();
    entry.hint = h.hint.toStdString();
  };
  switch (h.state) {
    case ConnectionState::Open:
      entry.message = QObject::tr("%1: connected").arg(h.name).toStdString();
      if (!h.insecure) break;
      entry.level = LogLevel::Warning;
      entry.detail = QObject::tr("%1: the server's certificate is NOT verified (websocket.tls.insecure)")
                         .arg(h.name)
                         .toStdString();
      break;
    case ConnectionState::Live: entry.message = QObject::tr("%1: live").arg(h.name).toStdString(); break;
    case ConnectionState::Waiting:
      tellError(LogLevel::Warning);
      entry.detail = QObject::tr("%1: attempt %2%3 in %4 s")
                         .arg(h.name)
                         .arg(h.attempt)
                         .arg(h.maxAttempts < 0 ? QString() : QObject::tr(" of %1").arg(h.maxAttempts))
                         .arg(static_cast<double>(h.nextTry - now) / 1e6, 0, 'f', 1)
                         .toStdString();
      if (entry.message.empty()) entry.message = std::exchange(entry.detail, {});
      break;
    case ConnectionState::Refused:
    case ConnectionState::GaveUp:
    case ConnectionState::Closed:
      if (h.isFinished) {
        entry.message = h.isTable ? QObject::tr("%1: %2 rows loaded").arg(h.name).arg(h.tableRows).toStdString()
                                  : QObject::tr("%1: read to its end").arg(h.name).toStdString();
        break;
      }
      tellError(LogLevel::Error);
      if (entry.message.empty())
        entry.message = QObject::tr("%1: %2").arg(h.name, QLatin1String(stateName(h.state))).toStdString();
      else
        entry.detail =
            QObject::tr("%1: %2").arg(h.name, QString::fromLatin1(stateName(h.state)).toLower()).toStdString();
      break;
    case ConnectionState::Idle: tellError(LogLevel::Warning); break;
    case ConnectionState::Connecting:
      entry.level = LogLevel::Debug;
      entry.message = QObject::tr("%1: connecting to %2").arg(h.name, h.url).toStdString();
      break;
  }
  return entry;
}

LogEntry rowsFailedEntry(const QString& sink, uint64_t rows, const QString& why) {
  return {LogLevel::Error,
          LogCategory::Sink,
          sink.toStdString(),
          QObject::tr("%1: %2 rows could not be sent: %3").arg(sink).arg(rows).arg(why).toStdString(),
          {},
          {}};
}

LogEntry queueFullEntry(const ConnectionHealth& sink, bool byBytes) {
  const QString bound =
      byBytes ? QObject::tr("%1 bytes").arg(sink.queueMaxBytes) : QObject::tr("%1 rows").arg(sink.queueMax);
  return {LogLevel::Warning,
          LogCategory::Sink,
          sink.name.toStdString(),
          QObject::tr("%1: the queue of %2 is full, rows are dropped").arg(sink.name, bound).toStdString(),
          QObject::tr("the receiver is slower than the query; thin the rows out with OUTPUT, or raise %1")
              .arg(QLatin1String(byBytes ? "websocket.queue.max.bytes" : "websocket.queue.max.events"))
              .toStdString(),
          {}};
}

}  // namespace weir
