// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/feed/feeder.h"

namespace weir {

/// Something that happened to a feed.
struct FeedEvent {
  Micros at = 0;
  std::string stream;  ///< or the connection that several go over
  enum class Kind { Message, Open, Close, Error, Alive, Stall, Advance, End } kind = Kind::Message;
  std::string payload;
  /// Of Alive, when the feed was asked; of Stall, when the program last read.
  Micros since = 0;
  bool isText = false;  ///< a text frame; else its bytes stood as base64
  std::string origin;   ///< of a message, where it stands, e.g. `trades.csv, line 17`; empty where that says nothing
};

/// What happened to feeds, in order: a capture, or files.
class Past {
public:
  virtual ~Past() = default;
  /// Returns nothing at the end.
  virtual Result<std::optional<FeedEvent>> next() = 0;
  /// Silence is proven by events of its own; otherwise it counts as proven.
  virtual bool provesSilence() const { return false; }
  /// Whether what could not be read is the last event, and lacks but its rest: its writer was killed.
  virtual bool endsInTheMiddle() const { return false; }
  /// Where the newest event stands, for an error: `capture line 17`.
  virtual std::string place() const = 0;
};

/// Brings a past to a pipeline, whose virtual clock it moves.
class PastPlayer {
public:
  PastPlayer(Past& past, Pipeline& pipeline, Feeder& feeder);
  /// When the next event happens; nothing at the end. Reads it, if it is not read yet.
  Result<std::optional<Micros>> nextAt();
  /// Plays the event of which `nextAt` told.
  Diagnostics play();

private:
  Diagnostics play(const FeedEvent& event);

  Past& m_past;
  Pipeline& m_pipeline;
  Feeder& m_feeder;
  std::optional<FeedEvent> m_next;
  bool m_isFirst = true;
};

/// Plays all of it. `wait` is called before each event with its instant; it returns false to stop.
Diagnostics playPast(Past& past, Pipeline& pipeline, Feeder& feeder, const std::function<bool(Micros)>& wait = {});

/// Learns the columns of the streams in `waiting`, whose script declares them with `...`, from their first events.
std::map<std::string, SchemaPtr> inferFromPast(Past& past, const logical::Plan& script,
                                               const std::vector<std::string>& waiting);

}  // namespace weir
