// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_run.h"

#include <cstdlib>
#include <utility>

#include "core/base/text.h"
#include "core/feed/feed_metrics.h"

namespace weir {

CommandRun::CommandRun(QCoreApplication& app, const RunSettings& settings, std::string text)
    : m_app(app),
      m_settings(settings),
      m_text(std::move(text)),
      m_tell(settings),
      m_runner({}),
      m_report([this](const LogEntry& entry) { tell(entry); }) {
  m_runner.onEvent = [this](const LogEntry& entry) { m_tell(entry); };
}

void CommandRun::tell(const LogEntry& entry) {
  if (m_progress) m_progress->clear();
  m_tell(entry);
}

std::vector<Drop> CommandRun::drops() const {
  return dropsOf(m_run->pipeline(), m_run->feeder(), m_run->sinkMetrics());
}

void CommandRun::printAll(const Diagnostics& diagnostics) const {
  for (const Diagnostic& diagnostic : diagnostics)
    printDiagnostics({diagnostic}, diagnostic.code == Code::Capture ? m_settings.capture : m_settings.file, m_text);
}

int CommandRun::perform(RunRequest request, bool printRows) {
  m_printRows = printRows;
  request.text = m_text;
  request.accept = [this](const logical::Plan& script) { return accept(script); };
  SignalWatch watch([this] { m_run ? end(kExitInterrupted) : quit(kExitInterrupted); });
  if (m_settings.forSeconds >= 0) {
    m_deadline.setSingleShot(true);
    QObject::connect(&m_deadline, &QTimer::timeout, &m_deadline, [this] { timeIsUp(); });
    m_deadline.start(static_cast<int>(m_settings.forSeconds * 1000));
  }
  m_runner.make(std::move(request), nullptr, [this](const RunOutcome& outcome) { begin(outcome); });
  if (!m_hasQuit) m_app.exec();
  return m_run ? report() : m_code;
}

// What the command line asks for must fit the script before anything outside is touched.
bool CommandRun::accept(const logical::Plan& script) {
  m_code = kExitFailure;
  const auto streams = printedStreams(m_settings, script);
  if (!streams) return false;
  const auto format = rowFormat(m_settings, streams->size());
  if (!format) {
    m_code = kExitUsage;
    return false;
  }
  m_streams = *streams;
  m_format = *format;
  m_output = std::make_unique<OutputFile>(m_settings.output);
  if (!m_output->ok() || (!m_settings.metrics.empty() && !canWrite(m_settings.metrics))) return false;
  m_code = kExitOk;
  return true;
}

void CommandRun::begin(const RunOutcome& outcome) {
  printAll(outcome.diagnostics);
  if (!outcome.run) return quit(outcome.isDeclined ? m_code : outcome.sourceEnded ? kExitSourceEnded : kExitFailure);
  m_run = outcome.run;
  if (!m_settings.metricsListen.empty() && !serveMetrics()) {
    m_run.reset();
    return quit(kExitCannotListen);
  }
  wire();
  if (onBegin) onBegin(*m_run);
  m_run->start();
}

bool CommandRun::serveMetrics() {
  m_server = std::make_unique<MetricsServer>(*m_run, names(m_settings.hosts));
  QString why;
  if (!m_server->listen(*listenAddress(m_settings.metricsListen), &why)) {
    say(QObject::tr("weir: cannot listen on %1: %2").arg(QString::fromStdString(m_settings.metricsListen), why));
    m_server.reset();
    return false;
  }
  m_tell({LogLevel::Info,
          LogCategory::Run,
          {},
          QObject::tr("weir: counters at %1").arg(m_server->url()).toStdString(),
          {},
          {}});
  tellOfStrangers(m_server->listener(), m_server->url(), m_tell);
  return true;
}

void CommandRun::wire() {
  m_progress = std::make_unique<ProgressLine>(*m_run, !m_settings.noProgress);
  m_printer = std::make_unique<RowPrinter>(m_run->pipeline(), m_printRows ? m_streams : std::vector<std::string>{},
                                           m_format, m_settings.limit, [this](const std::string& rows) {
                                             if (!rows.empty()) m_progress->clear();
                                             m_output->write(rows);
                                           });
  m_run->onEvent = [this](const LogEntry& entry) { tell(entry); };
  m_run->onSettled = [this] { settled(); };
  if (auto* past = dynamic_cast<PastRun*>(m_run.get()))
    past->onPlayed = [this] {
      m_printer->flush();
      return !m_printer->done() && m_output->ok();
    };
  const auto queued = Qt::QueuedConnection;
  QObject::connect(
      m_run.get(), &Run::sourceEnded, &m_deadline, [this] { sourceEnded(); }, queued);
  QObject::connect(
      m_run.get(), &Run::sinkFailedAtStart, &m_deadline, [this] { sinkFailed(); }, queued);
  QObject::connect(
      m_run.get(), &Run::recordingEnded, &m_deadline,
      [this] { end(m_run->recordingFailed() ? kExitFailure : kExitOk); }, queued);
}

void CommandRun::settled() {
  m_printer->flush();
  m_report.look(drops());
  if (m_printer->done()) end(kExitOk);
  if (!m_output->ok()) end(m_output->isUnread() ? kExitOk : kExitFailure);
}

void CommandRun::sourceEnded() {
  const auto* past = dynamic_cast<const PastRun*>(m_run.get());
  m_sourceEnded = m_sourceEnded || (!past && !m_run->isFinished());
  if (past || m_run->isFinished()) return end(kExitOk);
  if (m_run->allSourcesEnded()) end(kExitSourceEnded);
}

// A source's first attempt is waited for: should it end the run too, that is what the exit code says.
void CommandRun::sinkFailed() {
  if (!m_run->anySourceConnecting()) return end(kExitSinkFailed);
  constexpr int kLookMs = 20;
  QTimer::singleShot(kLookMs, &m_deadline, [this] { sinkFailed(); });
}

void CommandRun::timeIsUp() {
  if (m_run) return end(kExitOk);
  m_tell({LogLevel::Warning,
          LogCategory::Feed,
          {},
          QObject::tr("weir: the time was up before columns could be learnt: no message came").toStdString(),
          {},
          {}});
  quit(kExitOk);
}

void CommandRun::end(int code) {
  if (std::exchange(m_isEnding, true)) return;
  m_code = code;
  if (m_settings.flush) {
    m_run->conclude();
    m_run->pipeline().flush();
  }
  if (onEnd) onEnd();
  m_run->stop([this] {
    m_printer->flush();
    quit(m_code);
  });
}

void CommandRun::quit(int code) {
  m_code = code;
  m_hasQuit = true;
  m_runner.cancel();
  m_app.quit();
}

// Says why a past was not played to its end; what lacks only the rest of its last line counts as whole.
bool CommandRun::pastIsWhole(const PastRun& past) {
  if (past.trouble().empty()) return true;
  if (past.endsInTheMiddle()) {
    uint64_t messages = 0;
    for (const auto& [name, intake] : past.feeder().intakes()) messages += intake->counters().messages;
    tellCutOff(m_settings.capture, messages);
    return true;
  }
  printAll(past.trouble());
  return false;
}

int CommandRun::report() {
  m_progress->clear();
  const auto* past = dynamic_cast<const PastRun*>(m_run.get());
  const bool isWhole = !past || pastIsWhole(*past);
  const bool hasDropped = m_report.sum(drops());
  if (!m_settings.metrics.empty() &&
      !writeFile(m_settings.metrics, metricsJson(metricsOf(m_run->pipeline(), m_run->feeder(), m_run->sinkMetrics()))))
    return kExitFailure;
  if (!isWhole || m_run->recordingFailed() || !m_output->close()) return kExitFailure;
  if (m_code == kExitInterrupted || m_code == kExitFailure) return m_code;
  if (past)
    for (const auto& [name, intake] : past->feeder().intakes()) {
      if (!intake->stopped()) continue;
      tell({LogLevel::Error,
            LogCategory::Feed,
            name,
            "weir: source " + name + " stopped: " + intake->rejects().back().reason,
            {},
            {}});
      return kExitSourceEnded;
    }
  // A source that ended by itself counts even when the time was up first.
  if (m_sourceEnded) return kExitSourceEnded;
  if (m_code == kExitSinkFailed || m_run->rowsFailed() > 0) return kExitSinkFailed;
  return strictExit(m_code, m_settings, hasDropped, m_tell);
}

}  // namespace weir
