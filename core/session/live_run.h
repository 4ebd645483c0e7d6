// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/base/log.h"
#include "core/connectors/websocket_sink.h"
#include "core/connectors/websocket_source.h"
#include "core/net/qt_clock.h"
#include "core/net/stall_watch.h"

namespace weir {

/// A pipeline on live feeds: sources, sinks, and the real clock that moves the pipeline's virtual one. All of it
/// belongs to one thread.
class LiveRun final : public QObject, public std::enable_shared_from_this<LiveRun> {
  Q_OBJECT
public:
  struct Settings {
    bool sinks = true;
    QString recordFile;
    /// A run whose connections and windows go on where their definition is the same. It is left to stop without them,
    /// and has no pipeline any more.
    LiveRun* previous = nullptr;
    /// Connections that are open already, from which columns were learnt; they are taken.
    OpenedFeeds* opened = nullptr;
  };
  /// Makes the run, or says why not: an unset secret, a file that cannot be written.
  static Result<std::shared_ptr<LiveRun>> create(logical::Plan script, const Settings& settings);
  ~LiveRun() override;

  Pipeline& pipeline() { return *m_pipeline; }
  const Pipeline& pipeline() const { return *m_pipeline; }
  Feeder& feeder() { return *m_feeder; }
  const Feeder& feeder() const { return *m_feeder; }
  QtClock& clock() { return *m_clock; }
  const QtClock& clock() const { return *m_clock; }
  /// For connections that a later run is to take over.
  std::shared_ptr<QtClock> sharedClock() const { return m_clock; }
  /// Connections that were taken over from the run before.
  const QStringList& kept() const { return m_kept; }
  /// Streams whose windows, watermarks and counts go on from the run before.
  const std::set<std::string>& keptStreams() const { return m_keptStreams; }

  /// Called whenever rows may have left: after batches and timers.
  std::function<void()> onSettled;
  /// Something worth telling: a state, a loss, rows that failed.
  std::function<void(const LogEntry& entry)> onEvent;

  void start();
  /// Brings the pipeline's time up to now. Windows whose silence nobody has proven go out, and say so.
  void conclude();
  /// Drains the sinks for at most 5 s, closes everything, then calls `done`.
  void stop(std::function<void()> done);
  bool isStopping() const { return m_stopping; }

  std::vector<ConnectionHealth> health() const;
  std::map<std::string, uint64_t> sinkMetrics() const;
  bool allSourcesEnded() const;
  bool anySourceConnecting() const;
  /// The recording could not be written to its end; `onEvent` has said so.
  bool recordingFailed() const { return m_recordingFailed; }
  uint64_t rowsFailed() const;
  std::vector<Connection*> connections() const;
  void reconnect(const QString& connection);
  /// Closes one connection because somebody asked for it: that is no error.
  void disconnectFrom(const QString& connection);
  WebSocketSource* source(const QString& name);
  WebSocketSink* sink(const QString& name);

signals:
  void sourceEnded();
  void sinkFailedAtStart();
  void recordingEnded();

private:
  LiveRun() = default;
  void pump();
  void advance();
  void askWhatIsAwaited();
  void stalled(Micros since, Micros until);
  void settle();
  void report(const ConnectionHealth& health);
  void checkDrained();
  void checkRecording();
  void flushRecordingSoon();
  Connection* connection(const QString& name);
  QStringList noRowsChecklist(const WebSocketSource& source) const;
  void askWhyNoRows(WebSocketSource& source);

  bool owns(const WebSocketSource& source) const;
  void wire(WebSocketSource& source);
  void wire(WebSocketSink& sink);
  void succeed(LiveRun& before, logical::Plan script);
  template <class End>
  void takeOver(const LiveRun& before, std::vector<std::unique_ptr<End>>& from, std::vector<std::unique_ptr<End>>& to,
                const logical::Plan& script);
  void addSource(const logical::Stream& stream, const Options& options);
  void addSink(const logical::Stream& stream, const Options& options);

  std::shared_ptr<QtClock> m_clock;
  OpenedFeeds m_opened;
  std::map<std::string, Options> m_resolved;
  QStringList m_kept;
  std::set<std::string> m_keptStreams;
  std::unique_ptr<Pipeline> m_pipeline;
  std::unique_ptr<Feeder> m_feeder;
  std::vector<std::unique_ptr<WebSocketSource>> m_sources;
  std::vector<std::unique_ptr<WebSocketSink>> m_sinks;
  std::ofstream m_recordStream;
  QString m_recordFile;
  bool m_recordingFailed = false;
  bool m_recordFlushQueued = false;
  std::streamoff m_recordFlushedTo = 0;
  std::unique_ptr<CaptureWriter> m_capture;
  std::optional<StallWatch> m_stallWatch;
  TimerId m_wake = TimerId::None;
  Micros m_wakeAt = kNever;
  bool m_flushQueued = false;
  bool m_stopping = false;
  Micros m_drainUntil = 0;
  bool m_hasStopped = false;
  std::vector<std::function<void()>> m_done;
  struct Told {
    QString text;
    uint64_t errors = 0;
  };
  std::map<QString, Told> m_told;  ///< the newest of each connection
  std::set<QString> m_closedByUser;
};

}  // namespace weir
