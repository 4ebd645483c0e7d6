// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pipeline.h"

#include <algorithm>

#include "core/exec/filter_operator.h"
#include "core/exec/join_operator.h"
#include "core/exec/length_batch_operator.h"
#include "core/exec/pattern_operator.h"
#include "core/exec/rate_limit_operator.h"
#include "core/exec/result_operator.h"
#include "core/exec/rolling_operator.h"
#include "core/exec/session_operator.h"
#include "core/exec/time_window_operator.h"

namespace weir {

namespace {

/// Sets event time from a column, for EXTERNALTIME and EXTERNALTIMEBATCH. A row without a usable time is late.
class RetimeOperator final : public Operator {
public:
  RetimeOperator(NodeContext& context, size_t column, SourceWatermark& watermark)
      : Operator(context), m_column(column), m_watermark(watermark) {}

  void consume(const Batch& batch) override {
    Selection rows;
    for (uint32_t row = 0; row < batch.rows(); ++row)
      if (isUsable(*batch.columns[m_column], row)) rows.push_back(row);
    m_context.late += batch.rows() - rows.size();
    Batch out = selected(batch, rows);
    for (uint32_t row = 0; row < out.rows(); ++row) {
      RowMeta& meta = out.meta[row];
      meta.at = out.columns[m_column]->integer(row);
      meta.nanos = 0;
      meta.isWindowEnd = false;
      m_watermark.advance(meta.origin, meta.at, meta.arrival);
    }
    send(out);
  }

private:
  static bool isUsable(const Column& column, uint32_t row) {
    return !column.isNull(row) && column.integer(row) > -kFarthestMs && column.integer(row) < kFarthestMs;
  }

  size_t m_column;
  SourceWatermark& m_watermark;
};

/// Applies a stream's rules to the rows that queries write into it.
class RulesOperator final : public Operator {
public:
  /// `watermark` is that of the stream's own event time; null where it has none.
  RulesOperator(NodeContext& context, const BoundStream& stream, SourceWatermark* watermark)
      : Operator(context), m_rules(stream, stream.options, m_gaps), m_watermark(watermark) {}

  void consume(const Batch& batch) override {
    Selection passed;
    std::vector<RowMeta> meta = batch.meta;
    const auto column = [&](size_t c) -> const Column& { return *batch.columns[c]; };
    for (uint32_t row = 0; row < batch.rows(); ++row) {
      // An open window's row is replaced later: it is nobody's repeat.
      if (meta[row].isProvisional || m_rules.judge(column, row, meta[row]) != RowRules::Verdict::Pass) continue;
      m_gaps.begin(meta[row].time());
      m_rules.follow(column, row, meta[row].time());
      if (m_watermark) m_watermark->advance(meta[row].origin, meta[row].at, meta[row].arrival);
      passed.push_back(row);
    }
    Batch out = selected(batch, passed);
    for (size_t i = 0; i < passed.size(); ++i) out.meta[i] = meta[passed[i]];
    send(out);
  }

  const RowCounters& counters() const { return m_rules.counters(); }
  const GapLog& gaps() const { return m_gaps; }

private:
  GapLog m_gaps;
  RowRules m_rules;
  SourceWatermark* m_watermark;
};

/// The end of a node: hands results to its stream, or to whoever only looks.
class PublishOperator final : public Operator {
public:
  PublishOperator(NodeContext& context, std::function<void(const BatchPtr&)> publish)
      : Operator(context), m_publish(std::move(publish)) {}
  void consume(const Batch& batch) override {
    if (batch.rows() > 0) m_publish(std::make_shared<Batch>(batch));
  }

private:
  std::function<void(const BatchPtr&)> m_publish;
};

BatchPtr merged(const std::vector<BatchPtr>& batches) {
  struct Position {
    const Batch* batch;
    uint32_t row;
  };
  std::vector<Position> rows;
  for (const BatchPtr& batch : batches)
    for (uint32_t row = 0; row < batch->rows(); ++row) rows.push_back({batch.get(), row});
  std::stable_sort(rows.begin(), rows.end(), [](const Position& a, const Position& b) {
    return a.batch->meta[a.row].origin < b.batch->meta[b.row].origin;
  });
  auto out = std::make_shared<Batch>();
  out->schema = batches.front()->schema;
  for (size_t c = 0; c < out->schema->fields.size(); ++c) {
    auto column = std::make_shared<Column>(out->schema->fields[c].type);
    for (const Position& at : rows) column->appendFrom(*at.batch->columns[c], at.row);
    out->columns.push_back(std::move(column));
  }
  for (const Position& at : rows) out->meta.push_back(at.batch->meta[at.row]);
  return out;
}

bool inOrder(const std::vector<BatchPtr>& batches) {
  uint32_t last = 0;
  for (const BatchPtr& batch : batches)
    for (const RowMeta& meta : batch->meta) {
      if (meta.origin < last) return false;
      last = meta.origin;
    }
  return true;
}

}  // namespace

struct Pipeline::Stream {
  const BoundStream* bound = nullptr;
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

struct Pipeline::Node {
  size_t identity = 0;
  std::shared_ptr<BoundScript> home;  ///< where the body lives: the operators refer to it
  BoundNode* bound = nullptr;
  std::string target;  ///< names of the present script; those of hidden streams may change
  std::vector<std::string> inputs;
  uint32_t rank = 0;
  std::unique_ptr<Evaluator> evaluator;
  std::unique_ptr<NodeContext> context;
  std::unique_ptr<SourceWatermark> external;
  const RulesOperator* rules = nullptr;
  std::vector<std::unique_ptr<Operator>> chain;
  std::vector<std::pair<size_t, BatchPtr>> input;  ///< with the port
  /// Of a node with several inputs: takes a push from all of them.
  std::function<void(const std::vector<std::pair<size_t, BatchPtr>>&)> process;
  std::vector<BatchPtr>* looking = nullptr;
  int64_t delayMs = 0;     ///< of the rows behind the watermark
  bool stateless = false;  ///< rows leave at the very step that brought them
};

Pipeline::Pipeline(BoundScript script, Micros start, uint64_t uuidSeed) : m_clock(start), m_uuids(uuidSeed) {
  assemble(std::make_shared<BoundScript>(std::move(script)), nullptr);
}

Pipeline::~Pipeline() = default;

std::set<std::string> Pipeline::changeTo(BoundScript script) {
  std::set<std::string> kept;
  assemble(std::make_shared<BoundScript>(std::move(script)), &kept);
  return kept;
}

// Nodes and sources of the script before are taken over where they are the same; without one there are none.
void Pipeline::assemble(std::shared_ptr<BoundScript> script, std::set<std::string>* kept) {
  static const BoundScript kNothing;
  const bool changes = kept != nullptr;
  const Identities before(changes ? *m_script : kNothing);
  const Identities now(*script);
  std::map<std::string, std::unique_ptr<Stream>> oldStreams = std::exchange(m_streams, {});
  std::vector<std::unique_ptr<Node>> oldNodes = std::exchange(m_nodes, {});
  m_script = std::move(script);
  for (const auto& [name, bound] : m_script->streams) {
    auto stream = std::make_unique<Stream>();
    stream->bound = &bound;
    m_streams.emplace(name, std::move(stream));
  }
  for (const std::string& name : m_script->feeds()) {
    Stream& stream = *m_streams.at(name);
    const auto same = before.streams.find(name);
    const bool goesOn = same != before.streams.end() && same->second == now.streams.at(name);
    if (goesOn) {
      stream.life = std::move(oldStreams.at(name)->life);
      stream.gapLog = std::move(oldStreams.at(name)->gapLog);
      stream.source = std::move(oldStreams.at(name)->source);
      kept->insert(name);
    } else {
      stream.life = std::make_unique<ProofOfLife>();
      stream.gapLog = std::make_unique<GapLog>();
      if (const auto& rule = stream.bound->eventTime)
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
  std::vector<std::unique_ptr<Node>> goingOn(m_script->nodes.size());
  std::map<uint32_t, uint32_t> ranks{{0, 0}};
  for (size_t i = 0; i < goingOn.size(); ++i) {
    const auto old = std::find_if(oldNodes.begin(), oldNodes.end(),
                                  [&](const auto& node) { return node && node->identity == now.nodes[i]; });
    if (old == oldNodes.end()) continue;
    goingOn[i] = std::move(*old);
    ranks.emplace(goingOn[i]->rank, static_cast<uint32_t>(i + 1));
  }
  m_clock.rerank(ranks);
  oldNodes.clear();
  std::map<std::string, bool> writersKept;
  for (size_t i = 0; i < goingOn.size(); ++i) {
    BoundNode& bound = m_script->nodes[i];
    const bool goesOn = goingOn[i] != nullptr;
    const auto rank = static_cast<uint32_t>(i + 1);
    std::unique_ptr<Node> node = goesOn ? std::move(goingOn[i]) : build(bound, rank);
    if (changes && !goesOn) node->context->knownFrom = knownFrom(*node);
    node->identity = now.nodes[i];
    node->rank = rank;
    node->target = bound.target;
    node->inputs = bound.inputs;
    link(*node);
    const auto [writers, first] = writersKept.try_emplace(bound.target, goesOn);
    if (!first) writers->second = writers->second && goesOn;
    m_nodes.push_back(std::move(node));
  }
  if (!changes) return;
  for (const auto& [target, all] : writersKept)
    if (all && before.streams.contains(target) && before.streams.at(target) == now.streams.at(target) &&
        !target.starts_with('#'))
      kept->insert(target);
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

std::unique_ptr<Pipeline::Node> Pipeline::build(BoundNode& bound, uint32_t rank) {
  auto node = std::make_unique<Node>();
  Node& n = *node;
  n.home = m_script;
  n.bound = &bound;
  n.rank = rank;
  n.evaluator = std::make_unique<Evaluator>(m_issues, m_uuids);
  const Stream& input = *m_streams.at(bound.inputs.front());
  const Stream& target = *m_streams.at(bound.target);
  WatermarkView watermark = input.watermark;
  std::vector<const GapLog*> gaps = input.gaps;
  bool rowsBeforeSteps = input.rowsBeforeSteps;
  for (size_t port = 1; port < bound.inputs.size(); ++port) {
    const Stream& other = *m_streams.at(bound.inputs[port]);
    // A table has no time: it holds nobody back.
    if (other.bound->isTable) continue;
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
                                                        .arrivalOf = {}});
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
  if (std::holds_alternative<BoundRules>(bound.body))
    buildRules(n, *target.bound);
  else
    n.stateless = std::holds_alternative<BoundSelect>(bound.body)
                      ? buildSelect(n, std::get<BoundSelect>(bound.body), target)
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

void Pipeline::buildRules(Node& n, const BoundStream& target) {
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
  if (const auto* join = std::get_if<BoundJoin>(&n.bound->body)) {
    auto op =
        std::make_unique<JoinOperator>(*n.context, *join, target.bound->schema, input.bound->schema->fields.size());
    n.process = [raw = op.get()](const auto& rows) { raw->process(rows); };
    n.chain.push_back(std::move(op));
    // Rows without a partner leave that much later than they came.
    if (join->match == BoundJoin::Match::Within && join->kind != BoundJoin::Kind::Inner) n.delayMs = join->withinMs + 1;
    return false;
  }
  if (const auto* pattern = std::get_if<BoundPattern>(&n.bound->body)) {
    auto op = std::make_unique<PatternOperator>(*n.context, *pattern, target.bound->schema);
    n.process = [raw = op.get()](const auto& rows) { raw->process(rows); };
    n.chain.push_back(std::move(op));
    n.delayMs = PatternOperator::delayMs(*pattern);
    return false;
  }
  n.chain.push_back(
      std::make_unique<UnnestOperator>(*n.context, std::get<BoundUnnest>(n.bound->body), target.bound->schema));
  return true;
}

bool Pipeline::buildSelect(Node& n, BoundSelect& select, const Stream& target) {
  if (select.where) n.chain.push_back(std::make_unique<FilterOperator>(*n.context, *select.where));
  if (select.window.externalColumn) {
    n.external = std::make_unique<SourceWatermark>(0, 5000, m_clock.now(), n.context->watermark.lives());
    n.context->watermark = WatermarkView();
    n.context->watermark.addSource(n.external.get());
    n.chain.push_back(std::make_unique<RetimeOperator>(*n.context, *select.window.externalColumn, *n.external));
  }
  switch (select.window.kind) {
    case BoundWindow::Kind::Tumbling:
    case BoundWindow::Kind::Hopping:
    case BoundWindow::Kind::Cumulate:
      n.chain.push_back(std::make_unique<TimeWindowOperator>(*n.context, select));
      break;
    case BoundWindow::Kind::Session: n.chain.push_back(std::make_unique<SessionOperator>(*n.context, select)); break;
    case BoundWindow::Kind::LengthBatch:
      n.chain.push_back(std::make_unique<LengthBatchOperator>(*n.context, select));
      break;
    case BoundWindow::Kind::Delay:
      n.chain.push_back(std::make_unique<DelayOperator>(*n.context, select.window.sizeMs));
      if (select.aggregated) n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
      break;
    case BoundWindow::Kind::None:
      if (select.aggregated) n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
      break;
    default: n.chain.push_back(std::make_unique<RollingOperator>(*n.context, select));
  }
  n.chain.push_back(std::make_unique<ResultOperator>(*n.context, select, target.bound->schema));
  const BoundOutput::Kind output = select.output.kind;
  const bool limits = output == BoundOutput::Kind::All || output == BoundOutput::Kind::First ||
                      output == BoundOutput::Kind::Last ||
                      (output == BoundOutput::Kind::Snapshot && !select.window.closes());
  if (limits) {
    n.chain.push_back(std::make_unique<RateLimitOperator>(*n.context, select.output, select.groupColumns));
    // What is held back for a while is not late for it.
    if (output == BoundOutput::Kind::All || output == BoundOutput::Kind::Last) n.delayMs = select.output.everyMs;
  }
  return select.window.kind == BoundWindow::Kind::None && !limits;
}

Micros Pipeline::horizon(Micros from) const {
  Micros horizon = m_clock.nextDeadline();
  for (const auto& node : m_nodes)
    for (const auto& op : node->chain) horizon = std::min(horizon, op->earliestTimer(from));
  return horizon;
}

size_t Pipeline::mostRows() const {
  size_t most = SIZE_MAX;
  for (const auto& node : m_nodes)
    for (const auto& op : node->chain) most = std::min(most, op->mostRows());
  return most;
}

void Pipeline::deliver(const std::string& stream, const BatchPtr& batch) {
  m_streams.at(stream)->pending.push_back(batch);
}

void Pipeline::push(const std::string& stream, const std::shared_ptr<Batch>& batch) {
  Stream& feed = *m_streams.at(stream);
  for (uint32_t row = 0; row < batch->rows(); ++row) batch->meta[row].origin = row;
  m_pushed = batch;
  m_hasSteps = feed.source != nullptr;
  // The clock already stands at the last row; silence is measured up to the first.
  beginPush(batch->meta.empty() ? m_clock.now() : batch->meta.front().arrival);
  if (feed.source)
    for (const RowMeta& meta : batch->meta) feed.source->advance(meta.origin, meta.at, meta.arrival);
  deliver(stream, batch);
  propagate(0);
}

void Pipeline::endFeed(const std::string& feed) {
  SourceWatermark* const source = sourceWatermark(feed);
  if (!source) return;
  m_pushed.reset();
  m_hasSteps = true;
  beginPush(m_clock.now());
  source->end();
  propagate(0);
}

void Pipeline::beginPush(Micros at) {
  ++m_pushNumber;
  for (const auto& node : m_nodes)
    if (node->external) node->external->beginPush(at);
  for (const auto& [name, stream] : m_streams)
    if (stream->source) stream->source->beginPush(at);
}

void Pipeline::propagate(uint32_t fromRank) {
  // A stream is complete once all its writers, which come before its readers, have run.
  const auto settle = [this](const std::string& name) {
    Stream& stream = *m_streams.at(name);
    if (stream.pending.empty()) return;
    std::vector<BatchPtr> batches = std::exchange(stream.pending, {});
    if (batches.size() > 1 && !inOrder(batches)) batches = {merged(batches)};
    for (const BatchPtr& batch : batches) {
      for (const Tap& tap : stream.taps) tap(batch);
      for (const auto& [reader, port] : stream.readers) reader->input.emplace_back(port, batch);
    }
  };
  for (const auto& node : m_nodes) {
    if (node->rank <= fromRank) continue;
    for (const std::string& input : node->inputs) settle(input);
    runNode(*node);
  }
  for (const auto& [name, stream] : m_streams) settle(name);
}

void Pipeline::runNode(Node& node) {
  const auto input = std::exchange(node.input, {});
  if (node.process)
    node.process(input);
  else
    for (const auto& [port, batch] : input) node.chain.front()->consume(*batch);
  if (m_hasSteps || !input.empty())
    for (const auto& op : node.chain) op->finishPush();
  m_hasSteps = m_hasSteps || (node.external && !node.external->steps().empty());
}

void Pipeline::advanceTo(Micros at) { m_clock.advanceTo(at); }

void Pipeline::tap(const std::string& stream, Tap tap) { m_streams.at(stream)->taps.push_back(std::move(tap)); }

std::vector<BatchPtr> Pipeline::openRows(const std::string& stream) {
  std::vector<BatchPtr> rows;
  Issues ignored;
  for (const auto& node : m_nodes) {
    if (node->target != stream) continue;
    node->looking = &rows;
    node->context->peeking = true;
    node->evaluator->countIn(ignored);
    for (const auto& op : node->chain) op->emitOpen();
    node->evaluator->countIn(m_issues);
    node->context->peeking = false;
    node->looking = nullptr;
  }
  return rows;
}

void Pipeline::flush() {
  for (const auto& node : m_nodes) {
    // What is open comes behind all that has been sent before, and has no row that caused it.
    m_pushed.reset();
    m_hasSteps = false;
    beginPush(m_clock.now());
    for (const auto& op : node->chain) op->flush();
    propagate(node->rank);
  }
}

ProofOfLife& Pipeline::life(const std::string& feed) { return *m_streams.at(feed)->life; }

void Pipeline::prove(ProofOfLife& life, Micros at) {
  life.prove(at);
  retryAwaited(life);
}

void Pipeline::trust(ProofOfLife& life) {
  life.trust();
  retryAwaited(life);
}

void Pipeline::retryAwaited(ProofOfLife& life) {
  if (!life.isAwaited()) return;
  life.met();
  m_clock.retryWaiting();
}

SourceWatermark* Pipeline::sourceWatermark(const std::string& feed) { return m_streams.at(feed)->source.get(); }
GapLog& Pipeline::gapLog(const std::string& feed) { return *m_streams.at(feed)->gapLog; }

uint64_t Pipeline::lateRowsOf(const std::string& feed) const {
  uint64_t late = 0;
  const GapLog* log = m_streams.at(feed)->gapLog.get();
  for (const auto& node : m_nodes) {
    const auto& gaps = node->context->gaps;
    if (log && std::find(gaps.begin(), gaps.end(), log) != gaps.end()) late += node->context->late;
  }
  return late;
}

std::map<std::string, RowCounters> Pipeline::ruledRows() const {
  std::map<std::string, RowCounters> out;
  for (const auto& node : m_nodes)
    if (node->rules) out[node->target].add(node->rules->counters());
  return out;
}

// What a hidden stream lost is missing in the one that it is made for.
std::map<std::string, uint64_t> Pipeline::lateCounts() const {
  std::map<std::string, uint64_t> out;
  for (const auto& node : m_nodes) out[visibleTarget(*node)] += node->context->late;
  return out;
}

std::string Pipeline::visibleTarget(const Node& node) const {
  if (!node.target.starts_with('#')) return node.target;
  const auto& readers = m_streams.at(node.target)->readers;
  return readers.empty() ? node.target : visibleTarget(*readers.front().first);
}

std::map<std::string, uint64_t> Pipeline::stateDropped() const {
  std::map<std::string, uint64_t> out;
  for (const auto& node : m_nodes) out[visibleTarget(*node)] += node->context->forgotten;
  return out;
}

}  // namespace weir
