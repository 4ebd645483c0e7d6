// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/qt_clock.h"

#include <QDateTime>
#include <algorithm>
#include <ctime>

namespace weir {

namespace {

Micros sinceBoot() {
  timespec t{};
#ifdef CLOCK_BOOTTIME
  clock_gettime(CLOCK_BOOTTIME, &t);
#else
  clock_gettime(CLOCK_MONOTONIC, &t);
#endif
  return static_cast<Micros>(t.tv_sec) * 1'000'000 + t.tv_nsec / 1000;
}

Micros systemTime() { return QDateTime::currentMSecsSinceEpoch() * 1000; }

// A sleep is noticed within this time of waking up: timers do not run while the machine sleeps.
constexpr Micros kLongest = 1'000'000;

}  // namespace

QtClock::QtClock(QObject* parent) : QtClock(sinceBoot, systemTime, parent) {}

QtClock::QtClock(std::function<Micros()> elapsed, const std::function<Micros()>& wall, QObject* parent)
    : QObject(parent), m_elapsed(std::move(elapsed)), m_start(wall() - m_elapsed()), m_calls(now()), m_timer(this) {
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, [this] {
    m_calls.advanceTo(now());
    arm();
  });
}

Micros QtClock::now() const { return m_start + m_elapsed(); }

TimerId QtClock::callAt(Micros at, std::function<void()> call, uint32_t rank) {
  const TimerId id = m_calls.callAt(at, std::move(call), rank);
  arm();
  return id;
}

void QtClock::cancel(TimerId id) { m_calls.cancel(id); }

void QtClock::arm() {
  const Micros next = m_calls.nextDeadline();
  if (next == kNever) return m_timer.stop();
  m_timer.start(static_cast<int>((std::clamp<Micros>(next - now(), 0, kLongest) + 999) / 1000));
}

}  // namespace weir
