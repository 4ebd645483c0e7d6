// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/signal_watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace weir {

namespace {

// One pair for all watches: what comes between two of them waits in it.
int g_signalPipe[2] = {-1, -1};

void onSignal(int) {
  const int before = errno;
  const char byte = 1;
  (void)!::write(g_signalPipe[1], &byte, 1);
  errno = before;
}

bool isIgnored(int number) {
  struct sigaction now {};
  return sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

SignalWatch::SignalWatch(std::function<void()> call) {
  if (g_signalPipe[0] < 0 && ::socketpair(AF_UNIX, SOCK_STREAM, 0, g_signalPipe) != 0) return;
  m_notifier = std::make_unique<QSocketNotifier>(g_signalPipe[0], QSocketNotifier::Read);
  QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this, call = std::move(call)] {
    char byte = 0;
    (void)!::read(g_signalPipe[0], &byte, 1);
    m_hasFired = true;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    // A terminal that is closed sends it more than once: that is no second wish to end.
    std::signal(SIGHUP, SIG_IGN);
    call();
  });
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
  if (!isIgnored(SIGHUP)) std::signal(SIGHUP, onSignal);
  std::signal(SIGPIPE, SIG_IGN);
}

// Between two watches nobody listens, and there is nothing to drain.
SignalWatch::~SignalWatch() {
  if (!m_notifier || m_hasFired) return;
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    if (!isIgnored(number)) std::signal(number, SIG_DFL);
}

}  // namespace weir
