// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/exec/operator.h"
#include "core/exec/physical_plan.h"
#include "core/exec/row_rules.h"

namespace weir {

/// A checked script at work. Time is a virtual clock that somebody moves: a replay by the capture's lines, a live run
/// by the real clock and the arrival of messages. So both give the same rows. Engine thread only.
///
/// Rows of one push go through all nodes, upstream first; where several writers meet, their rows are merged by the
/// input row that caused them. With `horizon`, this keeps the size of a batch out of every result.
class Pipeline {
public:
  using Tap = std::function<void(const BatchPtr&)>;

  Pipeline(physical::Plan plan, Micros start, uint64_t uuidSeed);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  const logical::Plan& script() const { return m_plan->script; }
  /// Goes over to another script, between two pushes. Sources keep their watermarks and gaps, queries their windows,
  /// where they have the same identity in both. Everything else starts anew, and all taps are gone.
  /// Returns the names of the streams that go on.
  std::set<std::string> changeTo(physical::Plan plan);
  VirtualClock& clock() { return m_clock; }
  const VirtualClock& clock() const { return m_clock; }
  /// Rows that arrive from `from` on may share a batch until this instant.
  Micros horizon(Micros from) const;
  /// So many rows at once keep nobody waiting, as far as the operators can tell.
  size_t mostRows() const;
  /// Takes rows of a feed, whose event times are set. `origin` is set here.
  void push(const std::string& stream, const std::shared_ptr<Batch>& batch);
  /// Puts rows in the place of all that a table holds.
  void replaceTable(const std::string& table, const std::shared_ptr<Batch>& rows);
  /// Moves the clock; windows close on the way.
  void advanceTo(Micros at);
  /// Calls `tap` with every batch of a stream.
  void tap(const std::string& stream, Tap tap);
  /// The rows that the open windows of a stream would give now.
  std::vector<BatchPtr> openRows(const std::string& stream);
  /// Sends out what is open, as provisional rows.
  void flush();

  GapLog& gapLog(const std::string& feed);
  /// A feed's proof of life, which stays where it is as long as the feed does. What waited for it is done now, as of
  /// the instants at which it was due.
  ProofOfLife& life(const std::string& feed);
  void prove(ProofOfLife& life, Micros at);
  /// Its silence is not asked for any more: its connection is down.
  void trust(ProofOfLife& life);
  void retryAwaited(ProofOfLife& life);
  /// The watermark of a feed with event time; nullptr where it is the clock.
  /// A feed has come to its end: nothing of it can be late any more.
  void endFeed(const std::string& feed);
  SourceWatermark* sourceWatermark(const std::string& feed);
  std::map<std::string, uint64_t> lateCounts() const;
  /// Of each query's target, how many pieces of state a bound let go: matches that had begun, groups, keys.
  std::map<std::string, uint64_t> stateDropped() const;
  /// Of streams that queries write and that have rules of their own.
  std::map<std::string, RowCounters> ruledRows() const;
  /// Rows too late for the windows that a feed goes into, with or without other feeds.
  uint64_t lateRowsOf(const std::string& feed) const;
  const Issues& issues() const { return m_issues; }
  /// Grows with every push and every timer that sends rows.
  uint64_t pushNumber() const { return m_pushNumber; }

private:
  struct Stream;
  struct Node;
  void assemble(physical::Plan plan, std::set<std::string>* kept);
  void openFeed(const std::string& name, Stream* before);
  std::vector<std::unique_ptr<Node>> takeOver(std::vector<std::unique_ptr<Node>> before);
  std::unique_ptr<Node> build(const physical::Node& plan, uint32_t rank);
  void giveContext(Node& node);
  void link(Node& node);
  std::optional<int64_t> knownFrom(const Node& node) const;
  /// The stream of the user's that a node writes, itself or through others.
  std::string visibleTarget(const Node& node) const;
  bool buildSelect(Node& node, const physical::Select& select, const Stream& target);
  void buildWindow(Node& node, const physical::Select& select);
  void buildRules(Node& node, const logical::Stream& target);
  bool buildSource(Node& node, const Stream& input, const Stream& target);
  void deliver(const std::string& stream, const BatchPtr& batch);
  void beginPush(Micros at);
  void propagate(uint32_t fromRank);
  void runNode(Node& node);

  std::shared_ptr<const physical::Plan> m_plan;
  VirtualClock m_clock;
  Issues m_issues;
  UuidSource m_uuids;
  std::map<std::string, std::unique_ptr<Stream>> m_streams;
  std::vector<std::unique_ptr<Node>> m_nodes;
  BatchPtr m_pushed;  ///< of the present push, for arrivals
  bool m_hasSteps = false;
  uint64_t m_pushNumber = 0;
};

}  // namespace weir
