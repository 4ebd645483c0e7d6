// SPDX-License-Identifier: GPL-3.0-or-later
// How a pipeline comes to be, and goes over to another plan.
#include <algorithm>

#include "core/exec/book_operator.h"
#include "core/exec/filter_operator.h"
#include "core/exec/join_operator.h"
#include "core/exec/length_batch_operator.h"
#include "core/exec/pattern_operator.h"
#include "core/exec/pipeline_parts.h"
#include "core/exec/publish_operator.h"
#include "core/exec/rate_limit_operator.h"
#include "core/exec/result_operator.h"
#include "core/exec/retime_operator.h"
#include "core/exec/rolling_operator.h"
#include "core/exec/session_operator.h"
#include "core/exec/time_window_operator.h"

namespace weir {

Pipeline::Pipeline(physical::Plan plan, Micros start, uint64_t uuidSeed) : m_clock(start), m_uuids(uuidSeed) {
  assemble(std::move(plan), nullptr);
}

Pipeline::~Pipeline() = default;

std::set<std::string> Pipeline::changeTo(physical::Plan plan) {
  std::set<std::string> kept;
  assemble(std::move(plan), &kept);
  return kept;
}

// Nodes and sources of the plan before are taken over where they are the same; without one there are none.
void Pipeline::assemble(physical::Plan plan, std::set<std::string>* kept) {
  const bool changes = kept != nullptr;
  const auto before = std::exchange(m_plan, std::make_shared<const physical::Plan>(std::move(plan)));
  const auto isSame = [&](const std::string& name) {
    if (!changes) return false;
    const auto old = before->streams.find(name);
    return old != before->streams.end() && old->second.identity == m_plan->streams.at(name).identity;
  };
  std::map<std::string, std::unique_ptr<Stream>> oldStreams = std::exchange(m_streams, {});
  for (const auto& [name, planned] : m_plan->streams) {
    auto stream = std::make_unique<Stream>();
    stream->plan = &planned;
    m_streams.emplace(name, std::move(stream));
  }
  for (const std::string& name : m_plan->script.feeds()) {
    const bool goesOn = isSame(name);
    openFeed(name, goesOn ? oldStreams.at(name).get() : nullptr);
    if (goesOn) kept->insert(name);
  }
  std::vector<std::unique_ptr<Node>> goingOn = takeOver(std::exchange(m_nodes, {}));
  std::map<std::string, bool> writersKept;
  for (size_t i = 0; i < goingOn.size(); ++i) {
    const physical::Node& planned = m_plan->nodes[i];
    const bool goesOn = goingOn[i] != nullptr;
    const auto rank = static_cast<uint32_t>(i + 1);
    std::unique_ptr<Node> node = goesOn ? std::move(goingOn[i]) : build(planned, rank);
    if (changes && !goesOn) node->context->knownFrom = knownFrom(*node);
    node->rank = rank;
    node->target = planned.target;
    node->inputs = planned.inputs;
    link(*node);
    const auto [writers, first] = writersKept.try_emplace(planned.target, goesOn);
    if (!first) writers->second = writers->second && goesOn;
    m_nodes.push_back(std::move(node));
  }
  for (const auto& [target, all] : writersKept)
    if (all && isSame(target) && !target.starts_with('#')) kept->insert(target);
}

// What a feed has learnt of its time and its losses goes on with it.
void Pipeline::openFeed(const std::string& name, Stream* before) {
  Stream& stream = *m_streams.at(name);
  if (before) {
    stream.life = std::move(before->life);
    stream.gapLog = std::move(before->gapLog);
    stream.source = std::move(before->source);
  } else {
    stream.life = std::make_unique<ProofOfLife>();
    stream.gapLog = std::make_unique<GapLog>();
    if (const auto& rule = m_plan->script.stream(name).eventTime)
      stream.source = std::make_unique<SourceWatermark>(rule->latenessMs, rule->idleMs, m_clock.now(),
                                                        std::vector{stream.life.get()});
  }
  stream.gaps.push_back(stream.gapLog.get());
  if (stream.source)
    stream.watermark.addSource(stream.source.get());
  else
    stream.watermark.addClock(stream.life.get());
}

// Timers of nodes that are gone go with them, before new nodes ask for theirs under the new ranks.
std::vector<std::unique_ptr<Pipeline::Node>> Pipeline::takeOver(std::vector<std::unique_ptr<Node>> before) {
  std::vector<std::unique_ptr<Node>> goingOn(m_plan->nodes.size());
  std::map<uint32_t, uint32_t> ranks{{0, 0}};
  for (size_t i = 0; i < goingOn.size(); ++i) {
    const uint64_t identity = m_plan->nodes[i].identity;
    const auto old = std::find_if(before.begin(), before.end(),
                                  [&](const auto& node) { return node && node->plan->identity == identity; });
    if (old == before.end()) continue;
    goingOn[i] = std::move(*old);
    ranks.emplace(goingOn[i]->rank, static_cast<uint32_t>(i + 1));
  }
  m_clock.rerank(ranks);
  return goingOn;
}

// A query that starts late has not seen what came before: of its sources, all that is up to the greatest time.
std::optional<int64_t> Pipeline::knownFrom(const Node& node) const {
  std::optional<int64_t> from;
  for (const auto& [name, stream] : m_streams) {
    if (!stream->gapLog || !stream->gapLog->begun()) continue;
    const auto& gaps = node.context->gaps;
    if (std::find(gaps.begin(), gaps.end(), stream->gapLog.get()) == gaps.end()) continue;
    const int64_t seen = stream->source ? stream->source->greatest() + 1 : toMillis(m_clock.now()) + 1;
    from = from ? std::max(*from, seen) : seen;
  }
  return from;
}

std::unique_ptr<Pipeline::Node> Pipeline::build(const physical::Node& plan, uint32_t rank) {
  auto node = std::make_unique<Node>();
  Node& n = *node;
  n.home = m_plan;
  n.plan = &plan;
  n.rank = rank;
  n.evaluator = std::make_unique<Evaluator>(m_issues, m_uuids);
  giveContext(n);
  const Stream& input = *m_streams.at(plan.inputs.front());
  const Stream& target = *m_streams.at(plan.target);
  if (std::holds_alternative<physical::Rules>(plan.body))
    buildRules(n, m_plan->script.stream(plan.target));
  else
    n.stateless = std::holds_alternative<physical::Select>(plan.body)
                      ? buildSelect(n, std::get<physical::Select>(plan.body), target)
                      : buildSource(n, input, target);
  n.chain.push_back(std::make_unique<PublishOperator>(*n.context, [this, &n](const BatchPtr& batch) {
    if (n.looking)
      n.looking->push_back(batch);
    else
      deliver(n.target, batch);
  }));
  for (size_t i = 0; i + 1 < n.chain.size(); ++i) n.chain[i]->setNext(n.chain[i + 1].get());
  return node;
}

// Gives a node the time and the losses of its inputs, and the clock's calls.
void Pipeline::giveContext(Node& n) {
  const std::vector<std::string>& inputs = n.plan->inputs;
  const Stream& input = *m_streams.at(inputs.front());
  WatermarkView watermark = input.watermark;
  std::vector<const GapLog*> gaps = input.gaps;
  bool rowsBeforeSteps = input.rowsBeforeSteps;
  for (size_t port = 1; port < inputs.size(); ++port) {
    const Stream& other = *m_streams.at(inputs[port]);
    // A table has no time: it holds nobody back.
    if (other.plan->isTable) continue;
    watermark.merge(other.watermark);
    for (const GapLog* gap : other.gaps)
      if (std::find(gaps.begin(), gaps.end(), gap) == gaps.end()) gaps.push_back(gap);
    rowsBeforeSteps = true;
  }
  n.context = std::make_unique<NodeContext>(NodeContext{.clock = m_clock,
                                                        .evaluator = *n.evaluator,
                                                        .watermark = watermark,
                                                        .gaps = gaps,
                                                        .rowsBeforeSteps = rowsBeforeSteps,
                                                        .knownFrom = {},
                                                        .callAt = {},
                                                        .arrivalOf = {},
                                                        .messageOf = {}});
  const auto asPush = [this, &n](std::function<void()> work) {
    return [this, &n, work = std::move(work)] {
      m_pushed.reset();
      m_hasSteps = false;
      beginPush(m_clock.now());
      work();
      propagate(n.rank);
    };
  };
  n.context->callAt = [this, &n, asPush](Micros at, std::function<void()> work) {
    return m_clock.callAt(at, asPush(std::move(work)), n.rank);
  };
  n.context->callOnceProven = [this, &n, asPush](Micros at, std::function<void()> work) {
    const auto isProven = [&n](Micros due) { return n.context->watermark.isProvenUntil(due); };
    return m_clock.callOnceReady(at, isProven, asPush(std::move(work)), n.rank);
  };
  n.context->arrivalOf = [this](uint32_t origin) {
    return m_pushed && origin < m_pushed->rows() ? m_pushed->meta[origin].arrival : m_clock.now();
  };
  n.context->messageOf = [this](uint32_t origin) {
    return m_pushed && origin < m_pushed->rows() ? m_pushed->meta[origin].message : 0;
  };
}

// Makes the node a reader of its inputs, and its target a stream of the node's time and losses.
void Pipeline::link(Node& n) {
  for (size_t port = 0; port < n.inputs.size(); ++port) m_streams.at(n.inputs[port])->readers.emplace_back(&n, port);
  Stream& target = *m_streams.at(n.target);
  WatermarkView behind = n.context->watermark;
  behind.delayBy(n.delayMs);
  target.watermark.merge(behind);
  for (const GapLog* gap : n.context->gaps)
    if (std::find(target.gaps.begin(), target.gaps.end(), gap) == target.gaps.end()) target.gaps.push_back(gap);
  target.rowsBeforeSteps = target.rowsBeforeSteps || n.context->rowsBeforeSteps || !n.stateless;
}

void Pipeline::buildRules(Node& n, const logical::Stream& target) {
  if (const auto& rule = target.eventTime) {
    n.external =
        std::make_unique<SourceWatermark>(rule->latenessMs, rule->idleMs, m_clock.now(), n.context->watermark.lives());
    n.context->watermark = WatermarkView();
    n.context->watermark.addSource(n.external.get());
  }
  auto rules = std::make_unique<RulesOperator>(*n.context, target, n.external.get());
  n.rules = rules.get();
  n.context->gaps.push_back(&rules->gaps());
  n.chain.push_back(std::move(rules));
}

// Joins, patterns and UNNEST. Returns whether rows leave at the very step that brought them.
bool Pipeline::buildSource(Node& n, const Stream& input, const Stream& target) {
  if (const auto* join = std::get_if<physical::Join>(&n.plan->body)) {
    auto op = std::make_unique<JoinOperator>(*n.context, *join, target.plan->schema, input.plan->schema->fields.size());
    n.process = [raw = op.get()](const auto& rows) { raw->process(rows); };
    if (join->match == physical::Join::Match::Table) n.forgetTable = [raw = op.get()] { raw->forgetRight(); };
    n.chain.push_back(std::move(op));
    // Rows without a partner leave that much later than they came.
    if (join->match == physical::Join::Match::Within && join->kind != physical::Join::Kind::Inner)
      n.delayMs = join->withinMs + 1;
    return false;
  }
  if (const auto* pattern = std::get_if<physical::Pattern>(&n.plan->body)) {
    auto op = std::make_unique<PatternOperator>(*n.context, *pattern, target.plan->schema);
    n.process = [raw = op.get()](const auto& rows) { raw->process(rows); };
    n.chain.push_back(std::move(op));
    n.delayMs = PatternOperator::delayMs(*pattern);
    return false;
  }
  n.chain.push_back(
      std::make_unique<UnnestOperator>(*n.context, std::get<physical::Unnest>(n.plan->body), target.plan->schema));
  return true;
}

bool Pipeline::buildSelect(Node& n, const physical::Select& select, const Stream& target) {
  if (select.where) n.chain.push_back(std::make_unique<FilterOperator>(*n.context, *select.where));
  if (select.window.externalColumn) {
    n.external = std::make_unique<SourceWatermark>(0, 5000, m_clock.now(), n.context->watermark.lives());
    n.context->watermark = WatermarkView();
    n.context->watermark.addSource(n.external.get());
    n.chain.push_back(std::make_unique<RetimeOperator>(*n.context, *select.window.externalColumn, *n.external));
  }
  buildWindow(n, select);
  n.chain.push_back(std::make_unique<ResultOperator>(*n.context, select, target.plan->schema));
  const logical::Output::Kind output = select.output.kind;
  const bool limits = output == logical::Output::Kind::All || output == logical::Output::Kind::First ||
                      output == logical::Output::Kind::Last ||
                      (output == logical::Output::Kind::Snapshot && !select.window.closes());
  if (limits) {
    n.chain.push_back(std::make_unique<RateLimitOperator>(*n.context, select.output, select.groupColumns));
    // What is held back for a while is not late for it.
    if (output == logical::Output::Kind::All || output == logical::Output::Kind::Last)
      n.delayMs = select.output.everyMs;
  }
  return select.window.kind == logical::WindowKind::None && !limits;
}

void Pipeline::buildWindow(Node& n, const physical::Select& select) {
  switch (select.window.kind) {
    case logical::WindowKind::Tumbling:
    case logical::WindowKind::Hopping:
    case logical::WindowKind::Cumulate:
      n.chain.push_back(std::make_unique<TimeWindowOperator>(*n.context, select));
      break;
    case logical::WindowKind::Session: n.chain.push_back(std::make_unique<SessionOperator>(*n.context, select)); break;
    case logical::WindowKind::LengthBatch:
      n.chain.push_back(std::make_unique<LengthBatchOperator>(*n.context, select));
      break;
    case logical::WindowKind::Delay:
      n.chain.push_back(std::make_unique<DelayOperator>(*n.context, select.window.sizeMs));
      if (select.aggregated) n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
      break;
    case logical::WindowKind::None:
      if (select.aggregated) n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
      break;
    case logical::WindowKind::Book: n.chain.push_back(std::make_unique<BookOperator>(*n.context, select)); break;
    default: n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
  }
}

}  // namespace weir
