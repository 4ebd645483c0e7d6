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
#include "core/connectors/capture_server.h"
#include "core/data/json_text.h"
#include "core/net/connection.h"
#include "core/net/qt_clock.h"
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

}  // namespace

int tapCommand(const TapSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  if (const auto why = urlComplaint(settings.url, maskedUrl(settings.url))) {
    std::cerr << *why << "\n";
    return kExitUsage;
  }
  ConnectionSettings s;
  s.name = QStringLiteral("tap");
  s.url = QString::fromStdString(settings.url);
  s.shownUrl = QString::fromStdString(maskedUrl(settings.url));
  for (const std::string& header : settings.headers) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos) {
      std::cerr << "weir: a header is written 'Name: value'; one of them has no colon\n";
      return kExitUsage;
    }
    s.addHeader(QByteArray::fromStdString(std::string(trimmed(header.substr(0, colon)))),
                QByteArray::fromStdString(std::string(trimmed(header.substr(colon + 1)))));
  }
  for (const std::string& message : settings.messages) s.openMessages << QString::fromStdString(message);
  s.subprotocol = QString::fromStdString(settings.subprotocol);
  s.caFile = QString::fromStdString(settings.caFile);
  s.insecure = settings.insecure;
  s.transport = settings.transport == "direct" ? TransportKind::Direct : TransportKind::Qt;
  s.backoff.reconnect = false;
  QtClock clock;
  Connection connection(s, clock);
  OutputFile output("");
  int code = kExitOk;
  const bool isTerminal = isatty(STDOUT_FILENO) != 0;
  connection.onMessage = [&](const QByteArray& payload, bool isText) {
    output.write(tappedLine({payload.constData(), static_cast<size_t>(payload.size())}, isText, isTerminal) + "\n");
    if (!output.ok()) app.exit(output.isUnread() ? kExitOk : kExitFailure);
  };
  connection.onStateChanged = [&] {
    const ConnectionHealth h = connection.health();
    if (h.state == ConnectionState::Open)
      say(QObject::tr("connected to %1%2")
              .arg(h.url, s.insecure ? QObject::tr(", certificate not verified") : QString()));
    if (!connection.hasEnded()) return;
    if (!h.error.isEmpty()) say(h.error + (h.hint.isEmpty() ? QString() : QStringLiteral("\nhint: ") + h.hint));
    code = kExitSourceEnded;
    QTimer::singleShot(0, &app, &QCoreApplication::quit);
  };
  SignalWatch watch([&] {
    code = kExitInterrupted;
    app.quit();
  });
  bool timeUp = false;
  if (settings.forSeconds >= 0)
    QTimer::singleShot(static_cast<int>(settings.forSeconds * 1000), &app, [&] {
      timeUp = true;
      app.quit();
    });
  connection.start();
  const int ended = app.exec();
  connection.onStateChanged = nullptr;
  connection.stop();
  if (output.isUnread()) return kExitOk;
  return ended != 0 ? ended : timeUp && code == kExitOk ? kExitOk : code;
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
    if (!line && endsInTheMiddle(reader, settings.capture, messages)) break;
    if (!line) {
      printDiagnostics(line.diagnostics(), settings.capture, "");
      return kExitFailure;
    }
    if (!*line) break;
    const CaptureLine& l = **line;
    messages += l.kind == CaptureLine::Kind::Message;
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
