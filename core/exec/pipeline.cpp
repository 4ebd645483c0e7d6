// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pipeline.h"

#include <algorithm>

#include "core/exec/pipeline_parts.h"

namespace weir {

namespace {

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

void Pipeline::replaceTable(const std::string& table, const std::shared_ptr<Batch>& rows) {
  for (const auto& [reader, port] : m_streams.at(table)->readers)
    if (reader->forgetTable) reader->forgetTable();
  push(table, rows);
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
  for (const auto& [name, stream] : m_streams)
    if (stream->gapLog) stream->gapLog->settle();
  for (const auto& node : m_nodes)
    if (node->rules) node->rules->settle();
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
