// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/websocket_settings.h"

#include <QFile>
#include <QObject>
#include <QSslCertificate>
#include <QSslKey>
#include <utility>

#include "core/connectors/websocket/options/websocket_url.h"

namespace weir {

namespace {

QString troubleOf(std::string_view key, const Options& resolved) {
  QFile in(QString::fromStdString(resolved.text(key)));
  const QString file = QString::fromStdString(resolved.written(key));
  if (!in.exists()) return QObject::tr("file not found: %1").arg(file);
  if (!in.open(QIODevice::ReadOnly)) return QObject::tr("cannot read %1: %2").arg(file, in.errorString());
  if (key == "websocket.tls.key.file") {
    const QByteArray pem = in.readAll();
    return QSslKey(pem, QSsl::Rsa).isNull() && QSslKey(pem, QSsl::Ec).isNull()
               ? QObject::tr("%1 holds no private key that can be read (PEM, RSA or EC, without a passphrase)")
                     .arg(file)
               : QString();
  }
  return QSslCertificate::fromDevice(&in).isEmpty() ? QObject::tr("%1 holds no certificate (PEM)").arg(file)
                                                    : QString();
}

}  // namespace

ConnectionSettings connectionSettings(const QString& name, const Options& options, const Options& written) {
  const auto text = [&](std::string_view key) { return QString::fromStdString(options.text(key)); };
  ConnectionSettings s;
  s.name = name;
  s.url = text("websocket.url");
  s.shownUrl = QString::fromStdString(maskedUrl(written.text("websocket.url")));
  for (const auto& [header, value] : options.under("websocket.headers."))
    s.addHeader(QByteArray::fromStdString(header), QByteArray::fromStdString(value));
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
  s.transport = text("websocket.transport") == QLatin1String("direct") ? TransportKind::Direct : TransportKind::Qt;
  for (const std::string& secret : options.secrets()) s.hide(QString::fromStdString(secret));
  s.backoff.reconnect = options.boolean("websocket.reconnect");
  s.backoff.delayMs = options.integer("websocket.reconnect.delay.ms");
  s.backoff.maxDelayMs = options.integer("websocket.reconnect.max.delay.ms");
  s.backoff.maxAttempts = options.integer("websocket.reconnect.max.attempts");
  s.backoff.jitter = options.real("websocket.reconnect.jitter");
  s.backoff.onDemand = options.kind() == StreamKind::Sink;
  return s;
}

Diagnostics tlsFileTrouble(const Options& resolved, const Options& written) {
  for (const char* key : {"websocket.tls.ca.file", "websocket.tls.cert.file", "websocket.tls.key.file"})
    if (const QString why = resolved.has(key) ? troubleOf(key, resolved) : QString(); !why.isEmpty())
      return {{Severity::Error, Code::File, written.valueSpan(key), why.toStdString(),
               "the path is relative to the folder of the start"}};
  return {};
}

std::function<void(const QByteArray&, bool, bool)> frameWatch(FrameWatch watch) {
  return [watch = std::move(watch)](const QByteArray& payload, bool isText, bool isOutgoing) {
    watch({payload.constData(), static_cast<size_t>(payload.size())}, isText, isOutgoing);
  };
}

}  // namespace weir
