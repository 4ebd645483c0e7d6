// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/live_run.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <algorithm>

#include "core/base/private_file.h"
#include "core/base/reader_gone.h"
#include "core/connectors/table_source.h"
#include "core/plan/lower/lower.h"
#include "core/session/feed_diagnosis.h"
#include "core/session/secrets.h"
#include "core/telemetry/connection_log.h"

namespace weir {

namespace {

constexpr size_t kBatchRows = 512;

}  // namespace

void LiveRun::tell(const LogEntry& entry) {
  if (onEvent) onEvent(entry);
}

void LiveRun::askWhyNoRows(LiveFeed& feed) {
  if (m_stopping || !onEvent) return;
  const std::string& name = feed.name();
  const QStringList list = whyNoRows(feed, m_pipeline->script(), m_clock->now());
  if (list.isEmpty()) return;
  tell({LogLevel::Warning,
        LogCategory::Feed,
        name,
        tr("%1: open for 10 s without a row").arg(QString::fromStdString(name)).toStdString(),
        list.join(QStringLiteral("; ")).toStdString(),
        {}});
}

Result<std::shared_ptr<LiveRun>> LiveRun::create(logical::Plan script, const Settings& settings) {
  std::shared_ptr<LiveRun> run(new LiveRun);
  run->m_clock = settings.previous ? settings.previous->m_clock
                 : settings.opened ? settings.opened->clock
                 : settings.clock  ? settings.clock
                                   : std::make_shared<QtClock>();
  auto resolved = resolvedOptions(script, settings.sinks, settings.secrets);
  if (!resolved) return resolved.diagnostics();
  run->m_resolved = std::move(*resolved);
  run->m_connections = sharedConnections(script, run->m_resolved);
  const Micros started = run->m_clock->now();
  if (!settings.recordFile.isEmpty()) {
    const Recorder* before = settings.previous ? settings.previous->m_recorder.get() : nullptr;
    const std::string file = QFile::encodeName(settings.recordFile).toStdString();
    if (before && QFileInfo(QFile::decodeName(before->file().c_str())) == QFileInfo(settings.recordFile))
      return failure(Code::File, settings.recordFile.toStdString() + " is being recorded by the run before",
                     "record into another file, or stop that run first");
    auto recorder = Recorder::open(file, *run->m_clock);
    if (!recorder) return recorder.diagnostics();
    run->m_recorder = std::move(*recorder);
    run->m_recorder->onEnded = [raw = run.get()](bool isFailure) { raw->recordingOver(isFailure); };
  }
  if (settings.opened) run->m_opened = std::move(*settings.opened);
  run->m_sinks = std::make_unique<RunSinks>(*run->m_clock);
  // Nothing fails from here on, so that the run before is left whole when this one cannot be made.
  if (settings.previous) {
    run->succeed(*settings.previous, std::move(script));
  } else {
    run->m_pipeline =
        std::make_unique<Pipeline>(lowered(std::move(script)), started, QRandomGenerator::global()->generate64());
    run->m_feeder = std::make_unique<Feeder>(*run->m_pipeline, kBatchRows, run->m_resolved, Feeder::Silence::Proven);
  }
  for (const auto& [name, options] : run->m_connections) run->addFeed(name, options);
  for (const auto& [name, options] : run->m_resolved) {
    const logical::Stream& stream = run->m_pipeline->script().stream(name);
    if (stream.kind == StreamKind::Source && !isShared(stream))
      run->addFeed(name, options);
    else if (stream.kind == StreamKind::Sink && !run->m_sinks->find(name))
      run->m_sinks->add(stream, options, run->connectionOf(stream));
  }
  run->m_sinks->tap(*run->m_pipeline);
  run->m_sinks->onEvent = [raw = run.get()](const LogEntry& entry) { raw->tell(entry); };
  run->m_sinks->onStateChanged = [raw = run.get()](const ConnectionHealth& health) { raw->report(health); };
  run->m_sinks->onFailedAtStart = [raw = run.get()] { emit raw->sinkFailedAtStart(); };
  if (run->m_recorder) {
    std::map<std::string, std::string> addresses;
    for (const auto& feed : run->m_feeds)
      if (!feed->intakes().empty()) addresses[feed->name()] = feed->health().url.toStdString();
    run->m_recorder->begin(started, addresses);
    for (const auto& feed : run->m_feeds) feed->setCapture(run->m_recorder->writer());
  }
  return run;
}

// Takes the connections and the pipeline of a run, and brings the pipeline over to another script.
void LiveRun::succeed(LiveRun& before, logical::Plan script) {
  for (auto it = before.m_feeds.begin(); it != before.m_feeds.end();) {
    if (!goesOn(before, **it, script)) {
      ++it;
      continue;
    }
    m_kept << QString::fromStdString((*it)->name());
    m_feeds.push_back(std::move(*it));
    it = before.m_feeds.erase(it);
  }
  for (const auto& [name, options] : m_resolved) {
    const Sink* old = before.m_sinks->find(name);
    const logical::Stream& stream = script.stream(name);
    if (!old || !goesOn(before, *old, name, script)) continue;
    if (isShared(stream) && !m_kept.contains(QString::fromStdString(stream.connection()))) continue;
    m_sinks->add(stream, options, nullptr, before.m_sinks->release(name));
    if (!isShared(stream)) m_kept << QString::fromStdString(name);
  }
  before.m_feeder->advance(m_clock->now());
  before.m_stallWatch.reset();
  before.m_delivery.reset();
  for (const auto& feed : before.m_feeds) feed->leave();
  m_pipeline = std::move(before.m_pipeline);
  m_feeder = std::move(before.m_feeder);
  m_keptStreams = m_pipeline->changeTo(lowered(std::move(script)));
  m_feeder->followChange(m_keptStreams, m_resolved);
}

bool LiveRun::goesOn(const LiveRun& before, const Endpoint& end, const std::string& name,
                     const logical::Plan& script) const {
  const auto options = m_resolved.find(name);
  if (end.hasEnded() || options == m_resolved.end()) return false;
  const logical::Stream& old = before.m_pipeline->script().stream(name);
  return old.kind == script.stream(name).kind && *old.schema == *script.stream(name).schema &&
         before.m_resolved.at(name).sameValues(options->second);
}

bool LiveRun::goesOn(const LiveRun& before, const LiveFeed& feed, const logical::Plan& script) const {
  const auto connection = m_connections.find(feed.name());
  const auto old = before.m_connections.find(feed.name());
  if ((connection == m_connections.end()) != (old == before.m_connections.end())) return false;
  if (connection == m_connections.end()) return goesOn(before, feed.source(), feed.name(), script);
  return !feed.source().hasEnded() && old->second.sameValues(connection->second);
}

// `name` is a source's, or that of a connection which several streams share.
void LiveRun::addFeed(const std::string& name, const Options& options) {
  const logical::Plan& script = m_pipeline->script();
  const QString label = QString::fromStdString(name);
  Feed& from = *m_feeder->find(name);
  LiveFeed* feed = source(label);
  if (!feed) {
    // The rows went on over a connection that is not there any more.
    for (const Intake* intake : from.intakes)
      if (m_keptStreams.contains(intake->name())) m_feeder->lost(*m_feeder->find(intake->name()), m_clock->now());
    OpenedFeed opened = std::move(m_opened.feeds[name]);
    std::shared_ptr<Source> made = std::move(opened.source);
    if (!made && m_connections.contains(name)) made = makeConnection(script.connections.at(name), options, *m_clock);
    if (!made) {
      const logical::Stream& stream = script.stream(name);
      const EndpointSetup setup{label, options, stream.options, *m_clock};
      if (stream.isTable)
        made = std::make_shared<TableSource>(setup, stream);
      else
        made = connectorFor(options).makeSource(setup, stream);
    }
    m_feeds.push_back(
        std::make_unique<LiveFeed>(std::move(made), *m_clock, *m_feeder, from, options, std::move(opened)));
    feed = m_feeds.back().get();
    // What happened while columns were learnt was told then.
    m_told[label].errors = feed->health().errors;
  } else {
    feed->setCapture(nullptr);
    feed->goOn(from, m_keptStreams);
  }
  wire(*feed);
}

std::shared_ptr<Source> LiveRun::connectionOf(const logical::Stream& sink) {
  LiveFeed* const feed = isShared(sink) ? source(QString::fromStdString(sink.connection())) : nullptr;
  return feed ? feed->sharedSource() : nullptr;
}

void LiveRun::wire(LiveFeed& feed) {
  feed.onFed = [this] { settle(); };
  feed.onArrival = [this](Micros now) {
    if (m_stallWatch) m_stallWatch->check(now);
  };
  feed.onTrouble = [this, raw = &feed](const QString& what) {
    const std::string& name = raw->name();
    tell({LogLevel::Warning, LogCategory::Connection, name, name + ": " + what.toStdString(), {}, {}});
  };
  feed.onStateChanged = [this, raw = &feed] {
    report(raw->health());
    if (raw->source().state() == ConnectionState::Open)
      m_clock->callAt(m_clock->now() + kRowsExpected, [self = weak_from_this(), this, raw] {
        if (const auto run = self.lock(); run && owns(*raw)) askWhyNoRows(*raw);
      });
    settle();
    // Of a connection that is only written to, its sinks tell.
    if (raw->source().hasEnded() && !m_stopping && !raw->intakes().empty()) emit sourceEnded();
  };
}

LiveRun::~LiveRun() { m_stopping = true; }

void LiveRun::start() {
  m_sinks->start();
  // Whole before the first row of anything.
  for (const bool isTable : {true, false})
    for (const auto& feed : m_feeds)
      if (feed->isTable() == isTable && !m_kept.contains(QString::fromStdString(feed->name()))) feed->start();
  m_stallWatch.emplace(*m_clock, [this](Micros since, Micros until) { stalled(since, until); });
  std::vector<Source*> concerned;
  for (const auto& feed : m_feeds)
    if (Delivery::concerns(feed->source())) concerned.push_back(&feed->source());
  if (!concerned.empty()) m_delivery.emplace(*m_clock, *m_sinks, std::move(concerned), [this] { m_feeder->flush(); });
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
  if (m_recorder && m_recorder->writer() && m_pipeline->clock().callsMade() > before)
    m_recorder->writer()->advance(now);
}

void LiveRun::askWhatIsAwaited() {
  if (!m_pipeline->clock().hasWaiting()) return;
  for (const auto& feed : m_feeds) feed->askIfAwaited();
}

void LiveRun::stalled(Micros since, Micros until) {
  if (!m_feeder) return;
  for (const auto& feed : m_feeds) feed->stalled(until, since);
  const QString seconds = QString::number(static_cast<double>(until - since) / 1e6, 'f', 1);
  tell({LogLevel::Warning,
        LogCategory::Run,
        {},
        tr("the program stood still for %1 s").arg(seconds).toStdString(),
        tr("windows by arrival time that overlap it are incomplete; windows by event time wait for what came meanwhile")
            .toStdString(),
        {}});
}

void LiveRun::conclude() {
  if (!m_feeder) return;
  advance();
  // What goes on without one proof may wait for another.
  const auto waits = [](const auto& feed) { return feed->isAwaited(); };
  while (std::any_of(m_feeds.begin(), m_feeds.end(), waits))
    for (const auto& feed : m_feeds) feed->giveUpAsking(std::max(m_clock->now(), m_feeder->latest()));
}

void LiveRun::flush() {
  if (m_feeder) advance();
}

void LiveRun::ask(const std::string& stream) {
  if (LiveFeed* const feed = source(QString::fromStdString(feedOf(m_pipeline->script().stream(stream)))))
    if (feed->source().isOpen()) feed->source().ask();
}

// Rows wait for the event loop's next turn at most, so that a drained socket makes one batch.
void LiveRun::settle() {
  if (m_flushQueued) return;
  m_flushQueued = true;
  QMetaObject::invokeMethod(
      this,
      [this] {
        m_flushQueued = false;
        if (!m_feeder) return;  // another run has taken it over
        m_feeder->flush();
        askWhatIsAwaited();
        if (m_recorder) m_recorder->look();
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

void LiveRun::recordingOver(bool isFailure) {
  for (const auto& feed : m_feeds) feed->setCapture(nullptr);
  m_recordingFailed = isFailure;
  if (isFailure)
    tell({LogLevel::Error,
          LogCategory::Connection,
          {},
          tr("the recording ended: cannot write %1").arg(QFile::decodeName(m_recorder->file().c_str())).toStdString(),
          tr("is the disk full?").toStdString(),
          {}});
  emit recordingEnded();
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
  const bool isNew = told.errors != h.errors || told.text != text || h.isTable;
  if (!h.error.isEmpty()) told.errors = h.errors;
  told.text = text;
  if (isNew) tell(entry);
}

void LiveRun::stop(std::function<void()> done) {
  if (done && m_hasStopped) return done();
  if (done) m_done.push_back(std::move(done));
  if (m_stopping) return;
  m_stopping = true;
  m_stallWatch.reset();
  conclude();
  if (m_delivery) m_delivery->conclude();
  if (m_recorder) m_recorder->finish(m_clock->now());
  // How a connection has ended is still told when the run is over.
  for (const auto& feed : m_feeds) {
    if (feed->source().hasEnded()) continue;
    if (m_sinks->anyOver(feed->name()))
      feed->finish();
    else
      feed->stop();
  }
  m_sinks->onWritten = [this] {
    for (const auto& feed : m_feeds)
      if (!feed->source().hasEnded()) feed->stop();
  };
  m_clock->cancel(m_wake);
  m_sinks->drain([this] { drained(); });
}

void LiveRun::drained() {
  if (m_delivery) m_delivery->commitAtEnd();
  m_hasStopped = true;
  for (const auto& done : std::exchange(m_done, {})) done();
}

std::vector<ConnectionHealth> LiveRun::health() const {
  std::vector<ConnectionHealth> out;
  for (const auto& feed : m_feeds) {
    out.push_back(feed->health());
    if (m_pipeline) out.back().checklist = whyNoRows(*feed, m_pipeline->script(), m_clock->now());
    m_sinks->addTo(out.back());
  }
  for (ConnectionHealth& sink : m_sinks->health()) out.push_back(std::move(sink));
  for (ConnectionHealth& h : out)
    h.closedByUser = h.state == ConnectionState::Closed && (m_stopping || m_closedByUser.contains(h.name));
  return out;
}

Endpoint* LiveRun::endpoint(const QString& name) {
  LiveFeed* feed = source(name);
  // A stream that shares its connection is asked for by its own name too.
  if (const auto& streams = m_pipeline->script().streams; !feed && streams.contains(name.toStdString()))
    feed = source(QString::fromStdString(feedOf(streams.at(name.toStdString()))));
  return feed ? &feed->source() : static_cast<Endpoint*>(sink(name));
}

void LiveRun::reconnect(const QString& stream) {
  m_closedByUser.erase(stream);
  if (Endpoint* found = endpoint(stream)) found->reconnect();
}

void LiveRun::disconnectFrom(const QString& stream) {
  m_closedByUser.insert(stream);
  if (Endpoint* found = endpoint(stream)) found->stop();
}

void LiveRun::watchFrames(const std::function<FrameWatch(const QString& name)>& make) {
  for (const auto& feed : m_feeds)
    feed->source().watchFrames(make ? make(QString::fromStdString(feed->name())) : FrameWatch());
  m_sinks->watchFrames(make);
}

bool LiveRun::allSourcesEnded() const {
  return std::all_of(m_feeds.begin(), m_feeds.end(),
                     [](const auto& feed) { return feed->intakes().empty() || feed->source().hasEnded(); });
}

bool LiveRun::isFinished() const {
  return !m_feeds.empty() &&
         std::all_of(m_feeds.begin(), m_feeds.end(), [](const auto& feed) { return feed->source().isFinished(); });
}

bool LiveRun::anySourceConnecting() const {
  return std::any_of(m_feeds.begin(), m_feeds.end(),
                     [](const auto& feed) { return feed->source().state() == ConnectionState::Connecting; });
}

bool LiveRun::owns(const LiveFeed& feed) const {
  return std::any_of(m_feeds.begin(), m_feeds.end(), [&](const auto& own) { return own.get() == &feed; });
}

LiveFeed* LiveRun::source(const QString& name) {
  for (const auto& feed : m_feeds)
    if (feed->name() == name.toStdString()) return feed.get();
  return nullptr;
}

}  // namespace weir
