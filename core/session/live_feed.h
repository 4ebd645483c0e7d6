// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/feed/capture.h"
#include "core/feed/median_gap.h"
#include "core/session/opened_feed.h"

namespace weir {

/// Brings what comes over a source to the feeder, with the time of its arrival, and into a capture on request: for one
/// stream, or for all that go over a connection.
class LiveFeed final : private SourceListener {
public:
  LiveFeed(std::shared_ptr<Source> source, Clock& clock, Feeder& feeder, Feed& feed, const Options& resolved,
           OpenedFeed opened = {});
  ~LiveFeed() override;

  std::function<void()> onStateChanged;
  /// Something about it is worth telling once.
  std::function<void(const QString& what)> onTrouble;
  /// Called after each message: rows may be pending.
  std::function<void()> onFed;
  /// Called with the time before anything that came is taken.
  std::function<void(Micros now)> onArrival;
  /// The feeder has gone over to another script: the intakes of its streams are new but for those in `kept`. They take
  /// the messages from now on, over the connection that is there.
  void goOn(Feed& feed, const std::set<std::string>& kept);
  /// Brings nothing any more: its run has come to an end, and the source is only there to be closed.
  void leave();
  void setCapture(CaptureWriter* capture);
  /// Connects; over a connection that was opened before, what came meanwhile comes now.
  void start();
  /// At the end of a run: brings nothing any more, and nothing is lost by it. Sinks may still write over its
  /// connection.
  void finish() { m_isStopping = true; }
  /// The same, and closes the connection.
  void stop();
  Source& source() { return *m_source; }
  const Source& source() const { return *m_source; }
  std::shared_ptr<Source> sharedSource() const { return m_source; }
  const std::string& name() const { return m_name; }
  const std::vector<Intake*>& intakes() const { return m_feed->intakes; }
  /// The first of its streams, and nearly always the only one.
  const Intake& intake() const { return *m_feed->intakes.front(); }
  bool isTable() const { return m_feed->table != nullptr; }
  /// Something waits to know whether one of its streams has been silent.
  bool isAwaited() const;
  /// Asks whether its silence is one, when something waits to know and it is quieter than usual.
  void askIfAwaited();
  /// The program did not read from `since` to `now`.
  void stalled(Micros now, Micros since);
  /// Nothing can be asked any more: what waits for a proof goes without.
  void giveUpAsking(Micros now);
  /// A row has come over the present connection.
  bool hasBroughtRows() const { return m_hasBroughtRows; }
  ConnectionHealth health() const;
  /// What to ask of somebody whose source brings no message; empty where its connector has nothing to ask.
  QString silenceHint() const { return m_silenceHint; }

private:
  void message(std::string_view payload, bool isText, Micros at) override;
  void opened() override;
  void lost() override;
  void said(std::string_view shown, bool isText) override;
  void trouble(const QString& what) override;
  void alive(Micros asked) override;
  void stateChanged() override;
  QString lastWords() const override { return QString::fromStdString(m_lastWords.text()); }
  Micros notBefore(Micros at) const;
  bool isDeaf() const;
  uint64_t sum(uint64_t SourceCounters::*counter) const;

  std::string m_name;
  std::shared_ptr<Source> m_source;
  QString m_silenceHint;
  std::vector<OpenedFeed::Event> m_early;
  uint64_t m_notKept = 0;
  Clock& m_clock;
  Feeder* m_feeder;
  Feed* m_feed;
  CaptureWriter* m_capture = nullptr;
  LastWords m_lastWords;  ///< over the present connection, until a row has passed
  Micros m_lastData = 0;
  MedianGap m_usualGap;
  /// The mean time between messages, in microseconds: messages come in bursts, between which the median sees nothing.
  double m_meanGap = 0;
  bool m_hasBroughtRows = false;
  bool m_isStopping = false;
  bool m_isFinished = false;
  Micros m_lostAt = 0;
  uint64_t m_lost = 0;
  Micros m_lastArrival = 0;
  Micros m_openedAt = 0;
  TimerId m_askTimer = TimerId::None;
};

}  // namespace weir
