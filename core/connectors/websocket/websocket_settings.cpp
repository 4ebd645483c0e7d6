// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/websocket_settings.h"

#include <QFile>
#include <QObject>
#include <QSslCertificate>
#include <QSslKey>
#include <algorithm>
#include <utility>

#include "core/connectors/websocket/options/each.h"
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

Compression compressionOf(std::string_view word) {
  return word == "gzip"      ? Compression::Gzip
         : word == "zlib"    ? Compression::Zlib
         : word == "deflate" ? Compression::Deflate
                             : Compression::None;
}

/// Compiles what a connection says from options that were checked.
class DialogueReader {
public:
  DialogueReader(const Options& options, const Options& written, const std::vector<std::string>& symbols)
      : m_options(options),
        m_written(written),
        m_symbols(symbols),
        m_framing(options.has("json.framing") ? framingNamed(options.text("json.framing")) : JsonFraming::One) {}

  std::shared_ptr<const DialogueSettings> read() {
    auto out = std::make_shared<DialogueSettings>();
    out->framing = m_framing;
    if (has("websocket.open.message")) addSteps(*out, "websocket.open.message", {});
    for (const auto& [number, value] : m_options.under("websocket.open.message."))
      addSteps(*out, "websocket.open.message." + number, "websocket.open.await." + number);
    out->opened = await("websocket.open.await");
    out->timeoutMs = m_options.integer("websocket.open.timeout.ms");
    out->intervalMs = m_options.integer("websocket.open.interval.ms");
    if (has("websocket.refused")) out->refused = match("websocket.refused");
    for (const auto& [number, value] : m_options.under("websocket.reply.when.")) {
      const std::string key = "websocket.reply.send." + number;
      out->replies.push_back({match("websocket.reply.when." + number), message(key), key});
    }
    if (has("websocket.heartbeat.message")) out->heartbeat = message("websocket.heartbeat.message");
    out->heartbeatMs = m_options.integer("websocket.heartbeat.interval.ms");
    readAddresses(*out);
    return out;
  }

private:
  bool has(std::string_view key) const { return m_options.has(key); }
  MessageMatch match(const std::string& key) const { return *MessageMatch::parse(m_options.text(key), m_framing); }
  std::optional<DialogueSettings::Await> await(const std::string& key) const {
    if (!has(key)) return std::nullopt;
    MessageMatch what = match(key);
    const bool isText = what.isPattern();
    return DialogueSettings::Await{std::move(what), key, isText};
  }
  MessageTemplate compiled(const std::string& key, const std::string& text, MessageTemplate::Use use) const {
    // A secret stands in JSON as JSON wants it.
    const bool refers = use == MessageTemplate::Use::Message && hasReferences(key);
    if (!m_options.isTemplate(key) && !refers) return MessageTemplate::plain(text, m_written.written(key));
    auto made = MessageTemplate::compile(m_options.isTemplate(key) ? text : m_written.text(key), m_options.found(), use,
                                         m_framing);
    return std::move(*made);
  }
  bool hasReferences(const std::string& key) const {
    const auto references = m_written.references();
    return std::any_of(references.begin(), references.end(), [&](const auto& each) { return each.first == key; });
  }
  // One that names symbols may be several; the first waits for all.
  void addSteps(DialogueSettings& out, const std::string& key, const std::string& awaitKey) const {
    if (!m_options.isTemplate(key)) {
      out.opening.push_back({await(awaitKey), message(key), key});
      return;
    }
    const auto perMessage = static_cast<size_t>(m_options.integer("websocket.each.per.message"));
    std::optional<DialogueSettings::Await> awaited = await(awaitKey);
    for (const std::string& text : eachMessages(m_options.text(key), m_symbols, perMessage))
      out.opening.push_back(
          {std::exchange(awaited, std::nullopt), compiled(key, text, MessageTemplate::Use::Message), key});
  }
  MessageTemplate message(const std::string& key) const {
    return compiled(key, m_options.text(key), MessageTemplate::Use::Message);
  }
  MessageTemplate address(const std::string& key) const {
    return compiled(key, m_options.text(key), MessageTemplate::Use::Address);
  }
  void readAddresses(DialogueSettings& out) const {
    if (m_options.isTemplate("websocket.url"))
      out.url =
          compiled("websocket.url",
                   eachAddress(m_options.text("websocket.url"), m_symbols, m_options.text("websocket.each.separator")),
                   MessageTemplate::Use::Address);
    for (const auto& [name, value] : m_options.under("websocket.headers."))
      if (m_options.isTemplate("websocket.headers." + name))
        out.headers.emplace_back(name, address("websocket.headers." + name));
    if (!has("websocket.before")) return;
    const std::string request = m_options.text("websocket.before");
    const size_t space = request.find(' ');
    std::vector<std::pair<std::string, MessageTemplate>> headers;
    for (const auto& [name, value] : m_options.under("websocket.before.headers."))
      headers.emplace_back(name, address("websocket.before.headers." + name));
    std::optional<MessageTemplate> body;
    if (has("websocket.before.body")) body = message("websocket.before.body");
    out.before.emplace(
        DialogueSettings::Before{request.substr(0, space),
                                 compiled("websocket.before", request.substr(std::min(space, request.size() - 1) + 1),
                                          MessageTemplate::Use::Address),
                                 std::move(headers), std::move(body)});
  }

  const Options& m_options;
  const Options& m_written;
  const std::vector<std::string>& m_symbols;
  const JsonFraming m_framing;
};

}  // namespace

ConnectionSettings connectionSettings(const QString& name, const Options& options, const Options& written,
                                      const std::vector<std::string>& symbols) {
  const auto text = [&](std::string_view key) { return QString::fromStdString(options.text(key)); };
  ConnectionSettings s;
  s.name = name;
  if (!options.isTemplate("websocket.url")) s.url = text("websocket.url");
  s.shownUrl = QString::fromStdString(maskedUrl(written.text("websocket.url")));
  for (const auto& [header, value] : options.under("websocket.headers."))
    if (!options.isTemplate("websocket.headers." + header))
      s.addHeader(QByteArray::fromStdString(header), QByteArray::fromStdString(value));
  s.subprotocol = text("websocket.subprotocol");
  s.dialogue = DialogueReader(options, written, symbols).read();
  s.saysBinary = text("websocket.open.type") == QLatin1String("binary");
  s.compression = compressionOf(options.text("websocket.decompress"));
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

std::vector<std::vector<std::string>> symbolGroups(const Options& resolved) {
  if (!resolved.has("websocket.each")) return {{}};
  const auto values = eachValues(resolved.text("websocket.each"));
  if (!values) return {{}};
  return inGroups(*values, static_cast<size_t>(resolved.integer("websocket.each.per.connection")));
}

Diagnostics fileTrouble(const Options& resolved, const Options& written) {
  if (resolved.has("websocket.each"))
    if (const auto values = eachValues(resolved.text("websocket.each")); !values)
      return {{Severity::Error, Code::File, written.valueSpan("websocket.each"), values.diagnostics().front().message,
               "the path is relative to the folder of the start"}};
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
