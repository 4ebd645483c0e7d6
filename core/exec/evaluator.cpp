// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exec/evaluator.h"

#include <cstdio>
#include <limits>
#include <numeric>

#include "core/data/compare.h"

namespace weir {

using Kind = physical::Expression::Kind;

namespace {

bool isTrue(const Column& column, size_t row) { return !column.isNull(row) && column.integer(row) != 0; }
bool isFalse(const Column& column, size_t row) { return !column.isNull(row) && column.integer(row) == 0; }

// For results whose rows come from different columns.
struct Choice {
  const Column* column = nullptr;
  uint32_t row = 0;
};

ColumnPtr assembled(Type type, const std::vector<Choice>& choices) {
  auto out = std::make_shared<Column>(type);
  out->reserve(choices.size());
  for (const Choice& choice : choices) {
    if (choice.column)
      out->appendFrom(*choice.column, choice.row);
    else
      out->appendNull();
  }
  return out;
}

template <class Get>
ColumnPtr integers(Type type, const Selection& rows, const Get& get) {
  auto out = std::make_shared<Column>(type);
  out->reserve(rows.size());
  for (const uint32_t row : rows) out->appendInteger(get(row));
  return out;
}

ColumnPtr nanoseconds(const Batch& batch, const Selection& rows) {
  constexpr int64_t kFarthest = std::numeric_limits<int64_t>::max() / 1'000'000 - 1;
  auto out = std::make_shared<Column>(Type::Long);
  for (const uint32_t row : rows) {
    const RowMeta& meta = batch.meta[row];
    if (meta.at > kFarthest || meta.at < -kFarthest)
      out->appendNull();
    else
      out->appendInteger(meta.at * 1'000'000 + meta.nanos);
  }
  return out;
}

}  // namespace

std::string UuidSource::next() {
  const uint64_t high = (m_random() & ~uint64_t{0xF000}) | 0x4000;
  const uint64_t low = (m_random() & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xFFFF), static_cast<unsigned>(high & 0xFFFF),
                static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFF));
  return text;
}

Selection allRows(const Batch& batch) {
  Selection rows(batch.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

ColumnPtr Evaluator::evaluate(const physical::Expression& expr, const Batch& batch) {
  if (expr.kind == Kind::Column) return batch.columns[expr.column];
  return evaluate(expr, batch, allRows(batch));
}

Selection Evaluator::select(const physical::Expression& condition, const Batch& batch, const Selection& rows) {
  const ColumnPtr truth = evaluate(condition, batch, rows);
  Selection out;
  out.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i)
    if (isTrue(*truth, i)) out.push_back(rows[i]);
  return out;
}

ColumnPtr Evaluator::evaluate(const physical::Expression& expr, const Batch& batch, const Selection& rows) {
  switch (expr.kind) {
    case Kind::Column: return gathered(batch.columns[expr.column], rows);
    case Kind::Literal: {
      auto out = std::make_shared<Column>(expr.type);
      out->reserve(rows.size());
      for (size_t i = 0; i < rows.size(); ++i) out->append(expr.literal);
      return out;
    }
    case Kind::Call: {
      std::vector<ColumnPtr> args;
      args.reserve(expr.args.size());
      for (const auto& arg : expr.args) args.push_back(evaluate(*arg, batch, rows));
      auto out = std::make_shared<Column>(expr.type);
      Call call{args, rows.size(), *out, *m_issues, expr.weight};
      expr.kernel(call);
      return out;
    }
    case Kind::Not: {
      const ColumnPtr in = evaluate(*expr.args[0], batch, rows);
      auto out = std::make_shared<Column>(Type::Bool);
      for (size_t i = 0; i < rows.size(); ++i) {
        if (in->isNull(i))
          out->appendNull();
        else
          out->appendInteger(in->integer(i) == 0 ? 1 : 0);
      }
      return out;
    }
    case Kind::And:
    case Kind::Or: return evaluateLogic(expr, batch, rows);
    case Kind::Case: return evaluateCase(expr, batch, rows);
    case Kind::Coalesce: return evaluateCoalesce(expr, batch, rows);
    case Kind::In: return evaluateIn(expr, batch, rows);
    case Kind::EventTime: return integers(Type::Long, rows, [&](uint32_t row) { return batch.meta[row].at; });
    case Kind::EventTimeNs: return nanoseconds(batch, rows);
    case Kind::ArrivalTime:
    case Kind::Now: return integers(Type::Long, rows, [&](uint32_t row) { return toMillis(batch.meta[row].arrival); });
    case Kind::WindowFinal:
      return integers(Type::Bool, rows, [&](uint32_t row) { return batch.meta[row].isProvisional ? 0 : 1; });
    case Kind::WindowHasGap:
      return integers(Type::Bool, rows, [&](uint32_t row) { return batch.meta[row].hasGap ? 1 : 0; });
    case Kind::Uuid: {
      auto out = std::make_shared<Column>(Type::String);
      for (size_t i = 0; i < rows.size(); ++i) out->appendText(m_uuids.next());
      return out;
    }
  }
  return nullptr;
}

ColumnPtr Evaluator::evaluateLogic(const physical::Expression& expr, const Batch& batch, const Selection& rows) {
  const bool isAnd = expr.kind == Kind::And;
  const ColumnPtr left = evaluate(*expr.args[0], batch, rows);
  Selection open;
  for (size_t i = 0; i < rows.size(); ++i)
    if (!(isAnd ? isFalse(*left, i) : isTrue(*left, i))) open.push_back(rows[i]);
  const ColumnPtr right = open.empty() ? nullptr : evaluate(*expr.args[1], batch, open);
  auto out = std::make_shared<Column>(Type::Bool);
  out->reserve(rows.size());
  size_t next = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (isAnd ? isFalse(*left, i) : isTrue(*left, i)) {
      out->appendInteger(isAnd ? 0 : 1);
      continue;
    }
    const size_t j = next++;
    if (isAnd ? isFalse(*right, j) : isTrue(*right, j))
      out->appendInteger(isAnd ? 0 : 1);
    else if (left->isNull(i) || right->isNull(j))
      out->appendNull();
    else
      out->appendInteger(isAnd ? 1 : 0);
  }
  return out;
}

ColumnPtr Evaluator::evaluateCase(const physical::Expression& expr, const Batch& batch, const Selection& rows) {
  std::vector<Choice> choices(rows.size());
  std::vector<ColumnPtr> kept;
  std::vector<uint32_t> open(rows.size());
  std::iota(open.begin(), open.end(), 0U);
  const auto assign = [&](const physical::Expression& value, const std::vector<uint32_t>& positions) {
    if (positions.empty()) return;
    Selection taken;
    for (const uint32_t p : positions) taken.push_back(rows[p]);
    kept.push_back(evaluate(value, batch, taken));
    for (size_t i = 0; i < positions.size(); ++i) choices[positions[i]] = {kept.back().get(), static_cast<uint32_t>(i)};
  };
  size_t branch = 0;
  for (; branch + 1 < expr.args.size() && !open.empty(); branch += 2) {
    Selection asked;
    for (const uint32_t p : open) asked.push_back(rows[p]);
    const ColumnPtr truth = evaluate(*expr.args[branch], batch, asked);
    std::vector<uint32_t> taken;
    std::vector<uint32_t> left;
    for (size_t i = 0; i < open.size(); ++i) (isTrue(*truth, i) ? taken : left).push_back(open[i]);
    assign(*expr.args[branch + 1], taken);
    open = std::move(left);
  }
  if (expr.args.size() % 2 == 1) assign(*expr.args.back(), open);
  return assembled(expr.type, choices);
}

ColumnPtr Evaluator::evaluateCoalesce(const physical::Expression& expr, const Batch& batch, const Selection& rows) {
  std::vector<Choice> choices(rows.size());
  std::vector<ColumnPtr> kept;
  std::vector<uint32_t> open(rows.size());
  std::iota(open.begin(), open.end(), 0U);
  for (const auto& arg : expr.args) {
    if (open.empty()) break;
    Selection asked;
    for (const uint32_t p : open) asked.push_back(rows[p]);
    kept.push_back(evaluate(*arg, batch, asked));
    std::vector<uint32_t> left;
    for (size_t i = 0; i < open.size(); ++i) {
      if (kept.back()->isNull(i))
        left.push_back(open[i]);
      else
        choices[open[i]] = {kept.back().get(), static_cast<uint32_t>(i)};
    }
    open = std::move(left);
  }
  return assembled(expr.type, choices);
}

ColumnPtr Evaluator::evaluateIn(const physical::Expression& expr, const Batch& batch, const Selection& rows) {
  std::vector<ColumnPtr> args;
  for (const auto& arg : expr.args) args.push_back(evaluate(*arg, batch, rows));
  auto out = std::make_shared<Column>(Type::Bool);
  const Column& operand = *args[0];
  const bool isObject = operand.type() == Type::Object;
  for (size_t row = 0; row < rows.size(); ++row) {
    bool isNull = operand.isNull(row);
    Number number;
    if (isObject && !isNull) {
      const auto found = numberAt(operand, row);
      isNull = !found;
      if (found) number = *found;
    }
    bool found = false;
    bool unknown = isNull;
    for (size_t k = 1; k < args.size() && !found && !isNull; ++k) {
      if (args[k]->isNull(row))
        unknown = true;
      else
        found =
            isObject ? std::is_eq(orderOf(number, *numberAt(*args[k], row))) : sameValue(operand, row, *args[k], row);
    }
    if (!found && unknown)
      out->appendNull();
    else
      out->appendInteger(found ? 1 : 0);
  }
  return out;
}

}  // namespace weir
