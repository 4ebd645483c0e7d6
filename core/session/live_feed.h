// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/feed/capture.h"
#include "core/feed/median_gap.h"
#include "core/session/opened_feed.h"

namespace weir {

/// Brings what comes over a source to the feeder, with the time of its arrival, and into a capture on request.
class LiveFeed final : private SourceListener {
public:
  LiveFeed(std::unique_ptr<Source> source, Clock& clock, Feeder& feeder, Intake& intake, const Options& resolved,
           OpenedFeed opened = {});
  ~LiveFeed() override;

  std::function<void()> onStateChanged;
  /// Something about it is worth telling once.
  std::function<void(const QString& what)> onTrouble;
  /// Called after each message: rows may be pending.
  std::function<void()> onFed;
  /// Called with the time before anything that came is taken.
  std::function<void(Micros now)> onArrival;
  /// Brings the messages from now on to another intake of the same feeder, over the connection that is there.
  void moveTo(Intake& intake);
  /// Brings nothing any more: its run has come to an end, and the source is only there to be closed.
  void leave();
  void setCapture(CaptureWriter* capture);
  /// Connects; over a connection that was opened before, what came meanwhile comes now.
  void start();
  /// At the end of a run: nothing is lost by it any more.
  void stop();
  Source& source() { return *m_source; }
  const Source& source() const { return *m_source; }
  const Intake& intake() const { return *m_intake; }
  /// Asks whether its silence is one, when something waits to know and it is quieter than usual.
  void askIfAwaited();
  /// The program did not read from `since` to `now`.
  void stalled(Micros now, Micros since);
  /// Nothing can be asked any more: what waits for a proof goes without.
  void giveUpAsking(Micros now);
  /// A row has come over the present connection.
  bool hasBroughtRows() const { return m_intake->counters().passed > m_passedBefore; }
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

  std::unique_ptr<Source> m_source;
  QString m_silenceHint;
  std::vector<OpenedFeed::Event> m_early;
  uint64_t m_notKept = 0;
  Clock& m_clock;
  Feeder* m_feeder;
  Intake* m_intake;
  CaptureWriter* m_capture = nullptr;
  LastWords m_lastWords;  ///< over the present connection, until a row has passed
  Micros m_lastData = 0;
  MedianGap m_usualGap;
  /// The mean time between messages, in microseconds: messages come in bursts, between which the median sees nothing.
  double m_meanGap = 0;
  uint64_t m_passedBefore = 0;
  bool m_isStopping = false;
  bool m_isFinished = false;
  Micros m_lostAt = 0;
  uint64_t m_lost = 0;
  Micros m_lastArrival = 0;
  Micros m_openedAt = 0;
  TimerId m_askTimer = TimerId::None;
};

}  // namespace weir
