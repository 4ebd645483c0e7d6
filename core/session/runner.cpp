// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/runner.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/bind/checker.h"
#include "core/feed/merged_past.h"
#include "core/feed/table_reader.h"
#include "core/feed/tables_first.h"
#include "core/options/connector_options.h"
#include "core/plan/explain.h"
#include "core/session/source_inference.h"

namespace weir {

namespace {

/// A capture with the file that it is read from.
class CapturePast final : public Past {
public:
  explicit CapturePast(std::shared_ptr<CaptureInput> input) : m_input(std::move(input)), m_reader(m_input->stream()) {}
  Result<Micros> readHeader() { return m_reader.readHeader(); }
  Result<std::optional<FeedEvent>> next() override { return m_reader.next(); }
  bool provesSilence() const override { return m_reader.provesSilence(); }
  bool endsInTheMiddle() const override { return m_reader.endsInTheMiddle(); }
  std::string place() const override { return m_reader.place(); }

private:
  std::shared_ptr<CaptureInput> m_input;
  CaptureReader m_reader;
};

bool isSource(const logical::Stream& stream) { return stream.kind == StreamKind::Source && !stream.isTable; }

// All that comes in has an end: the script runs on the virtual clock.
bool isOfThePast(const logical::Plan& script) {
  bool any = false;
  for (const auto& [name, stream] : script.streams) {
    if (!isSource(stream)) continue;
    if (!connectorFor(stream.options).openPast) return false;
    any = true;
  }
  return any;
}

// The slowest of the paces that the sources ask for; 0 is as fast as they can be read.
double paceOf(const logical::Plan& script) {
  double slowest = 0;
  for (const auto& [name, stream] : script.streams)
    if (const double pace = isSource(stream) ? connectorFor(stream.options).pace(stream.options) : 0; pace > 0)
      slowest = slowest > 0 ? std::min(slowest, pace) : pace;
  return slowest;
}

Result<std::vector<std::string>> recordsOf(const logical::Stream& table, const Options& options) {
  auto parts = connectorFor(options).openPast(table, options, 0);
  if (!parts) return parts.diagnostics();
  TableReader reader(std::move(*parts), table, options);
  if (const auto all = reader.read(std::numeric_limits<size_t>::max()); !all) return all.diagnostics();
  return reader.take();
}

// At the place in the text that says where a table is loaded from.
Diagnostic ofTable(const logical::Stream& table, Diagnostic why) {
  why.span = table.options.valueSpan(findConnector(table.options.text("extension"))->address);
  why.message = "table " + table.name + ": " + why.message;
  return why;
}

// What is wrong with what tables would hold now.
Diagnostics wrongTables(const logical::Plan& script, const SecretLookup& secrets) {
  Diagnostics out;
  for (const auto& [name, table] : script.streams) {
    if (!table.isLoaded()) continue;
    const auto options = table.options.resolved(secrets);
    if (!options) return options.diagnostics();
    if (const auto records = recordsOf(table, *options); !records)
      out.push_back(ofTable(table, records.diagnostics().front()));
  }
  return out;
}

// Of tables that leave their columns open: what they hold is there to be read.
Result<std::map<std::string, SchemaPtr>> columnsOfTables(const BoundResult& checked, const SecretLookup& secrets) {
  std::map<std::string, SchemaPtr> out;
  for (const std::string& name : checked.waiting) {
    const logical::Stream& table = checked.script.stream(name);
    if (!table.isLoaded()) continue;
    const auto options = table.options.resolved(secrets);
    if (!options) return options.diagnostics();
    auto parts = connectorFor(*options).openPast(table, *options, 0);
    if (!parts) return ofTable(table, parts.diagnostics().front());
    MergedPast all(std::move(*parts));
    auto columns = inferFromPast(all, checked.script, {name});
    if (columns.empty())
      return ofTable(table, failure(Code::NoInput, "it holds nothing that its columns could be learnt from",
                                    "write the columns into CREATE TABLE"));
    out.merge(columns);
  }
  return out;
}

}  // namespace

struct Runner::Pending {
  RunRequest request;
  std::function<std::shared_ptr<Run>()> previous;
  std::function<void(RunOutcome)> done;
  std::shared_ptr<CaptureInput> capture;
  Micros started = 0;
  uint64_t seed = 0;
  std::map<std::string, SchemaPtr> columns;  ///< that are learnt already

  BoundResult checkedWith(std::map<std::string, SchemaPtr> more) {
    columns.merge(more);
    return checkScript(request.text, columns);
  }
};

Runner::Runner(World world, QObject* parent) : QObject(parent), m_world(std::move(world)) {}
Runner::~Runner() = default;

void Runner::cancel() { m_inference.reset(); }

void Runner::make(RunRequest request, std::function<std::shared_ptr<Run>()> previous,
                  std::function<void(RunOutcome)> done) {
  m_inference.reset();
  auto pending = std::make_shared<Pending>();
  pending->request = std::move(request);
  pending->previous = std::move(previous);
  pending->done = std::move(done);
  pending->started = m_world.clock->now();
  const RunRequest& wanted = pending->request;
  if (!wanted.capture.empty()) {
    pending->capture = std::make_shared<CaptureInput>(wanted.capture);
    if (const std::string why = pending->capture->problem(); !why.empty())
      return pending->done({.diagnostics = {failure(Code::File, "cannot read " + wanted.capture + ": " + why)}});
  }
  BoundResult checked = checkScript(wanted.text);
  if (!hasError(checked.diagnostics)) {
    auto tables = columnsOfTables(checked, m_world.secrets);
    if (!tables) return pending->done({.diagnostics = tables.diagnostics()});
    if (!tables->empty()) checked = pending->checkedWith(std::move(*tables));
  }
  if (hasError(checked.diagnostics) || checked.waiting.empty()) return finish(pending, std::move(checked));
  if (!pending->capture && !isOfThePast(checked.script)) return learnLive(pending, checked);
  if (pending->capture) {
    CaptureReader reader(pending->capture->stream());
    const bool isCapture = reader.readHeader().ok();
    checked = pending->checkedWith(isCapture ? inferFromPast(reader, checked.script, checked.waiting)
                                             : std::map<std::string, SchemaPtr>());
  } else {
    for (const std::string& name : checked.waiting)
      if (const logical::Stream& stream = checked.script.stream(name);
          !connectorFor(stream.options).canReadAgain(stream.options))
        return pending->done(
            {.diagnostics = {Diagnostic{Severity::Error, Code::NoInput, stream.span,
                                        "the columns of " + name + " cannot be learnt: it can be read only once",
                                        "write the columns into CREATE STREAM"}}});
    auto past = openPast(*pending, checked.script);
    if (!past) return pending->done({.diagnostics = past.diagnostics()});
    checked = pending->checkedWith(inferFromPast(**past, checked.script, checked.waiting));
  }
  finish(pending, std::move(checked));
}

void Runner::learnLive(const std::shared_ptr<Pending>& pending, const BoundResult& checked) {
  if (onLearning) onLearning(checked.waiting.size());
  m_inference = std::make_unique<SourceInference>(
      checked, m_world.clock, m_world.secrets,
      [this, pending](const std::map<std::string, SchemaPtr>& columns, const Diagnostics& why) {
        // The inference is not taken apart under its own call.
        QMetaObject::invokeMethod(
            this,
            [this, pending, columns, why] {
              if (!m_inference) return;
              OpenedFeeds feeds = m_inference->takeOpened();
              const bool sourceEnded = m_inference->sourceEnded();
              m_inference.reset();
              if (!why.empty()) return pending->done({.diagnostics = why, .sourceEnded = sourceEnded});
              finish(pending, pending->checkedWith(columns), &feeds);
            },
            Qt::QueuedConnection);
      });
  m_inference->onEvent = [this](const LogEntry& entry) {
    if (onEvent) onEvent(entry);
  };
  m_inference->start();
}

Result<std::unique_ptr<Past>> Runner::openPast(Pending& pending, const logical::Plan& script) {
  if (!pending.capture && !isOfThePast(script)) return std::unique_ptr<Past>();
  auto past = pending.capture ? openCapture(pending) : openFiles(pending, script);
  if (!past) return past;
  std::set<std::string> tables;
  for (const auto& [name, stream] : script.streams)
    if (stream.isLoaded()) tables.insert(name);
  if (tables.empty()) return past;
  const auto load = [script, secrets = m_world.secrets](const std::string& name) {
    const logical::Stream& table = script.stream(name);
    const auto options = table.options.resolved(secrets);
    return options ? recordsOf(table, *options) : Result<std::vector<std::string>>(options.diagnostics());
  };
  return std::unique_ptr<Past>(std::make_unique<TablesFirst>(std::move(*past), std::move(tables), load));
}

Result<std::unique_ptr<Past>> Runner::openCapture(Pending& pending) {
  // The same capture gives the same UUIDs.
  pending.seed = pending.capture->fingerprint();
  pending.capture->keepNoLonger();
  auto past = std::make_unique<CapturePast>(pending.capture);
  const auto started = past->readHeader();
  if (!started) return started.diagnostics();
  pending.started = *started;
  return std::unique_ptr<Past>(std::move(past));
}

Result<std::unique_ptr<Past>> Runner::openFiles(Pending& pending, const logical::Plan& script) {
  auto resolved = resolvedOptions(script, false, m_world.secrets);
  if (!resolved) return resolved.diagnostics();
  std::vector<std::unique_ptr<Past>> parts;
  for (const auto& [name, options] : *resolved) {
    if (script.stream(name).isTable) continue;
    auto files = connectorFor(options).openPast(script.stream(name), options, pending.started);
    if (!files) return files.diagnostics();
    std::move(files->begin(), files->end(), std::back_inserter(parts));
  }
  auto past = std::make_unique<MergedPast>(std::move(parts));
  const auto begun = past->begin();
  if (!begun) return begun.diagnostics();
  // The clock begins with the first message: it never goes back.
  pending.started = begun->value_or(pending.started);
  return std::unique_ptr<Past>(std::move(past));
}

void Runner::finish(const std::shared_ptr<Pending>& pending, BoundResult checked, OpenedFeeds* opened) {
  const RunRequest& wanted = pending->request;
  RunOutcome out{.diagnostics = std::move(checked.diagnostics)};
  const auto add = [&out](const Diagnostics& more) {
    out.diagnostics.insert(out.diagnostics.end(), more.begin(), more.end());
  };
  if (!hasError(out.diagnostics) && !pending->capture && !wanted.onlyRecords) {
    add(missingSources(checked.script));
    if (!hasError(out.diagnostics) && checked.script.streams.empty())
      add({failure(Code::NoInput, "nothing to run: the file has no statement",
                   "CREATE STREAM a source and SELECT from it")});
  }
  if (!hasError(out.diagnostics) && wanted.rewrite) add(wanted.rewrite(checked.script));
  if (hasError(out.diagnostics)) return pending->done(std::move(out));
  if (wanted.accept && !wanted.accept(checked.script)) {
    out.isDeclined = true;
    return pending->done(std::move(out));
  }
  // A capture may hold what its tables were.
  if (!pending->capture) add(wrongTables(checked.script, m_world.secrets));
  if (hasError(out.diagnostics)) return pending->done(std::move(out));
  const bool isLive = !pending->capture && !isOfThePast(checked.script);
  if (isLive) {
    const std::shared_ptr<Run> before = pending->previous ? pending->previous() : nullptr;
    auto* const live = dynamic_cast<LiveRun*>(before.get());
    auto run = LiveRun::create(std::move(checked.script),
                               {wanted.sinks, wanted.recordFile, live, opened, m_world.secrets, m_world.clock});
    if (run)
      out.run = std::move(*run);
    else
      add(run.diagnostics());
    return pending->done(std::move(out));
  }
  if (!wanted.recordFile.isEmpty())
    add({failure(Code::File, "files are not recorded: they are there already", "leave the recording out")});
  else if (auto past = openPast(*pending, checked.script); !past)
    add(past.diagnostics());
  else {
    const double pace = pending->capture ? wanted.pace : paceOf(checked.script);
    auto run =
        PastRun::create(std::move(checked.script), std::move(*past), m_world.clock,
                        {wanted.sinks, pace, wanted.batchRows, pending->started, pending->seed, m_world.secrets});
    if (run)
      out.run = std::move(*run);
    else
      add(run.diagnostics());
  }
  pending->done(std::move(out));
}

}  // namespace weir
