// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket_settings.h"

namespace weir {

ConnectionSettings connectionSettings(const QString& name, const Options& options, const Options& written) {
  const auto text = [&](std::string_view key) { return QString::fromStdString(options.text(key)); };
  ConnectionSettings s;
  s.name = name;
  s.url = text("websocket.url");
  s.shownUrl = QString::fromStdString(maskedUrl(written.text("websocket.url")));
  for (const auto& [header, value] : options.under("websocket.headers."))
    s.headers.append({QByteArray::fromStdString(header), QByteArray::fromStdString(value)});
  s.subprotocol = text("websocket.subprotocol");
  if (options.has("websocket.open.message")) s.openMessages.append(text("websocket.open.message"));
  for (const auto& [number, message] : options.under("websocket.open.message."))
    s.openMessages.append(QString::fromStdString(message));
  s.heartbeatMessage = text("websocket.heartbeat.message");
  s.heartbeatMs = options.integer("websocket.heartbeat.interval.ms");
  s.connectTimeoutMs = options.integer("websocket.connect.timeout.ms");
  s.pingIntervalMs = options.integer("websocket.ping.interval.ms");
  s.pingTimeoutMs = options.integer("websocket.ping.timeout.ms");
  s.idleTimeoutMs = options.integer("websocket.idle.timeout.ms");
  s.maxMessageBytes = options.integer("websocket.max.message.bytes");
  s.caFile = text("websocket.tls.ca.file");
  s.certFile = text("websocket.tls.cert.file");
  s.keyFile = text("websocket.tls.key.file");
  s.insecure = options.boolean("websocket.tls.insecure");
  s.proxy = text("websocket.proxy");
  s.backoff.reconnect = options.boolean("websocket.reconnect");
  s.backoff.delayMs = options.integer("websocket.reconnect.delay.ms");
  s.backoff.maxDelayMs = options.integer("websocket.reconnect.max.delay.ms");
  s.backoff.maxAttempts = options.integer("websocket.reconnect.max.attempts");
  s.backoff.jitter = options.real("websocket.reconnect.jitter");
  s.backoff.onDemand = options.kind() == StreamKind::Sink;
  return s;
}

}  // namespace weir
