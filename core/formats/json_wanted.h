// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/schema.h"
#include "core/formats/decoder.h"

namespace weir {

/// What of a message is wanted: a tree of member names and indexes, columns at its leaves.
struct JsonWanted {
  std::vector<size_t> columns;
  std::map<std::string, std::unique_ptr<JsonWanted>, std::less<>> members;
  std::map<size_t, std::unique_ptr<JsonWanted>> elements;
  /// Each element of this array is an event, and this is wanted of it.
  std::unique_ptr<JsonWanted> record;

  /// The members again where they are few: comparing with each beats a tree.
  std::vector<std::pair<std::string_view, const JsonWanted*>> few;

  bool isRecords() const { return record != nullptr; }
  bool isLeaf() const { return members.empty() && elements.empty() && !isRecords(); }
  const JsonWanted* member(std::string_view name) const;
  const JsonWanted* element(size_t index) const;
  /// Makes ready for look-ups; nothing is added afterwards.
  void settle();
};

/// Where each column of a source is found in its messages.
struct JsonPlan {
  JsonPlan(const DecoderSettings& settings, const Schema& schema);

  JsonWanted root;
  /// Each element of a root array is an event.
  bool rootIsList = true;
  /// Columns that are read beside the records and stand in each of them; and for each column whether it is one.
  std::vector<size_t> envelope;
  std::vector<uint8_t> isEnvelope;
};

}  // namespace weir
