#include "core/feed/feed_metrics.h"
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/metrics_server.h"

#include <unistd.h>
#include <QFile>

namespace weir {

namespace {

qint64 residentBytes() {
  QFile statm(QStringLiteral("/proc/self/statm"));
  if (!statm.open(QIODevice::ReadOnly)) return 0;
  const QList<QByteArray> fields = statm.readAll().split(' ');
  return fields.size() > 1 ? fields[1].toLongLong() * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace

QByteArray metricsPage(const Run& run) {
  std::string out = metricsPrometheus(metricsOf(run.pipeline(), run.feeder(), run.sinkMetrics()));
  const auto gauge = [&out](const std::string& name, const char* help) {
    out += "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
  };
  const std::vector<ConnectionHealth> health = run.health();
  const auto each = [&](const std::string& name, const char* help, const auto& value) {
    gauge(name, help);
    for (const ConnectionHealth& h : health)
      out += name + prometheusLabel("connection", h.name.toStdString()) + " " +
             QString::number(value(h), 'g', 17).toStdString() + "\n";
  };
  const Micros now = run.now();
  each("weir_connection_up", "1 while the connection is open", [](const ConnectionHealth& h) {
    return h.state == ConnectionState::Open || h.state == ConnectionState::Live ? 1.0 : 0.0;
  });
  each("weir_connection_stale", "1 while an open connection is silent",
       [](const ConnectionHealth& h) { return h.stale ? 1.0 : 0.0; });
  each("weir_connection_attempt", "attempts since the connection was last good",
       [](const ConnectionHealth& h) { return static_cast<double>(h.attempt); });
  each("weir_connection_state_seconds", "how long the present state has lasted",
       [now](const ConnectionHealth& h) { return static_cast<double>(now - h.since) / 1e6; });
  each("weir_connection_last_message_seconds", "age of the newest message, -1 before the first",
       [now](const ConnectionHealth& h) {
         return h.lastMessage == 0 ? -1.0 : static_cast<double>(now - h.lastMessage) / 1e6;
       });
  gauge("process_resident_memory_bytes", "memory of the process");
  out += "process_resident_memory_bytes " + std::to_string(residentBytes()) + "\n";
  return QByteArray::fromStdString(out);
}

MetricsServer::MetricsServer(const Run& run, const QStringList& names)
    : m_listener({.clients = 16, .headBytes = 8192}, names) {
  m_listener.onRequest = [&run](QTcpSocket* socket, const HttpListener::Request& request) {
    const bool headOnly = request.method == "HEAD";
    const QByteArray path = request.target.split('?').first();
    if (request.method != "GET" && !headOnly)
      HttpListener::answer(socket, "405 Method Not Allowed\r\nAllow: GET, HEAD", "GET or HEAD.\n");
    else if (path == "/metrics")
      HttpListener::answer(socket, "200 OK", metricsPage(run), headOnly, "text/plain; version=0.0.4; charset=utf-8");
    else if (path == "/")
      HttpListener::answer(socket, "200 OK", "Weir: the counters are under /metrics\n", headOnly);
    else
      HttpListener::answer(socket, "404 Not Found", "Weir: the counters are under /metrics\n", headOnly);
  };
}

}  // namespace weir
