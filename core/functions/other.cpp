// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/compare.h"
#include "core/functions/families.h"
#include "core/functions/lift.h"

namespace weir {

namespace {

void nullIf(Call& call) {
  for (size_t row = 0; row < call.rows; ++row) {
    const bool isEqual =
        !call.args[0]->isNull(row) && !call.args[1]->isNull(row) && sameValue(*call.args[0], row, *call.args[1], row);
    if (isEqual)
      call.out.appendNull();
    else
      call.out.appendFrom(*call.args[0], row);
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
      {.name = "NULLIF",
       .signature = "NULLIF(a, b)",
       .help = "NULL when a equals b, else a.",
       .example = "NULLIF(1, 2)",
       .exampleResult = "1",
       .rule = TypeRule::First,
       .least = 2,
       .most = 2,
       .kernel = &nullIf},
      {.name = "IS_NULL",
       .aliases = "ISNULL",
       .signature = "IS_NULL(x)",
       .help = "Whether x is NULL.",
       .example = "IS_NULL('a')",
       .exampleResult = "false",
       .overloads = anyType(&nullTest<true>)},
      {.name = "IS_NOT_NULL",
       .signature = "IS_NOT_NULL(x)",
       .help = "Whether x is there.",
       .example = "IS_NOT_NULL('a')",
       .exampleResult = "true",
       .overloads = anyType(&nullTest<false>)},
  };
}

}  // namespace weir
