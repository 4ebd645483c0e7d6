// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

bool sameCell(const Column& a, const Column& b, size_t row) {
  if (a.isNull(row) || b.isNull(row)) return false;
  if (isReal(a.type())) return a.real(row) == b.real(row);
  if (isText(a.type())) return a.text(row) == b.text(row);
  return a.integer(row) == b.integer(row);
}

void nullIf(Call& call) {
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.args[0]->isNull(row) || sameCell(*call.args[0], *call.args[1], row)) {
      call.out.appendNull();
    } else if (isReal(call.args[0]->type()) && !isReal(call.out.type())) {
      call.out.appendInteger(static_cast<int64_t>(call.args[0]->real(row)));
    } else if (!isReal(call.out.type()) && !isText(call.out.type())) {
      call.out.appendInteger(call.args[0]->integer(row));
    } else {
      call.out.appendFrom(*call.args[0], row);
    }
  }
}

template <bool WantNull>
void nullTest(Call& call) {
  for (size_t row = 0; row < call.rows; ++row) call.out.appendInteger(call.args[0]->isNull(row) == WantNull ? 1 : 0);
}

std::vector<Overload> anyType(Kernel kernel) {
  std::vector<Overload> list;
  for (const Type type : {Type::Bool, Type::Int, Type::Long, Type::Double, Type::String, Type::Object, Type::Bytes})
    list.push_back({Type::Bool, {type}, kernel});
  return list;
}

}  // namespace

std::vector<ScalarFunction> otherFunctions() {
  return {
      {.name = "NULLIF", .signature = "NULLIF(a, b)", .help = "NULL when a equals b, else a.",
       .example = "NULLIF(1, 2)", .exampleResult = "1", .rule = TypeRule::First, .least = 2, .most = 2,
       .kernel = &nullIf},
      {.name = "IS_NULL", .aliases = "ISNULL", .signature = "IS_NULL(x)", .help = "Whether x is NULL.",
       .example = "IS_NULL('a')", .exampleResult = "false", .overloads = anyType(&nullTest<true>)},
      {.name = "IS_NOT_NULL", .signature = "IS_NOT_NULL(x)", .help = "Whether x is there.",
       .example = "IS_NOT_NULL('a')", .exampleResult = "true", .overloads = anyType(&nullTest<false>)},
  };
}

}  // namespace weir
