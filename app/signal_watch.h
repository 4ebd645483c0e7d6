// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>
#include <QString>
#include <functional>
#include <iostream>
#include <memory>

namespace weir {

/// Turns SIGINT, SIGTERM and SIGHUP into a call on the event loop; a second SIGINT or SIGTERM ends the program at once.
/// A hangup that is ignored already, as nohup does, stays ignored. One watch at a time; a signal that one did not get
/// to is the next one's.
class SignalWatch {
public:
  explicit SignalWatch(std::function<void()> call);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

private:
  std::unique_ptr<QSocketNotifier> m_notifier;
  bool m_hasFired = false;
};

/// A line for people, on standard error.
inline void say(const QString& text) { std::cerr << text.toStdString() << "\n" << std::flush; }

}  // namespace weir
