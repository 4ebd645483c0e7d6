// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/formats/decoder.h"
#include "core/formats/json_message.h"

namespace weir {

std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema);
/// The same of messages in another format, which `asJson` reads.
std::unique_ptr<Decoder> makeJsonDecoder(const DecoderSettings& settings, const SchemaPtr& schema,
                                         JsonMessage (*asJson)(std::string_view));
/// The options of formats whose messages are trees of members.
std::vector<std::string_view> memberOptions();

}  // namespace weir
