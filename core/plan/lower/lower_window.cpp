// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/lower/lower_node.h"

namespace weir {

physical::Window lowerWindow(const logical::Window& window, ExpressionLowering& rows) {
  physical::Window out;
  out.kind = window.kind;
  out.isClosing = window.closes();
  out.sizeMs = window.sizeMs;
  out.slideMs = window.slideMs;
  out.count = window.count;
  out.key = rows.lower(window.key);
  if (window.book)
    out.book = physical::Book{rows.lower(window.book->price), rows.lower(window.book->quantity),
                              rows.lower(window.book->snapshot), rows.lower(window.book->side)};
  if (window.time) out.externalColumn = rows.lower(*window.time)->column;
  return out;
}

}  // namespace weir
