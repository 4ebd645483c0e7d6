// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>
#include <QString>
#include <functional>
#include <iostream>
#include <memory>

namespace weir {

/// Turns SIGINT and SIGTERM into a call on the event loop; the second one ends the program at once.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void()> call);

 private:
  std::unique_ptr<QSocketNotifier> m_notifier;
};

/// A line for people, on standard error.
inline void say(const QString& text) { std::cerr << text.toStdString() << "\n" << std::flush; }

}  // namespace weir
