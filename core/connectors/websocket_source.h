// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "core/connectors/capture.h"
#include "core/connectors/median_gap.h"
#include "core/connectors/opened_feed.h"
#include "core/connectors/websocket_settings.h"

namespace weir {

/// Brings a WebSocket server's messages to the feeder, with the time of their arrival, and into a capture on request.
class WebSocketSource final : public QObject {
  Q_OBJECT
public:
  WebSocketSource(const QString& name, const Options& resolved, const Options& written, Clock& clock, Feeder& feeder,
                  Intake& intake, OpenedFeed opened = {}, TransportFactory transports = makeTransport);
  ~WebSocketSource() override { m_clock.cancel(m_askTimer); }

  std::function<void()> onStateChanged;
  /// Called after each message: rows may be pending.
  std::function<void()> onFed;
  /// Called with the time before anything that came is taken.
  std::function<void(Micros now)> onArrival;
  /// Brings the messages from now on to another intake of the same feeder, over the connection that is there.
  void moveTo(Intake& intake);
  /// Brings nothing any more: its run has come to an end, and the connection is only there to be closed.
  void leave();
  void setCapture(CaptureWriter* capture);
  /// Connects; over a connection that was opened before, what came meanwhile comes now.
  void start();
  /// At the end of a run: nothing is lost by it any more.
  void stop();
  bool hasEnded() const { return m_connection->hasEnded(); }
  Connection& connection() { return *m_connection; }
  const Connection& connection() const { return *m_connection; }
  const Intake& intake() const { return *m_intake; }
  /// Asks the server whether its silence is one, when something waits to know and it is quieter than usual.
  void askIfAwaited();
  /// The program did not read from `since` to `now`.
  void stalled(Micros now, Micros since);
  /// Nothing can be asked any more: what waits for a proof goes without.
  void giveUpAsking(Micros now);
  /// A row has come over the present connection.
  bool hasBroughtRows() const { return m_intake->counters().passed > m_passedBefore; }
  ConnectionHealth health() const;

private:
  void listen();
  void opened();
  void lost();
  void alive(Micros asked);
  Micros notBefore(Micros at) const;
  void received(const QByteArray& payload, bool isText, Micros now);

  std::unique_ptr<Connection> m_connection;
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
  Micros m_lostAt = 0;
  uint64_t m_lost = 0;
  Micros m_lastArrival = 0;
  Micros m_openedAt = 0;
  TimerId m_askTimer = TimerId::None;
};

}  // namespace weir
