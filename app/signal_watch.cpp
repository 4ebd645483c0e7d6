// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/signal_watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace weir {

namespace {

int g_signalPipe[2] = {-1, -1};

void onSignal(int) {
  const char byte = 1;
  (void)!::write(g_signalPipe[1], &byte, 1);
}

}  // namespace

SignalWatch::SignalWatch(std::function<void()> call) {
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, g_signalPipe) != 0) return;
  m_notifier = std::make_unique<QSocketNotifier>(g_signalPipe[0], QSocketNotifier::Read);
  QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [call = std::move(call)] {
    char byte = 0;
    (void)!::read(g_signalPipe[0], &byte, 1);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    call();
  });
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace weir
