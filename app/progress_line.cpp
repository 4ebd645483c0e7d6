// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace weir {

namespace {

constexpr int kEveryMs = 500;

// Columns of the terminal, not of what a pipe would like.
size_t terminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

ProgressLine::ProgressLine(const Run& run, bool wanted) : m_run(run), m_isOn(wanted && isatty(STDERR_FILENO) == 1) {
  if (!m_isOn) return;
  QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { paint(); });
  m_timer.start(kEveryMs);
}

void ProgressLine::clear() {
  if (!std::exchange(m_isPainted, false)) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

std::string ProgressLine::text() {
  const Micros now = m_run.now();
  const double elapsed = m_lastAt == 0 ? 0 : static_cast<double>(now - m_lastAt) / 1e6;
  m_lastAt = now;
  QStringList parts;
  uint64_t bad = 0, late = 0;
  for (const ConnectionHealth& h : m_run.health()) {
    const uint64_t count = h.isSink ? h.sent : h.messages;
    const uint64_t before = m_lastCounts[h.name];
    m_lastCounts[h.name] = count;
    QString part = h.name + QLatin1Char(' ') + QString::fromLatin1(h.stale ? "stale" : stateName(h.state)).toLower();
    if (elapsed > 0 && count >= before)
      part += QStringLiteral(" %1/s").arg(static_cast<double>(count - before) / elapsed, 0, 'f', 0);
    if (h.state == ConnectionState::Waiting)
      part += QObject::tr(" in %1 s").arg(std::max(0.0, static_cast<double>(h.nextTry - now) / 1e6), 0, 'f', 0);
    if (h.isSink && h.queued > 0) part += QObject::tr(" queue %1").arg(h.queued);
    if (!h.isSink && h.lastMessage > 0) part += QObject::tr(" %1 ms ago").arg((now - h.lastMessage) / 1000);
    parts << part;
    bad += h.bad;
  }
  for (const auto& [stream, rows] : m_run.pipeline().lateCounts()) late += rows;
  parts << QObject::tr("late %1 bad %2").arg(late).arg(bad);
  return parts.join(QStringLiteral("  |  ")).toStdString();
}

void ProgressLine::paint() {
  const std::string line = text().substr(0, terminalWidth() - 1);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  m_isPainted = true;
}

}  // namespace weir
