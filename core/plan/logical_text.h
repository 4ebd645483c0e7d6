// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/plan/logical.h"

namespace weir::logical {

/// Writes plans as text, the same on every machine: what is equal has one text, and what has one text is equal.
std::string text(const Expression& expr);
std::string text(const Window& window);
std::string text(const Join& join);
std::string text(const Unnest& unnest);
std::string text(const Pattern& pattern);
std::string text(const Query& query);
std::string text(const Connection& connection);
std::string text(const Stream& stream);
std::string text(const Plan& plan);

}  // namespace weir::logical
