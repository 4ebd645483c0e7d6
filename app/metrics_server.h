// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "app/listen_address.h"
#include "core/net/http_listener.h"
#include "core/session/run.h"

namespace weir {

/// Answers `GET /metrics` with the counters of a run in Prometheus' text format, to clients that call this server by
/// its name or one of `names`. A request has no body, and a few seconds.
class MetricsServer {
public:
  MetricsServer(const Run& run, const QStringList& names);
  /// Returns whether it listens; says why not in `error`.
  bool listen(const ListenAddress& where, QString* error) {
    return m_listener.listen(where.address, where.port, error);
  }
  QString url() const { return m_listener.url(QStringLiteral("http")) + QStringLiteral("/metrics"); }
  HttpListener& listener() { return m_listener; }

private:
  HttpListener m_listener;
};

/// What the server answers: counters, connection states, and the process' memory.
QByteArray metricsPage(const Run& run);

}  // namespace weir
