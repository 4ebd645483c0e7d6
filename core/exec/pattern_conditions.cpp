// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/pattern_conditions.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace weir {

namespace {

void columnsOf(const physical::Expression& expr, std::vector<size_t>& out) {
  if (expr.kind == physical::Expression::Kind::Column && std::find(out.begin(), out.end(), expr.column) == out.end())
    out.push_back(expr.column);
  for (const auto& arg : expr.args) columnsOf(*arg, out);
}

bool isOwn(const physical::PatternTerm& term, size_t column) {
  return column >= term.firstColumn && column < term.firstColumn + term.columns;
}

bool isFirst(const physical::PatternTerm& term, size_t column) {
  return term.firstMatch && column >= *term.firstMatch && column < *term.firstMatch + term.columns;
}

void appendBytes(std::string& out, const void* bytes, size_t size) {
  out.append(static_cast<const char*>(bytes), size);
}

void appendText(std::string& out, std::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  appendBytes(out, &size, sizeof size);
  out.append(text);
}

// 0.0 equals -0.0, and NaN nothing.
bool appendReal(std::string& out, double value) {
  if (std::isnan(value)) return false;
  const double one = value == 0 ? 0.0 : value;
  appendBytes(out, &one, sizeof one);
  return true;
}

bool appendKey(std::string& out, const Column& column, size_t row) {
  if (column.isNull(row)) return false;
  if (isReal(column.type())) return appendReal(out, column.real(row));
  if (isText(column.type())) {
    appendText(out, column.text(row));
  } else {
    const int64_t value = column.integer(row);
    appendBytes(out, &value, sizeof value);
  }
  return true;
}

bool appendKey(std::string& out, const Value& value) {
  if (isNull(value)) return false;
  if (const double* real = std::get_if<double>(&value)) return appendReal(out, *real);
  if (const std::string* text = std::get_if<std::string>(&value)) {
    appendText(out, *text);
  } else {
    const bool* truth = std::get_if<bool>(&value);
    const int64_t number = truth ? (*truth ? 1 : 0) : std::get<int64_t>(value);
    appendBytes(out, &number, sizeof number);
  }
  return true;
}

}  // namespace

PatternSlots::PatternSlots(const physical::Pattern& pattern, size_t columns) : m_slots(columns, kNone) {
  std::vector<size_t> kept;
  for (size_t column = 0; column < columns; ++column)
    if (pattern.read.empty() || pattern.read[column]) kept.push_back(column);
  for (const physical::PatternStep& step : pattern.steps)
    for (const physical::PatternTerm& term : step.terms) {
      std::vector<size_t> rest;
      if (term.rest) columnsOf(*term.rest, rest);
      std::copy_if(rest.begin(), rest.end(), std::back_inserter(kept),
                   [&](size_t column) { return !isOwn(term, column); });
      for (const physical::PatternKey& key : term.keys) columnsOf(*key.earlier, kept);
    }
  for (const size_t column : kept)
    if (m_slots[column] == kNone) m_slots[column] = m_size++;
}

void PatternSlots::capture(PartialMatch& match, const physical::PatternTerm& term, size_t index, const Batch& batch,
                           uint32_t row) const {
  for (size_t c = 0; c < term.columns; ++c) {
    const size_t latest = m_slots[term.firstColumn + c];
    if (latest != kNone) match.values[latest] = batch.columns[c]->value(row);
    if (!term.firstMatch || match.captured[index]) continue;
    const size_t first = m_slots[*term.firstMatch + c];
    if (first != kNone) match.values[first] = batch.columns[c]->value(row);
  }
  match.captured[index] = true;
}

bool PreparedRows::key(const Term& term, uint32_t row, std::string& out) const {
  out.clear();
  const size_t place = term.all ? row - m_first : term.place[row - m_first];
  return std::all_of(term.keys.begin(), term.keys.end(),
                     [&](const ColumnPtr& key) { return appendKey(out, *key, place); });
}

PatternConditions::PatternConditions(const physical::Pattern& pattern, Evaluator& evaluator, SchemaPtr schema,
                                     const PatternSlots& slots)
    : m_slots(slots), m_evaluator(evaluator), m_termsOfPort(pattern.inputs) {
  for (const physical::PatternStep& step : pattern.steps)
    for (const physical::PatternTerm& term : step.terms) {
      m_termsOfPort[term.port].push_back(m_terms.size());
      m_terms.push_back(&term);
      auto& own = m_restOwn.emplace_back();
      if (term.rest) columnsOf(*term.rest, own);
      const auto others = std::stable_partition(
          own.begin(), own.end(), [&](size_t column) { return isOwn(term, column) || isFirst(term, column); });
      m_restEarlier.emplace_back(others, own.end());
      own.erase(others, own.end());
      auto& earlier = m_keyEarlier.emplace_back();
      for (const physical::PatternKey& key : term.keys) columnsOf(*key.earlier, earlier);
    }
  m_scratch.columns.resize(schema->fields.size());
  m_scratch.schema = std::move(schema);
}

PreparedRows PatternConditions::prepare(size_t port, const Batch& batch, uint32_t first, uint32_t count) {
  PreparedRows out;
  out.m_first = first;
  Selection rows(count);
  std::iota(rows.begin(), rows.end(), first);
  for (const size_t index : m_termsOfPort[port]) {
    const physical::PatternTerm& term = *m_terms[index];
    PreparedRows::Term& prepared = out.m_terms.emplace_back();
    prepared.index = index;
    Selection fitting;
    if (term.alone) {
      fitting = m_evaluator.select(*term.alone, batch, rows);
      prepared.all = false;
      prepared.place.assign(count, PreparedRows::kUnfit);
      for (size_t i = 0; i < fitting.size(); ++i) prepared.place[fitting[i] - first] = static_cast<uint32_t>(i);
    }
    for (const physical::PatternKey& key : term.keys)
      prepared.keys.push_back(m_evaluator.evaluate(*key.own, batch, term.alone ? fitting : rows));
  }
  return out;
}

Batch& PatternConditions::scratchOf(const std::vector<size_t>& columns, std::span<const PartialMatch* const> matches,
                                    const RowMeta& meta) {
  m_scratch.meta.assign(matches.size(), meta);
  for (const size_t column : columns) {
    auto values = std::make_shared<Column>(m_scratch.schema->fields[column].type);
    values->reserve(matches.size());
    const size_t slot = m_slots.of(column);
    for (const PartialMatch* match : matches) values->append(match->values[slot]);
    m_scratch.columns[column] = std::move(values);
  }
  return m_scratch;
}

bool PatternConditions::key(const PartialMatch& match, size_t term, std::string& out) {
  out.clear();
  const std::vector<physical::PatternKey>& keys = m_terms[term]->keys;
  const auto isColumn = [](const physical::PatternKey& key) {
    return key.earlier->kind == physical::Expression::Kind::Column;
  };
  if (std::all_of(keys.begin(), keys.end(), isColumn))
    return std::all_of(keys.begin(), keys.end(), [&](const physical::PatternKey& key) {
      return appendKey(out, match.values[m_slots.of(key.earlier->column)]);
    });
  const PartialMatch* one = &match;
  const Batch& batch = scratchOf(m_keyEarlier[term], {&one, 1}, match.latest);
  return std::all_of(keys.begin(), keys.end(), [&](const physical::PatternKey& key) {
    return appendKey(out, *m_evaluator.evaluate(*key.earlier, batch, {0}), 0);
  });
}

void PatternConditions::keepFitting(size_t index, const Batch& batch, uint32_t row,
                                    std::vector<PartialMatch*>& matches) {
  const physical::PatternTerm& term = *m_terms[index];
  if (!term.rest || matches.empty()) return;
  Batch& asked = scratchOf(m_restEarlier[index], matches, batch.meta[row]);
  for (const size_t column : m_restOwn[index]) {
    const bool first = isFirst(term, column);
    const Column& from = *batch.columns[column - (first ? *term.firstMatch : term.firstColumn)];
    auto values = std::make_shared<Column>(from.type());
    values->reserve(matches.size());
    for (const PartialMatch* match : matches) {
      // Until a repeated event has come, this one is its first.
      if (first && match->captured[index])
        values->append(match->values[m_slots.of(column)]);
      else
        values->appendFrom(from, row);
    }
    asked.columns[column] = std::move(values);
  }
  const Selection kept = m_evaluator.select(*term.rest, asked, allRows(asked));
  for (size_t i = 0; i < kept.size(); ++i) matches[i] = matches[kept[i]];
  matches.resize(kept.size());
}

}  // namespace weir
