// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sql/token_cursor.h"

namespace weir {

/// Where words of other dialects stand that are refused by name.
enum class RefusedIn {
  Statement,  ///< at its beginning
  Create,     ///< behind CREATE
  Item,       ///< at the beginning of the items of SELECT
  Star,       ///< behind a star
  Source,     ///< where a stream's name stands in FROM
  Clause,     ///< behind FROM, between and behind the clauses
  Group,      ///< at the beginning of a key of GROUP BY
  Emit,       ///< behind EMIT
  Test,       ///< behind a value, where a comparison may stand
  Over,       ///< inside the parentheses of OVER
};

/// Fails with what to write instead when words that Weir does not have, but others do, stand here. A name that only
/// looks like one of them passes.
void refuseWords(TokenCursor& cursor, RefusedIn where);

}  // namespace weir
