// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "core/base/clock.h"

namespace weir {

/// The real clock: wall time at the start, carried on by the monotonic one, so that it never goes back when the
/// system's clock is set. Calls come on the thread that owns it.
class QtClock final : public QObject, public Clock {
  Q_OBJECT
 public:
  explicit QtClock(QObject* parent = nullptr);
  Micros now() const override;
  TimerId callAt(Micros at, std::function<void()> call, uint32_t rank = 0) override;
  void cancel(TimerId id) override;

 private:
  void arm();
  Micros m_start;
  QElapsedTimer m_elapsed;
  VirtualClock m_calls;
  QTimer m_timer;
};

}  // namespace weir
