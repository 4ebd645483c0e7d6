// SPDX-License-Identifier: GPL-3.0-or-later
// Joins and UNNEST.
#include "core/functions/cast.h"
#include "core/plan/lower/lower_node.h"

namespace weir {

namespace {

// A number, or the one in an OBJECT, as the key by which it is joined with one of another type.
physical::ExpressionPtr numberKey(physical::ExpressionPtr number) {
  return silentCall(numberKeyKernel(), Type::Bytes, std::move(number));
}

}  // namespace

physical::Join lowerJoin(const logical::Join& join, const ColumnSlots& left, const Schema& right) {
  ColumnSlots both = left;
  both.add(join.right.alias, right);
  ColumnSlots rightOnly;
  rightOnly.add(join.right.alias, right);
  ExpressionLowering onLeft(left);
  ExpressionLowering onRight(rightOnly);
  physical::Join out;
  out.kind = join.kind;
  out.match = join.match;
  for (const logical::Equality& key : join.keys) {
    physical::ExpressionPtr l = onLeft.lower(key.left);
    physical::ExpressionPtr r = onRight.lower(key.right);
    if (l->type != r->type) {
      l = numberKey(std::move(l));
      r = numberKey(std::move(r));
    }
    out.leftKeys.push_back(std::move(l));
    out.rightKeys.push_back(std::move(r));
  }
  out.leftTime = onLeft.lower(join.leftTime);
  out.rightTime = onRight.lower(join.rightTime);
  out.strict = join.strict;
  out.residual = ExpressionLowering(both).lower(join.residual);
  out.withinMs = join.withinMs;
  return out;
}

physical::Unnest lowerUnnest(const logical::Unnest& unnest, const ColumnSlots& slots) {
  return {ExpressionLowering(slots).lower(unnest.array)};
}

}  // namespace weir
