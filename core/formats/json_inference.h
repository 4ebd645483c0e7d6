// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/data/schema.h"
#include "core/formats/decoder.h"
#include "core/formats/json_events.h"
#include "core/formats/json_message.h"
#include "core/formats/message_match.h"

namespace weir {

/// Learns the columns of a source from its first messages as JSON, where records and mappings say that they are. A run
/// and its replay pass over the same messages: acks and greetings hold no event, and columns are those of events only.
class JsonInference {
public:
  /// So many events show what a feed sends; a replay would otherwise read its capture twice.
  static constexpr size_t kEventsRead = 10;
  /// `written` are the columns that the script has written out in front of its `...`.
  JsonInference(const DecoderSettings& settings, const Schema& written, size_t events = kEventsRead);

  void add(std::string_view message);
  /// Has seen an event; further messages only widen what is known.
  bool hasEvent() const { return m_events.messages > 0; }
  /// Further messages change nothing.
  bool isSettled() const;
  /// Written columns, mapped ones, then members in the order in which they came, up to 1,000 in all; nothing before any
  /// message fits.
  SchemaPtr schema() const;
  /// The events of a message that is minified JSON (`FormatSpec::asJson`), as the decoder takes them.
  JsonEvents eventsOf(std::string_view message) const;

private:
  struct Mapped {
    std::string column;
    JsonRecordPath::Place place;
  };
  struct Columns {
    std::vector<Field> fields;
    std::unordered_map<std::string, size_t> places;
    size_t messages = 0;
    bool isCut = false;  ///< there were too many

    void note(const std::string& name, Type type, bool isTime);
    void merge(const Columns& other);
  };
  struct Found {
    Columns columns;
    bool isEvent = false;
  };

  bool isOfEvent(const JsonRecordPath::Place& place) const {
    return place.level == m_way.eventLevel() && !place.isName;
  }
  void readValue(std::string_view json, Found& found) const;
  void read(const JsonEvents::Event& event, JsonReach& reach, const JsonMessage& message, Found& found) const;
  bool isWanted(const JsonEvents::Event& event, JsonReach& reach) const;

  JsonMessage (*m_asJson)(std::string_view);
  size_t m_eventsRead;
  JsonFraming m_framing;
  JsonRecordPath m_way;
  bool m_rootIsList = true;
  std::optional<MessageMatch> m_when;
  std::vector<Mapped> m_mapped;
  std::vector<Field> m_written;
  std::unordered_set<std::string> m_writtenMembers;  ///< written and not mapped: read from the member of their name
  std::unordered_set<std::string> m_takenMembers;    ///< mappings read or reach into them
  Columns m_events;
  Columns m_doubtful;
};

}  // namespace weir
