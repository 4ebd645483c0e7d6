// SPDX-License-Identifier: GPL-3.0-or-later
// Any text is checked without a crash; what parses is laid out the same way twice.
#include <cstdlib>

#include "core/bind/checker.h"
#include "core/plan/explain.h"
#include "core/sql/formatter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const weir::BoundResult checked = weir::checkScript(text);
  for (const weir::Diagnostic& d : checked.diagnostics) weir::render(d, "fuzz.sql", text);
  if (!weir::hasError(checked.diagnostics)) weir::explain(checked.script);
  const auto once = weir::formatScript(text);
  if (!once) return 0;
  const auto twice = weir::formatScript(*once);
  if (!twice || *twice != *once) std::abort();
  return 0;
}
