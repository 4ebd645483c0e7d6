// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <QObject>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/bind/binder.h"
#include "core/session/opened_feed.h"
#include "core/session/secrets.h"
#include "core/telemetry/log.h"

namespace weir {

/// Learns the columns of sources that were declared with `...` from the first events of each.
class SourceInference final : public QObject {
  Q_OBJECT
public:
  /// Calls `done` once all are known, or with what went wrong.
  /// The run that takes the connections over must go by `clock` too.
  SourceInference(const BoundResult& checked, std::shared_ptr<QtClock> clock, const SecretLookup& secrets,
                  std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> done, QObject* parent = nullptr);
  ~SourceInference() override;
  /// What a connection meets before there is anything to learn from.
  std::function<void(const LogEntry& entry)> onEvent;
  void start();
  /// It failed because a source ended by itself: refused, or no attempts left.
  bool sourceEnded() const { return m_sourceEnded; }
  /// Hands the connections over, still open, with all that came; call it once `done` was called without trouble.
  OpenedFeeds takeOpened();

private:
  class Learner;
  void learnt(bool isFirst);
  void finish(Diagnostics why);
  void finishSoon(const Diagnostics& why);

  std::shared_ptr<QtClock> m_clock;
  OpenedFeeds m_opened;
  TimerId m_patience = TimerId::None;
  TimerId m_furtherEvents = TimerId::None;
  std::map<std::string, std::unique_ptr<Learner>> m_learners;  ///< by stream or connection
  Diagnostics m_trouble;
  std::function<void(std::map<std::string, SchemaPtr>, Diagnostics)> m_done;
  bool m_sourceEnded = false;
};

}  // namespace weir
