// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/net/connection.h"
#include "core/net/qt_clock.h"

namespace weir {

/// A connection that was opened before its source was made, to learn columns from it, and what has happened on it
/// since.
struct OpenedFeed {
  struct Event {
    enum class Kind { Message, Opened, Lost } kind;
    QByteArray payload;
    bool isText = false;
  };
  std::unique_ptr<Connection> connection;
  std::vector<Event> events;
  qsizetype bytes = 0;
  /// Messages that came when the bound was reached: the source says that they are lost.
  uint64_t notKept = 0;

  /// Keeps a message while all of them are within `most` bytes; a message later than one that was lost is lost too.
  void keep(const QByteArray& payload, bool isText, qsizetype most) {
    const qsizetype size = payload.size() + static_cast<qsizetype>(sizeof(Event));
    if (notKept > 0 || bytes + size > most) {
      ++notKept;
      return;
    }
    bytes += size;
    events.push_back({Event::Kind::Message, QByteArray(payload.constData(), payload.size()), isText});
  }
};

/// All of them by stream, with the clock that their connections go by.
struct OpenedFeeds {
  std::shared_ptr<QtClock> clock;
  std::map<std::string, OpenedFeed> feeds;
};

}  // namespace weir
