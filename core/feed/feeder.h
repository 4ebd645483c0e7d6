// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/feed/intake.h"

namespace weir {

/// What comes in under one name: the messages of a stream, or those of a connection, which are for all of its sources.
struct Feed {
  std::string name;
  std::vector<Intake*> intakes;  ///< in the order of the text
  /// That of a table which comes whole, and is not shared.
  Intake* table = nullptr;
};

/// What became of a message.
struct Fed {
  bool isDecoded = false;  ///< by one of the feed's streams
  bool hasPassed = false;  ///< a row of it, by the rules of its stream
};

/// Brings the messages of all sources to the pipeline in the order in which they come, as few batches as results allow.
class Feeder {
public:
  /// Options of streams, with secrets in their places; a stream that is not there takes its options as written.
  using ResolvedOptions = std::map<std::string, Options>;

  /// Whether silence must be proven before it counts: a live run can ask, and its capture tells what was answered.
  enum class Silence { Trusted, Proven };
  explicit Feeder(Pipeline& pipeline, size_t batchRows = 512, const ResolvedOptions& options = {},
                  Silence silence = Silence::Trusted);
  void setSilence(Silence silence) { m_provesSilence = silence == Silence::Proven; }

  /// The pipeline has gone over to another script: intakes of streams in `kept` go on, the others are made anew.
  void followChange(const std::set<std::string>& kept, const ResolvedOptions& options = {});
  /// By the name of a stream or of a connection; nullptr when there is none.
  Feed* find(const std::string& name);
  Intake* intake(const std::string& stream);
  /// `origin` says where a message stands that was read from a file. Of a connection's streams one that cannot read
  /// what another one takes passes it over.
  Fed message(Feed& feed, std::string_view payload, Micros at, std::string_view origin = {});
  void opened(Feed& feed, Micros at);
  void lost(Feed& feed, Micros at);
  /// Nothing more will come, and nothing has been lost.
  void ended(Feed& feed, Micros at);
  /// The feed has answered at `at` what it was asked at `asked`: up to then it has sent nothing else.
  void alive(Feed& feed, Micros at, Micros asked);
  /// The program did not read from `since` to `at`.
  void stalled(Feed& feed, Micros at, Micros since);
  /// The latest time that it was told of: nothing may come before it.
  Micros latest() const { return m_latest; }
  /// Moves the clock; what is pending goes first.
  void advance(Micros at);
  /// Hands over what is pending: a row never waits for company.
  void flush();
  const std::map<std::string, std::unique_ptr<Intake>>& intakes() const { return m_intakes; }

private:
  /// What a table is to hold waits for the rest of it.
  Fed load(Intake& table, std::string_view payload, Micros at, std::string_view origin);
  void begin(Feed& feed, Micros at);
  void settle(Feed& feed);
  bool isOfAnother(const Intake& intake) const;
  void sendDeadLetter(Intake& intake, Micros at);

  Pipeline& m_pipeline;
  size_t m_batchRows;
  bool m_provesSilence;
  std::map<std::string, std::unique_ptr<Intake>> m_intakes;
  std::map<std::string, Feed> m_feeds;
  Intake* m_pending = nullptr;        ///< whose rows are gathered
  Feed* m_pendingFeed = nullptr;      ///< over which they came
  std::vector<Intake*> m_takers;      ///< those that the present message had rows for
  std::vector<Intake*> m_unreadable;  ///< those that it meant nothing to
  Micros m_horizon = 0;
  size_t m_mostRows = 0;  ///< of the batch that is gathered
  Micros m_last = 0;
  Micros m_latest = 0;
};

}  // namespace weir
