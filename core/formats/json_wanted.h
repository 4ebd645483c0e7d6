// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/schema.h"
#include "core/formats/decoder.h"
#include "core/formats/json_record_path.h"
#include "core/formats/message_match.h"

namespace weir {

/// What of a message is wanted: a tree of member names and indexes, columns at its leaves.
struct JsonWanted {
  std::vector<size_t> columns;
  std::map<std::string, std::unique_ptr<JsonWanted>, std::less<>> members;
  std::map<size_t, std::unique_ptr<JsonWanted>> elements;
  /// Wanted of each element of this array, or of each member of this object; each begins a level of the way to the
  /// events. Nothing else is wanted inside then.
  std::unique_ptr<JsonWanted> each;
  bool isOfMembers = false;
  size_t level = 0;

  /// The members again where they are few: comparing with each beats a tree.
  std::vector<std::pair<std::string_view, const JsonWanted*>> few;

  bool isLeaf() const { return members.empty() && elements.empty() && !each; }
  const JsonWanted* member(std::string_view name) const {
    // Names of feeds are short and begin differently: the call to compare them is worth avoiding.
    for (const auto& [known, wanted] : few)
      if (known.size() == name.size() && (name.empty() || known[0] == name[0]) && known == name) return wanted;
    return few.size() == members.size() ? nullptr : memberOfMany(name);
  }
  const JsonWanted* element(size_t index) const;
  /// Makes ready for look-ups; nothing is added afterwards.
  void settle();

private:
  const JsonWanted* memberOfMany(std::string_view name) const;
};

/// Where each column of a source is found in its messages. Values are read into cells: one for each column, and one for
/// each condition of `json.when`.
struct JsonPlan {
  JsonPlan(const DecoderSettings& settings, const Schema& schema);

  /// A value that lies where the tree does not lead, beside what is walked one by one.
  struct Aside {
    size_t cell = 0;
    std::vector<JsonStep> steps;
  };
  struct Condition {
    MatchTerm term;
    size_t cell = 0;
    JsonRecordPath::Place place;
  };
  /// What is read of an element on the way to the events.
  struct Level {
    std::vector<size_t> cells;    ///< all that are read of it
    std::vector<size_t> columns;  ///< those that stand in every event below
    std::vector<Aside> asides;
    std::vector<Condition> conditions;
    std::vector<MatchTerm> ofName;
    bool isLookedInto() const { return !asides.empty() || !conditions.empty(); }
  };

  JsonWanted root;
  /// Each element of a root array is a message.
  bool rootIsList = true;
  JsonFraming framing = JsonFraming::One;
  size_t cells = 0;
  size_t eventLevel = 0;
  std::vector<Level> levels;            ///< the last is that of the events
  std::vector<uint8_t> isOfEvent;       ///< of each column: it is read anew for every event
  std::vector<uint8_t> makesEvent;      ///< of each column: a record without any of them is none
  size_t nameLevel = SIZE_MAX;          ///< whose elements' names are wanted
  std::vector<size_t> names;            ///< columns that are names
  std::vector<Condition> conditions;    ///< on cells; a record that does not fulfil them is another stream's
  std::optional<MessageMatch> pattern;  ///< messages that do not match are
  bool hasConditions = false;
  /// A message can be read by shape.
  bool hasShapes = true;
};

}  // namespace weir
