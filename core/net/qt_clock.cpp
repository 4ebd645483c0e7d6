// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/qt_clock.h"

#include <QDateTime>
#include <algorithm>

namespace weir {

QtClock::QtClock(QObject* parent)
    : QObject(parent), m_start(QDateTime::currentMSecsSinceEpoch() * 1000), m_calls(m_start), m_timer(this) {
  m_elapsed.start();
  m_timer.setSingleShot(true);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, [this] {
    m_calls.advanceTo(now());
    arm();
  });
}

Micros QtClock::now() const { return m_start + m_elapsed.nsecsElapsed() / 1000; }

TimerId QtClock::callAt(Micros at, std::function<void()> call, uint32_t rank) {
  const TimerId id = m_calls.callAt(at, std::move(call), rank);
  arm();
  return id;
}

void QtClock::cancel(TimerId id) { m_calls.cancel(id); }

void QtClock::arm() {
  const Micros next = m_calls.nextDeadline();
  if (next == kNever) return m_timer.stop();
  constexpr Micros kLongest = 3'600'000'000;
  m_timer.start(static_cast<int>((std::clamp<Micros>(next - now(), 0, kLongest) + 999) / 1000));
}

}  // namespace weir
