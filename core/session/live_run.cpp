// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/live_run.h"

#include <unistd.h>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <algorithm>

#include "core/base/private_file.h"
#include "core/base/reader_gone.h"
#include "core/plan/lower/lower.h"
#include "core/session/connection_log.h"
#include "core/session/secrets.h"

namespace weir {

namespace {

// A feed that is open for so long without a row is probably not understood.
constexpr Micros kRowsExpected = 10'000'000;
constexpr size_t kBatchRows = 512;
constexpr Micros kRecordingHeldBack = 500'000;

}  // namespace

// What to look at when a feed is open and brings no rows. Empty when there is nothing to say.
QStringList LiveRun::noRowsChecklist(const WebSocketSource& source) const {
  const SourceCounters& counters = source.intake().counters();
  const ConnectionState state = source.connection().state();
  if ((state != ConnectionState::Open && state != ConnectionState::Live) || source.hasBroughtRows() ||
      m_clock->now() - source.connection().since() < kRowsExpected)
    return {};
  QStringList columns;
  for (const Field& field : m_pipeline->script().stream(source.intake().name()).schema->fields)
    columns << QString::fromStdString(field.name);
  QStringList out;
  if (counters.messages == 0) {
    out << tr("no message came: is a subscription message needed (websocket.open.message)?");
    return out;
  }
  out << tr("is a subscription message needed (websocket.open.message)?");
  out << tr("%1 messages came, %2 held none of the columns %3, %4 could not be decoded")
             .arg(counters.messages)
             .arg(counters.control)
             .arg(columns.join(QStringLiteral(", ")))
             .arg(counters.rejected);
  if (!source.intake().lastControl().empty()) {
    const QString last = QString::fromStdString(source.intake().lastControl());
    QStringList members;
    for (const QString& name : QJsonDocument::fromJson(last.toUtf8()).object().keys()) members << name;
    if (!members.isEmpty())
      out << tr("the last one had the members %1: names count, capitals too").arg(members.join(QStringLiteral(", ")));
    out << tr("the last one said %1").arg(source.connection().shown(last));
  }
  if (!source.intake().lastRejection().empty())
    out << tr("the last one failed: %1").arg(QString::fromStdString(source.intake().lastRejection()));
  if (counters.noEventTime > 0)
    out << tr("%1 rows had no event time: is event.time.field right?").arg(counters.noEventTime);
  return out;
}

void LiveRun::askWhyNoRows(WebSocketSource& source) {
  if (m_stopping || !onEvent) return;
  const QStringList list = noRowsChecklist(source);
  if (list.isEmpty()) return;
  const QString name = source.health().name;
  onEvent({LogLevel::Warning,
           LogCategory::Feed,
           name.toStdString(),
           tr("%1: open for 10 s without a row").arg(name).toStdString(),
           list.join(QStringLiteral("; ")).toStdString(),
           {}});
}

Result<std::shared_ptr<LiveRun>> LiveRun::create(logical::Plan script, const Settings& settings) {
  std::shared_ptr<LiveRun> run(new LiveRun);
  run->m_clock = settings.previous ? settings.previous->m_clock
                 : settings.opened ? settings.opened->clock
                                   : std::make_shared<QtClock>();
  std::map<std::string, Options>& resolved = run->m_resolved;
  for (const auto& [name, stream] : script.streams) {
    if (stream.kind == StreamKind::Internal || (stream.kind == StreamKind::Sink && !settings.sinks)) continue;
    auto options = stream.options.resolved(lookUpSecret);
    if (!options) return options.diagnostics();
    for (const char* key : {"websocket.tls.ca.file", "websocket.tls.cert.file", "websocket.tls.key.file"})
      if (const QString why = options->has(key) ? tlsFileTrouble(key, *options) : QString(); !why.isEmpty())
        return Diagnostic{Severity::Error, Code::File, stream.options.valueSpan(key), why.toStdString(),
                          "the path is relative to the folder of the start"};
    resolved.emplace(name, *options);
  }
  const Micros started = run->m_clock->now();
  if (!settings.recordFile.isEmpty()) {
    const bool isRecorded = settings.previous && settings.previous->m_capture &&
                            QFileInfo(settings.previous->m_recordFile) == QFileInfo(settings.recordFile);
    if (isRecorded)
      return failure(Code::File, settings.recordFile.toStdString() + " is being recorded by the run before",
                     "record into another file, or stop that run first");
    makePrivate(QFile::encodeName(settings.recordFile).toStdString());
    run->m_recordStream.open(QFile::encodeName(settings.recordFile).toStdString(), std::ios::binary);
    run->m_recordFile = settings.recordFile;
    if (!run->m_recordStream) return failure(Code::File, "cannot write " + settings.recordFile.toStdString());
  }
  if (settings.opened) run->m_opened = std::move(*settings.opened);
  // Nothing fails from here on, so that the run before is left whole when this one cannot be made.
  if (settings.previous) {
    run->succeed(*settings.previous, std::move(script));
  } else {
    run->m_pipeline =
        std::make_unique<Pipeline>(lowered(std::move(script)), started, QRandomGenerator::global()->generate64());
    run->m_feeder = std::make_unique<Feeder>(*run->m_pipeline, kBatchRows, resolved, Feeder::Silence::Proven);
  }
  for (const auto& [name, options] : resolved) {
    const logical::Stream& stream = run->m_pipeline->script().stream(name);
    if (stream.kind == StreamKind::Source)
      run->addSource(stream, options);
    else
      run->addSink(stream, options);
  }
  if (run->m_recordStream.is_open()) {
    std::map<std::string, std::string> urls;
    for (const auto& source : run->m_sources)
      urls[source->intake().name()] = source->connection().settings().shownUrl.toStdString();
    run->m_capture = std::make_unique<CaptureWriter>(run->m_recordStream, started, urls, true);
    for (const auto& source : run->m_sources) source->setCapture(run->m_capture.get());
  }
  return run;
}

// Takes the connections and the pipeline of a run, and brings the pipeline over to another script.
void LiveRun::succeed(LiveRun& before, logical::Plan script) {
  takeOver(before, before.m_sources, m_sources, script);
  takeOver(before, before.m_sinks, m_sinks, script);
  before.m_feeder->advance(m_clock->now());
  before.m_stallWatch.reset();
  for (const auto& source : before.m_sources) source->leave();
  m_pipeline = std::move(before.m_pipeline);
  m_feeder = std::move(before.m_feeder);
  m_keptStreams = m_pipeline->changeTo(lowered(std::move(script)));
  m_feeder->followChange(m_keptStreams, m_resolved);
}

// A connection goes on when name, options and columns are what they were, and it has not ended.
template <class End>
void LiveRun::takeOver(const LiveRun& before, std::vector<std::unique_ptr<End>>& from,
                       std::vector<std::unique_ptr<End>>& to, const logical::Plan& script) {
  for (auto it = from.begin(); it != from.end();) {
    const QString label = (*it)->health().name;
    const std::string name = label.toStdString();
    const auto options = m_resolved.find(name);
    const logical::Stream& old = before.m_pipeline->script().stream(name);
    const bool same = !(*it)->hasEnded() && options != m_resolved.end() && old.kind == script.stream(name).kind &&
                      *old.schema == *script.stream(name).schema &&
                      before.m_resolved.at(name).sameValues(options->second);
    if (!same) {
      ++it;
      continue;
    }
    to.push_back(std::move(*it));
    it = from.erase(it);
    m_kept << label;
  }
}

void LiveRun::addSource(const logical::Stream& stream, const Options& options) {
  const QString label = QString::fromStdString(stream.name);
  Intake& intake = *m_feeder->find(stream.name);
  WebSocketSource* source = this->source(label);
  if (!source) {
    // The rows went on over a connection that is not there any more.
    if (m_keptStreams.contains(stream.name)) m_feeder->lost(intake, m_clock->now());
    m_sources.push_back(std::make_unique<WebSocketSource>(label, options, stream.options, *m_clock, *m_feeder, intake,
                                                          std::move(m_opened.feeds[stream.name])));
    source = m_sources.back().get();
    // What happened while columns were learnt was told then.
    m_told[label].errors = source->connection().health().errors;
  } else {
    source->setCapture(nullptr);
    if (!m_keptStreams.contains(stream.name)) source->moveTo(intake);
  }
  wire(*source);
}

void LiveRun::addSink(const logical::Stream& stream, const Options& options) {
  const QString label = QString::fromStdString(stream.name);
  WebSocketSink* sink = this->sink(label);
  if (!sink) {
    m_sinks.push_back(std::make_unique<WebSocketSink>(label, options, stream.options, *m_clock));
    sink = m_sinks.back().get();
  }
  wire(*sink);
  m_pipeline->tap(stream.name, [sink](const BatchPtr& batch) { sink->publish(*batch); });
}

void LiveRun::wire(WebSocketSource& source) {
  source.onFed = [this] { settle(); };
  source.onArrival = [this](Micros now) {
    if (m_stallWatch) m_stallWatch->check(now);
  };
  source.onStateChanged = [this, raw = &source] {
    report(raw->health());
    if (raw->connection().state() == ConnectionState::Open)
      m_clock->callAt(m_clock->now() + kRowsExpected, [self = std::weak_ptr(shared_from_this()), raw] {
        if (const auto run = self.lock(); run && run->owns(*raw)) run->askWhyNoRows(*raw);
      });
    settle();
    if (raw->hasEnded() && !m_stopping) emit sourceEnded();
  };
}

void LiveRun::wire(WebSocketSink& sink) {
  const QString label = sink.health().name;
  sink.onStateChanged = [this, raw = &sink] {
    report(raw->health());
    // One that is lost later fails its rows; only a sink that never was there ends the run.
    if (!raw->endedAtStart() || m_stopping) return;
    emit sinkFailedAtStart();
  };
  sink.onRowsFailed = [this, label](uint64_t rows, const QString& why) {
    if (onEvent) onEvent(rowsFailedEntry(label, rows, why));
  };
  sink.onQueueFull = [this, raw = &sink](bool byBytes) {
    if (onEvent) onEvent(queueFullEntry(raw->health(), byBytes));
  };
}

LiveRun::~LiveRun() { m_stopping = true; }

void LiveRun::start() {
  for (const auto& sink : m_sinks)
    if (!m_kept.contains(sink->health().name)) sink->start();
  for (const auto& source : m_sources)
    if (!m_kept.contains(source->health().name)) source->start();
  m_stallWatch.emplace(*m_clock, [this](Micros since, Micros until) { stalled(since, until); });
  settle();
}

void LiveRun::pump() {
  m_wakeAt = kNever;
  if (!m_feeder) return;
  advance();
  settle();
}

// What a timer did between two messages is done at the same place in a replay: the capture says so.
void LiveRun::advance() {
  const Micros now = m_clock->now();
  const uint64_t before = m_pipeline->clock().callsMade();
  m_feeder->advance(now);
  if (m_capture && m_pipeline->clock().callsMade() > before) m_capture->advance(now);
}

void LiveRun::askWhatIsAwaited() {
  if (!m_pipeline->clock().hasWaiting()) return;
  for (const auto& source : m_sources) source->askIfAwaited();
}

void LiveRun::stalled(Micros since, Micros until) {
  if (!m_feeder) return;
  for (const auto& source : m_sources) source->stalled(until, since);
  const QString seconds = QString::number(static_cast<double>(until - since) / 1e6, 'f', 1);
  if (onEvent)
    onEvent({LogLevel::Warning,
             LogCategory::Run,
             {},
             tr("the program stood still for %1 s").arg(seconds).toStdString(),
             tr("windows by arrival time that overlap it are incomplete; windows by event time wait for what came "
                "meanwhile")
                 .toStdString(),
             {}});
}

void LiveRun::conclude() {
  if (!m_feeder) return;
  advance();
  // What goes on without one proof may wait for another.
  const auto waits = [](const auto& source) { return source->intake().life().isAwaited(); };
  while (std::any_of(m_sources.begin(), m_sources.end(), waits))
    for (const auto& source : m_sources) source->giveUpAsking(std::max(m_clock->now(), m_feeder->latest()));
}

// Rows wait for the event loop's next turn at most, so that a drained socket makes one batch.
void LiveRun::settle() {
  if (!m_flushQueued) {
    m_flushQueued = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
          m_flushQueued = false;
          if (!m_feeder) return;  // another run has taken it over
          m_feeder->flush();
          askWhatIsAwaited();
          checkRecording();
          flushRecordingSoon();
          const Micros next = m_pipeline->clock().nextDeadline();
          if (next < m_wakeAt) {
            m_clock->cancel(m_wake);
            m_wakeAt = next;
            m_wake = m_clock->callAt(next, [this] { pump(); });
          }
          if (onSettled) onSettled();
        },
        Qt::QueuedConnection);
  }
}

// A full disk ends the recording, not the run: but a recording with a hole in it would be none.
void LiveRun::checkRecording() {
  if (!m_capture || m_recordStream.good()) return;
  for (const auto& source : m_sources) source->setCapture(nullptr);
  m_capture.reset();
  // Who reads standard output may have seen enough.
  m_recordingFailed = m_recordFile != QLatin1String("/dev/stdout") || !readerHasGone(STDOUT_FILENO);
  if (m_recordingFailed && onEvent)
    onEvent({LogLevel::Error,
             LogCategory::Connection,
             {},
             tr("the recording ended: cannot write %1").arg(m_recordFile).toStdString(),
             tr("is the disk full?").toStdString(),
             {}});
  emit recordingEnded();
}

// A program that is killed loses this much of its recording, and not what a buffer holds.
void LiveRun::flushRecordingSoon() {
  // A pipe has no position, and is flushed each time.
  if (!m_capture || m_recordFlushQueued || (m_recordFlushedTo > 0 && m_recordStream.tellp() == m_recordFlushedTo))
    return;
  m_recordFlushQueued = true;
  m_clock->callAt(m_clock->now() + kRecordingHeldBack, [self = std::weak_ptr(shared_from_this())] {
    const auto run = self.lock();
    if (!run) return;
    run->m_recordFlushQueued = false;
    run->m_recordStream.flush();
    run->m_recordFlushedTo = run->m_recordStream.tellp();
    run->checkRecording();
  });
}

void LiveRun::report(const ConnectionHealth& h) {
  // A sink that sleeps after a loss, and waits once a row comes, has lost its connection once.
  Told& told = m_told[h.name];
  LogEntry entry = connectionEntry(h, m_clock->now(), told.errors == h.errors);
  const bool isClosed =
      h.state == ConnectionState::Refused || h.state == ConnectionState::GaveUp || h.state == ConnectionState::Closed;
  if (entry.message.empty() || (isClosed && m_stopping)) return;
  if (h.state == ConnectionState::Closed && m_closedByUser.contains(h.name))
    entry = {LogLevel::Info,
             LogCategory::Connection,
             h.name.toStdString(),
             tr("%1: disconnected").arg(h.name).toStdString(),
             {},
             {}};
  const QString text = QString::fromStdString(entry.text());
  const bool isNew = told.errors != h.errors || told.text != text;
  if (!h.error.isEmpty()) told.errors = h.errors;
  told.text = text;
  if (isNew && onEvent) onEvent(entry);
}

void LiveRun::stop(std::function<void()> done) {
  if (done && m_hasStopped) return done();
  if (done) m_done.push_back(std::move(done));
  if (m_stopping) return;
  m_stopping = true;
  m_stallWatch.reset();
  conclude();
  if (m_capture) {
    m_capture->advance(m_clock->now());
    m_recordStream.flush();
    checkRecording();
  }
  // How a connection has ended is still told when the run is over.
  for (const auto& source : m_sources)
    if (!source->hasEnded()) source->stop();
  m_clock->cancel(m_wake);
  m_drainUntil = m_clock->now() + fromMillis(5000);
  checkDrained();
}

void LiveRun::checkDrained() {
  bool waiting = false;
  for (const auto& sink : m_sinks) waiting = waiting || (!sink->drained() && !sink->hasEnded());
  if (waiting && m_clock->now() < m_drainUntil) {
    m_clock->callAt(m_clock->now() + fromMillis(20), [this] { checkDrained(); });
    return;
  }
  for (const auto& sink : m_sinks)
    if (!sink->hasEnded()) sink->stop();
  // The close frames leave with the event loop's next turns.
  m_clock->callAt(m_clock->now() + fromMillis(50), [this] {
    m_hasStopped = true;
    for (const auto& done : std::exchange(m_done, {})) done();
  });
}

std::vector<ConnectionHealth> LiveRun::health() const {
  std::vector<ConnectionHealth> out;
  for (const auto& source : m_sources) {
    out.push_back(source->health());
    if (m_pipeline) out.back().checklist = noRowsChecklist(*source);
  }
  for (const auto& sink : m_sinks) out.push_back(sink->health());
  for (ConnectionHealth& h : out)
    h.closedByUser = h.state == ConnectionState::Closed && (m_stopping || m_closedByUser.contains(h.name));
  return out;
}

Connection* LiveRun::connection(const QString& name) {
  for (Connection* each : connections())
    if (each->settings().name == name) return each;
  return nullptr;
}

void LiveRun::reconnect(const QString& name) {
  m_closedByUser.erase(name);
  if (Connection* found = connection(name)) found->reconnectNow();
}

void LiveRun::disconnectFrom(const QString& name) {
  m_closedByUser.insert(name);
  if (Connection* found = connection(name)) found->stop();
}

std::map<std::string, uint64_t> LiveRun::sinkMetrics() const {
  std::map<std::string, uint64_t> out;
  for (const auto& sink : m_sinks) {
    const std::string name = sink->health().name.toStdString();
    // At the end of a run, what still waits can no longer be sent.
    const uint64_t unsent = m_stopping ? sink->queued() : 0;
    out[name + ".published"] = sink->published();
    out[name + ".sent"] = sink->sent();
    out[name + ".failed"] = sink->failed() + unsent;
    out[name + ".dropped"] = sink->dropped();
    out[name + ".queued"] = sink->queued() - unsent;
  }
  return out;
}

uint64_t LiveRun::rowsFailed() const {
  uint64_t failed = 0;
  for (const auto& sink : m_sinks) failed += sink->failed() + (m_stopping ? sink->queued() : 0);
  return failed;
}

bool LiveRun::allSourcesEnded() const {
  for (const auto& source : m_sources)
    if (!source->hasEnded()) return false;
  return true;
}

bool LiveRun::anySourceConnecting() const {
  for (const auto& source : m_sources)
    if (source->connection().state() == ConnectionState::Connecting) return true;
  return false;
}

std::vector<Connection*> LiveRun::connections() const {
  std::vector<Connection*> out;
  for (const auto& source : m_sources) out.push_back(&source->connection());
  for (const auto& sink : m_sinks) out.push_back(&sink->connection());
  return out;
}

bool LiveRun::owns(const WebSocketSource& source) const {
  return std::any_of(m_sources.begin(), m_sources.end(), [&](const auto& own) { return own.get() == &source; });
}

WebSocketSource* LiveRun::source(const QString& name) {
  for (const auto& source : m_sources)
    if (source->health().name == name) return source.get();
  return nullptr;
}

WebSocketSink* LiveRun::sink(const QString& name) {
  for (const auto& sink : m_sinks)
    if (sink->health().name == name) return sink.get();
  return nullptr;
}

}  // namespace weir
