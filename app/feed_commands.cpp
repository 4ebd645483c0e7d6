// SPDX-License-Identifier: GPL-3.0-or-later
// Commands about feeds themselves: look at one, play a recorded one, keep what opens one.
#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusReply>
#include <QTimer>
#include <iostream>

#include <unistd.h>

#include "app/commands.h"
#include "app/listen_address.h"
#include "app/log_printer.h"
#include "app/output.h"
#include "app/signal_watch.h"
#include "core/base/text.h"
#include "core/connectors/connector.h"
#include "core/data/json_text.h"
#include "core/demo/capture_server.h"
#include "core/net/qt_clock.h"
#include "core/options/connector_options.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

// A message on one line. JSON stays JSON, so that what reads the line can read the message.
std::string tappedLine(std::string_view payload, bool isText, bool isTerminal) {
  if (!isText) return "base64:" + base64Encoded(payload);
  std::string line(payload);
  const bool hasLineEnd = payload.find_first_of("\r\n") != payload.npos;
  if (hasLineEnd && isJson(payload)) line = jsonMinified(payload);
  // A terminal would obey what a server writes; a pipe gets it as it came.
  return isTerminal || line.find_first_of("\r\n") != line.npos ? oneLine(line) : line;
}

Diagnostics addWebSocketOptions(const TapSettings& settings, std::map<std::string, std::string>& options) {
  options["websocket.reconnect"] = "false";
  for (const std::string& header : settings.headers) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos)
      return {failure(Code::OptionValue, "weir: a header is written 'Name: value'; one of them has no colon")};
    options["websocket.headers." + std::string(trimmed(header.substr(0, colon)))] = trimmed(header.substr(colon + 1));
  }
  size_t place = 0;
  for (const std::string& message : settings.messages)
    options["websocket.open.message." + std::to_string(++place)] = message;
  if (!settings.subprotocol.empty()) options["websocket.subprotocol"] = settings.subprotocol;
  if (!settings.caFile.empty()) options["websocket.tls.ca.file"] = settings.caFile;
  if (settings.insecure) options["websocket.tls.insecure"] = "true";
  options["websocket.transport"] = settings.transport;
  return {};
}

// What the command line says, as a stream would.
Result<Options> tapOptions(const TapSettings& settings) {
  // An address of no connector is refused by the first one, with the reason.
  std::map<std::string, std::string> options =
      sourceOfAddress(settings.url)
          .value_or(std::map<std::string, std::string>{
              {"type", "source"}, {"extension", "websocket"}, {"websocket.url", settings.url}});
  if (options.at("extension") == "websocket") {
    if (Diagnostics wrong = addWebSocketOptions(settings, options); !wrong.empty()) return wrong;
  } else if (!settings.headers.empty() || !settings.messages.empty() || !settings.subprotocol.empty() ||
             !settings.caFile.empty() || settings.insecure) {
    return failure(Code::OptionValue,
                   "weir: headers, messages, subprotocols and certificates are for ws:// and wss://");
  }
  // The shell has put variables in their places: what looks like one is meant as it stands.
  for (auto& [key, value] : options) value = withoutReferences(value);
  return Options::fromMap(options);
}

/// Prints what comes over a source.
class Tap final : private SourceListener {
public:
  Tap(QCoreApplication& app, OutputFile& output, bool isInsecure)
      : m_app(app), m_output(output), m_isInsecure(isInsecure), m_isTerminal(isatty(STDOUT_FILENO) != 0) {}

  void listen(std::unique_ptr<Source> source) {
    m_source = std::move(source);
    m_source->setListener(this);
    m_source->start();
  }
  void close() {
    m_source->setListener(nullptr);
    m_source->stop();
  }
  bool hasEnded() const { return m_hasEnded; }

private:
  void message(std::string_view payload, bool isText, Micros) override {
    m_output.write(tappedLine(payload, isText, m_isTerminal) + "\n");
    if (!m_output.ok()) m_app.exit(m_output.isUnread() ? kExitOk : kExitFailure);
  }
  void opened() override {}
  void lost() override {}
  void alive(Micros) override {}
  QString lastWords() const override { return {}; }
  void stateChanged() override {
    const ConnectionHealth h = m_source->health();
    if (h.state == ConnectionState::Open)
      say(QObject::tr("connected to %1%2")
              .arg(h.url, m_isInsecure ? QObject::tr(", certificate not verified") : QString()));
    if (!m_source->hasEnded() && h.state != ConnectionState::Waiting) return;
    if (!h.error.isEmpty()) say(h.error + (h.hint.isEmpty() ? QString() : QStringLiteral("\nhint: ") + h.hint));
    if (!m_source->hasEnded()) return;
    m_hasEnded = true;
    QTimer::singleShot(0, &m_app, &QCoreApplication::quit);
  }

  QCoreApplication& m_app;
  OutputFile& m_output;
  bool m_isInsecure;
  bool m_isTerminal;
  std::unique_ptr<Source> m_source;
  bool m_hasEnded = false;
};

}  // namespace

int tapCommand(const TapSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  const auto options = tapOptions(settings);
  if (!options) {
    std::cerr << options.diagnostics().front().message << "\n";
    return kExitUsage;
  }
  QtClock clock;
  OutputFile output("");
  Tap tap(app, output, settings.insecure);
  tap.listen(connectorFor(*options).makeSource({QStringLiteral("tap"), *options, *options, clock}, {}));
  bool isInterrupted = false;
  SignalWatch watch([&] {
    isInterrupted = true;
    app.quit();
  });
  if (settings.forSeconds >= 0)
    QTimer::singleShot(static_cast<int>(settings.forSeconds * 1000), &app, &QCoreApplication::quit);
  const int ended = app.exec();
  tap.close();
  if (output.isUnread()) return kExitOk;
  if (ended != 0) return ended;
  return isInterrupted ? kExitInterrupted : tap.hasEnded() ? kExitSourceEnded : kExitOk;
}

namespace {

// Asked only once the keychain has failed: what it says about a missing one is "Unknown error".
bool hasKeychain() {
  const QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return false;
  const QStringList known =
      bus.interface()->activatableServiceNames().value() + bus.interface()->registeredServiceNames().value();
  for (const char* service : {"org.freedesktop.secrets", "org.kde.kwalletd6", "org.kde.kwalletd5"})
    if (known.contains(QLatin1String(service))) return true;
  return false;
}

}  // namespace

int secretCommand(const std::string& name, bool remove, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string value;
  if (!remove) std::getline(std::cin, value);
  if (!remove && value.empty()) {
    std::cerr << "weir: standard input is empty\nhint: printf %s \"$TOKEN\" | weir secret " << name << "\n";
    return kExitUsage;
  }
  const QString why = storeSecret(QString::fromStdString(name), QString::fromStdString(value));
  if (why.isEmpty()) return kExitOk;
  if (hasKeychain())
    std::cerr << "weir: the keychain refused: " << why.toStdString() << "\n";
  else
    std::cerr << "weir: no keychain is available\n";
  if (!remove) std::cerr << "hint: without a desktop keychain use ${env:" << name << "}\n";
  return kExitFailure;
}

int serveCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  CaptureInput in(settings.capture);
  if (!isOpen(in, settings.capture)) return kExitFailure;
  in.keepNoLonger();
  CaptureReader reader(in.stream());
  if (const auto header = reader.readHeader(); !header) {
    printDiagnostics(header.diagnostics(), settings.capture, "");
    return kExitFailure;
  }
  std::vector<CaptureServer::Line> lines;
  uint64_t messages = 0;
  while (true) {
    const auto line = reader.next();
    if (!line && reader.endsInTheMiddle()) {
      tellCutOff(settings.capture, messages);
      break;
    }
    if (!line) {
      printDiagnostics(line.diagnostics(), settings.capture, "");
      return kExitFailure;
    }
    if (!*line) break;
    const FeedEvent& l = **line;
    messages += l.kind == FeedEvent::Kind::Message;
    lines.push_back({l.at, l.kind, l.stream, QByteArray::fromStdString(l.payload), l.isText});
  }
  CaptureServer server(std::move(lines), settings.speed == "max" ? 0 : parseNumber<double>(settings.speed).value_or(1),
                       names(settings.hosts));
  QString error;
  const ListenAddress where = *listenAddress(settings.serve);
  if (!server.listen(where.address, where.port, &error)) {
    say(QObject::tr("weir: cannot listen on %1: %2").arg(QString::fromStdString(settings.serve), error));
    return kExitCannotListen;
  }
  std::cout << server.url().toStdString() << std::endl;
  tellOfStrangers(server.listener(), server.url(), LogPrinter(settings));
  bool interrupted = false;
  SignalWatch watch([&] {
    interrupted = true;
    app.quit();
  });
  app.exec();
  return interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace weir
