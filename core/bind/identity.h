// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/bind/bound_script.h"

namespace weir {

/// Tells which streams and queries of two scripts are the same: the same text, comments and layout aside, over inputs
/// that are the same themselves, with a result of the same columns. Equal numbers mean the same, on every machine and
/// in every version that describes streams in the same way.
struct Identities {
  explicit Identities(const BoundScript& script);
  std::vector<uint64_t> nodes;              ///< of each node of the script, in its order
  std::map<std::string, uint64_t> streams;  ///< by name, those that a query makes for itself included
};

/// A statement's tokens in one line, keywords in upper case: what stays the same when only its looks change.
std::string bareStatement(std::string_view text);

}  // namespace weir
