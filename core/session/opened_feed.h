// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/connectors/connector.h"
#include "core/net/qt_clock.h"

namespace weir {

/// A source that was opened before its run was made, to learn columns from it, and what has happened on it since.
struct OpenedFeed {
  struct Event {
    enum class Kind { Message, Opened, Lost } kind;
    std::string payload;
    bool isText = false;
  };
  std::shared_ptr<Source> source;
  std::vector<Event> events;
  size_t bytes = 0;
  /// Messages that came when the bound was reached: the source says that they are lost.
  uint64_t notKept = 0;

  /// Keeps a message while all of them are within `most` bytes; a message later than one that was lost is lost too.
  void keep(std::string_view payload, bool isText, size_t most) {
    const size_t size = payload.size() + sizeof(Event);
    if (notKept > 0 || bytes + size > most) {
      ++notKept;
      return;
    }
    bytes += size;
    events.push_back({Event::Kind::Message, std::string(payload), isText});
  }
};

/// All of them by stream or connection, with the clock that they go by.
struct OpenedFeeds {
  std::shared_ptr<QtClock> clock;
  std::map<std::string, OpenedFeed> feeds;
};

}  // namespace weir
