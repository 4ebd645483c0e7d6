// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include "core/base/clock.h"

namespace weir {

/// The real clock: wall time at the start, carried on by the time since boot. So it never goes back when the system's
/// clock is set, and it goes on while a laptop sleeps, which the monotonic clock does not. Calls come on the thread
/// that owns it; those that became due in sleep come at once afterwards.
class QtClock final : public QObject, public Clock {
  Q_OBJECT
public:
  explicit QtClock(QObject* parent = nullptr);
  /// With times of one's own, for tests: microseconds since any moment, and since 1970 by the system's clock.
  QtClock(std::function<Micros()> elapsed, const std::function<Micros()>& wall, QObject* parent = nullptr);
  Micros now() const override;
  TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) override;
  void cancel(TimerId id) override;

private:
  void arm();
  std::function<Micros()> m_elapsed;
  Micros m_start;
  VirtualClock m_calls;
  QTimer m_timer;
};

}  // namespace weir
