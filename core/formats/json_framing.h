// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string_view>

namespace weir {

/// How JSON lies in a message: as all of it, as several values one after the other (white space, 0x1E or nothing
/// between them), or somewhere in other text.
enum class JsonFraming { One, Many, Embedded };

/// What `json.framing` says.
JsonFraming framingNamed(std::string_view name);

/// Calls `each` with the values of a message in their order, until it returns false. One and Many take a message apart
/// and leave it to `each` whether the values are JSON; of Embedded it is the first `{` or `[` that begins a whole
/// value, or nothing. Work grows with the message only, whatever it holds.
void forEachJsonValue(std::string_view message, JsonFraming framing, const std::function<bool(std::string_view)>& each);

/// The object or array that a text inside a message holds, for a path that goes on below it: all of it, or where the
/// message's own JSON is embedded, what is embedded in it.
std::optional<std::string_view> jsonInText(std::string_view text, JsonFraming framing);

}  // namespace weir
