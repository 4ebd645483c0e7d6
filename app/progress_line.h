// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <string>

#include "core/session/run.h"

namespace weir {

/// One line on standard error that tells how a run is going, painted over itself: states, rates, what is late or bad.
/// Only on a terminal. Rows and messages take its place and it comes back beneath them.
class ProgressLine {
public:
  ProgressLine(const Run& run, bool wanted);
  ~ProgressLine() { clear(); }
  /// Before anything else is written to the terminal.
  void clear();

private:
  void paint();
  std::string text();

  const Run& m_run;
  bool m_isOn;
  bool m_isPainted = false;
  QTimer m_timer;
  Micros m_lastAt = 0;
  std::map<QString, uint64_t> m_lastCounts;
};

}  // namespace weir
