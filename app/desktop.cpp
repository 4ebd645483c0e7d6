// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop.h"

#include <QApplication>
#include <QBuffer>
#include <QFileInfo>
#include <QIcon>
#include <QTimer>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/notifier.h"
#include "app/signal_watch.h"
#include "app/single_instance.h"
#include "core/base/save_file.h"
#include "core/demo/demo_exchange.h"
#include "ui/shell/main_window.h"

namespace weir {

namespace {

constexpr const char* kWithoutDisplay =
    "hint: weir run FILE works without one, and weir demo --headless shows the demo\n";

QtMessageHandler g_printMessage = nullptr;
// What the platform's plugin said: the first line is the reason when there is no window.
QStringList* g_heldBack = nullptr;

// Qt aborts when it cannot open the display, with a core dump for what is no crash.
void onMessageAtStart(QtMsgType type, const QMessageLogContext& context, const QString& message) {
  if (type == QtFatalMsg &&
      (message.contains(QLatin1String("platform plugin")) || message.contains(QLatin1String("display")))) {
    std::cerr << "weir: there is no display" << (g_heldBack->isEmpty() ? "" : ": " + g_heldBack->first().toStdString())
              << "\n"
              << kWithoutDisplay << std::flush;
    std::_Exit(kExitFailure);
  }
  if ((type == QtWarningMsg || type == QtInfoMsg) &&
      QLatin1String(context.category).startsWith(QLatin1String("qt.qpa")))
    g_heldBack->append(message);
  else
    g_printMessage(type, context, message);
}

std::unique_ptr<QApplication> openDisplay(int& argc, char** argv) {
  QStringList heldBack;
  g_heldBack = &heldBack;
  g_printMessage = qInstallMessageHandler(onMessageAtStart);
  auto app = std::make_unique<QApplication>(argc, argv);
  qInstallMessageHandler(g_printMessage);
  g_heldBack = nullptr;
  for (const QString& message : heldBack) say(message);
  return app;
}

}  // namespace

int desktopMain(const DesktopSettings& settings, int argc, char** argv) {
  // Nobody is there to see an empty window, or a picture of one.
  for (const std::string& file : settings.files) {
    std::error_code ignored;
    if ((!settings.runFile && settings.screenshot.empty()) ||
        (std::filesystem::exists(file, ignored) && !std::filesystem::is_directory(file, ignored)))
      continue;
    std::cerr << "weir: cannot read " << file << "\n";
    return kExitFailure;
  }
  if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
      qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
    std::cerr << "weir: there is no display\n" << kWithoutDisplay;
    return kExitFailure;
  }
  QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
  const std::unique_ptr<QApplication> app = openDisplay(argc, argv);
  QApplication::setApplicationName(QStringLiteral("weir"));
  QApplication::setDesktopFileName(QStringLiteral("io.github.weir.Weir"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/weir/icon.svg")));
  const bool dark = settings.theme.empty() ? systemIsDark() : settings.theme == "dark";
  const Theme& theme = dark ? darkTheme() : lightTheme();
  applyTheme(*app, theme);

  const QString folder =
      settings.dataFolder.empty() ? Workspace::defaultFolder() : QString::fromStdString(settings.dataFolder);
  // Whoever finds the window's socket may end it: a signal waits until there is a window.
  std::optional<SignalWatch> signalled(std::in_place, [] {});
  SingleInstance instance(folder);
  QStringList paths;
  for (const std::string& file : settings.files) paths << QFileInfo(QString::fromStdString(file)).absoluteFilePath();
  const bool alone = settings.newInstance || !settings.screenshot.empty() || settings.runDemo || settings.runFile;
  if (!alone) {
    QString why;
    const SingleInstance::Other other = instance.handOver(paths, &why);
    if (other == SingleInstance::Other::Strange) {
      say(QObject::tr("weir: %1").arg(why));
      return kExitFailure;
    }
    if (other == SingleInstance::Other::Took) {
      std::cerr
          << "weir: runs already; its window has been asked to come to the front (--new-instance opens another)\n";
      return kExitOk;
    }
    if (other == SingleInstance::Other::Silent)
      std::cerr << "weir: runs already, and its window does not answer; this is another one\n";
  }

  std::unique_ptr<DemoExchange> exchange;
  const DemoServices demo{[&exchange]() -> QString {
                            if (!exchange) {
                              DemoExchange::Settings s;
                              s.tradesPerSecond = 20;
                              // Once on purpose, so that everybody sees what a gap looks like.
                              s.faults = parseFaults(QStringLiteral("drop@15s/4s"), nullptr);
                              auto started = std::make_unique<DemoExchange>(s);
                              QString error;
                              if (!started->start(&error)) return {};
                              exchange = std::move(started);
                            }
                            return demoScript(exchange->baseUrl());
                          },
                          [&exchange] { return exchange ? exchange->dashboardRows() : 0; }};
  // A picture is taken of what was asked for, and nothing of it is kept.
  MainWindow window(theme, demo, settings.screenshot.empty() ? folder : QString());
  if (const auto size = windowSize(settings.size)) window.resize(size->first, size->second);
  const bool restored = settings.screenshot.empty() && window.restoreSession();
  if (!settings.theme.empty()) window.setTheme(theme);
  bool opened = false;
  for (const std::string& file : settings.files) opened = window.openFile(QString::fromStdString(file)) || opened;
  if (!opened && !restored && settings.files.empty())
    window.openText(QObject::tr("demo-vwap.sql"), demoScript(QStringLiteral("ws://127.0.0.1:41733")));
  window.show();
  instance.onFiles = [&window](const QStringList& files) {
    for (const QString& file : files) window.openFile(file);
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.raise();
    window.activateWindow();
  };
  if (!alone) instance.listen();
  Notifier notifier;
  const bool notifies = settings.screenshot.empty();
  QObject::connect(&window, &MainWindow::feedTrouble, &notifier, [&, notifies](const QString& text) {
    if (notifies && window.settings().notifyFeeds) notifier.tell(Notifier::Kind::Trouble, QStringLiteral("Weir"), text);
  });
  QObject::connect(&window, &MainWindow::alerted, &notifier, [&, notifies](const QString& text) {
    if (notifies && window.settings().notifyAlerts)
      notifier.tell(Notifier::Kind::Alert, QObject::tr("Weir alert"), text);
  });
  // What is shown in place of a file that could not be opened is not what was asked for.
  if (settings.runFile && (opened || settings.files.empty())) QTimer::singleShot(0, &window, &MainWindow::run);
  if (settings.runDemo) QTimer::singleShot(0, &window, &MainWindow::runDemo);
  if (!settings.screenshot.empty())
    QTimer::singleShot(settings.screenshotAfter * 1000, &window, [&] {
      QBuffer picture;
      picture.open(QIODevice::WriteOnly);
      const std::string ending = QFileInfo(QString::fromStdString(settings.screenshot)).suffix().toStdString();
      const bool isMade = window.grab().save(&picture, ending.empty() ? "PNG" : ending.c_str());
      const std::string why =
          isMade ? saveFile(settings.screenshot, picture.data().toStdString()) : "no picture ends in ." + ending;
      if (!why.empty()) std::cerr << "weir: cannot write " << settings.screenshot << ": " << why << "\n";
      QApplication::exit(why.empty() ? kExitOk : kExitFailure);
    });
  // As if the window were closed: texts are kept, and the engine drains the sinks as it is taken down.
  signalled.reset();
  signalled.emplace([&] {
    window.close();
    QApplication::exit(kExitInterrupted);
  });
  return QApplication::exec();
}

}  // namespace weir
