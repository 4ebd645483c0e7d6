// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHttpServer>
#include <memory>

#include "app/listen_address.h"
#include "core/session/live_run.h"

namespace weir {

/// Answers `GET /metrics` with the counters of a run in Prometheus' text format.
class MetricsServer {
 public:
  /// Returns nothing, and says why in `error`, when it cannot listen.
  static std::unique_ptr<MetricsServer> listen(const ListenAddress& where, const LiveRun& run, QString* error);
  QString url() const { return m_url; }

 private:
  QHttpServer m_server;
  QString m_url;
};

/// What the server answers: counters, connection states, and the process' memory.
QByteArray metricsPage(const LiveRun& run);

}  // namespace weir
