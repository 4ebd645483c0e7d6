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

/// A connection that was opened before its source was made, to learn columns from it, and what has come over it since.
struct OpenedFeed {
  struct Message {
    QByteArray payload;
    bool isText;
  };
  std::unique_ptr<Connection> connection;
  std::vector<Message> messages;
};

/// All of them by stream, with the clock that their connections go by.
struct OpenedFeeds {
  std::shared_ptr<QtClock> clock;
  std::map<std::string, OpenedFeed> feeds;
};

}  // namespace weir
