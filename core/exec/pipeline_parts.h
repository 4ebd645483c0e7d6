// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exec/pipeline.h"
#include "core/exec/rules_operator.h"

namespace weir {

/// A stream at work: who waits for its rows, its time and its losses. For the files of Pipeline only.
struct Pipeline::Stream {
  const physical::Stream* plan = nullptr;
  std::vector<BatchPtr> pending;
  std::vector<std::pair<Node*, size_t>> readers;  ///< with the port
  std::vector<Tap> taps;
  WatermarkView watermark;
  std::vector<const GapLog*> gaps;
  bool rowsBeforeSteps = false;
  std::unique_ptr<ProofOfLife> life;  ///< of a feed, as what follows
  std::unique_ptr<SourceWatermark> source;
  std::unique_ptr<GapLog> gapLog;
};

/// A node at work: its operators, and what it offers them.
struct Pipeline::Node {
  std::shared_ptr<const physical::Plan> home;  ///< where the body lives: the operators refer to it
  const physical::Node* plan = nullptr;
  std::string target;  ///< names of the present script; those of hidden streams may change
  std::vector<std::string> inputs;
  uint32_t rank = 0;
  std::unique_ptr<Evaluator> evaluator;
  std::unique_ptr<NodeContext> context;
  std::unique_ptr<SourceWatermark> external;
  RulesOperator* rules = nullptr;
  std::vector<std::unique_ptr<Operator>> chain;
  std::vector<std::pair<size_t, BatchPtr>> input;  ///< with the port
  /// Of a node with several inputs: takes a push from all of them.
  std::function<void(const std::vector<std::pair<size_t, BatchPtr>>&)> process;
  /// Of a join with a table: lets go of what it holds.
  std::function<void()> forgetTable;
  std::vector<BatchPtr>* looking = nullptr;
  int64_t delayMs = 0;     ///< of the rows behind the watermark
  bool stateless = false;  ///< rows leave at the very step that brought them
};

}  // namespace weir
