// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "core/session/engine.h"
#include "ui/widgets/theme.h"

class QLabel;
class QStatusBar;
class QToolButton;

namespace weir {

/// The line beneath it all: what runs, how fast, what went wrong, where the caret is, and the time.
class StatusLine final : public QObject {
  Q_OBJECT
public:
  StatusLine(const Theme& theme, QStatusBar& bar);
  void setTheme(const Theme& theme) { m_theme = &theme; }
  void setDemo(bool on);
  void setPreview(bool on);
  void setCaret(int line, int column);
  void setProblems(int count);
  void showClock(bool local);

  /// A run begins, whose rates count from now.
  void beginRun() { m_lastAt = 0; }
  /// What the run's snapshot does not know.
  struct Figures {
    size_t results = 0;
    uint64_t unseen = 0;
    std::optional<uint64_t> dashboard;  ///< rows that the demo's dashboard has received
  };
  void showRun(const RunSnapshot& snapshot, const Figures& figures);
  void endRun();

signals:
  void problemsWanted();

private:
  void takeRates(const RunSnapshot& snapshot);
  QString faults(const RunSnapshot& snapshot, uint64_t unseen) const;

  const Theme* m_theme;
  QLabel* m_demo;
  QLabel* m_preview;
  QLabel* m_status;
  QLabel* m_faults;
  QLabel* m_caret;
  QToolButton* m_problems;
  QLabel* m_clock;
  Micros m_lastAt = 0;
  uint64_t m_lastIn = 0;
  uint64_t m_lastOut = 0;
  double m_inRate = 0;
  double m_outRate = 0;
};

}  // namespace weir
