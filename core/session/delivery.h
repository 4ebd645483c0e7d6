// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/connectors/connector.h"
#include "core/session/run_sinks.h"

namespace weir {

/// Tells sources that can wait how far what they brought has left the program: they hold back while sinks are crowded,
/// and commit what sinks have reported.
class Delivery {
public:
  /// `flush` sends on what is gathered, so that a mark is behind all that came. The sources live as long as this.
  Delivery(Clock& clock, RunSinks& sinks, std::vector<Source*> sources, std::function<void()> flush);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  static bool concerns(const Source& source) { return source.canHold() || source.isCommitted(); }
  /// At the end of a run: nothing more will come.
  void conclude();
  /// The sinks have reported all that they were given. What failed at the very end comes again in the next run.
  void commitAtEnd();

private:
  void look();
  void mark();
  void commit();

  Clock& m_clock;
  RunSinks& m_sinks;
  std::vector<Source*> m_sources;
  std::function<void()> m_flush;
  bool m_anyCommits;
  bool m_isHeld = false;
  std::optional<std::map<std::string, uint64_t>> m_marked;  ///< by sink, the rows up to the mark
  Micros m_markAt = 0;                                      ///< when the next mark is due
  uint64_t m_failedBefore = 0;                              ///< rows, when the end began
  TimerId m_timer = TimerId::None;
};

}  // namespace weir
