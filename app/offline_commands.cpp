// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "app/commands.h"
#include "app/log_printer.h"
#include "app/output.h"
#include "app/signal_watch.h"
#include "core/base/text.h"
#include "core/connectors/capture.h"
#include "core/connectors/drop_report.h"
#include "core/connectors/metrics.h"
#include "core/connectors/row_printer.h"
#include "core/data/json_text.h"
#include "core/plan/checker.h"
#include "core/plan/reference.h"
#include "core/session/replay_sinks.h"
#include "core/session/secrets.h"
#include "core/sql/formatter.h"

namespace weir {

bool readText(const std::string& file, std::string& text) {
  // One byte more than the parser takes: it says so itself, and an endless file is not read to its end.
  constexpr size_t kMost = (size_t{16} << 20) + 1;
  std::error_code ignored;
  const std::string name = file == "-" ? "standard input" : file;
  struct stat input {};
  if (file == "-" ? fstat(STDIN_FILENO, &input) == 0 && S_ISDIR(input.st_mode) : std::filesystem::is_directory(file, ignored)) {
    std::cerr << "weir: cannot read " << name << ": it is a folder\n";
    return false;
  }
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : opened;
  text.clear();
  std::array<char, 1 << 16> chunk;
  while (in && text.size() < kMost) {
    in.read(chunk.data(), static_cast<std::streamsize>(std::min(chunk.size(), kMost - text.size())));
    text.append(chunk.data(), static_cast<size_t>(in.gcount()));
  }
  if (in.bad() || (file == "-" ? std::ferror(stdin) != 0 : !opened.is_open())) {
    std::cerr << "weir: cannot read " << name << "\n";
    return false;
  }
  if (text.starts_with("{\"weir_capture\"")) {
    std::cerr << "weir: " << name << " is a capture, not SQL\nhint: weir replay CAPTURE FILE runs a SQL file over it\n";
    return false;
  }
  return true;
}

bool openCapture(const std::string& path, std::ifstream& in) {
  std::error_code ignored;
  const bool isFolder = std::filesystem::is_directory(path, ignored);
  if (!isFolder) in.open(path, std::ios::binary);
  if (in.is_open()) return true;
  std::cerr << "weir: cannot read " << path << (isFolder ? ": it is a folder\n" : "\n");
  return false;
}

namespace {

// What comes behind the last line's end, from behind: a capture may be long.
std::string unendedLine(const std::string& path) {
  constexpr std::streamoff kChunk = 1 << 20;
  constexpr size_t kMost = size_t{64} << 20;
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::string line;
  for (std::streamoff at = in.tellg(); in && at > 0 && line.size() <= kMost;) {
    const std::streamoff count = std::min(at, kChunk);
    at -= count;
    std::string chunk(static_cast<size_t>(count), '\0');
    in.seekg(at);
    in.read(chunk.data(), count);
    const size_t end = chunk.rfind('\n');
    line.insert(0, chunk, end == std::string::npos ? 0 : end + 1);
    if (end != std::string::npos) break;
  }
  return line;
}

}  // namespace

bool endsInTheMiddle(const std::string& path, const std::ifstream& in, uint64_t messages) {
  if (!in.eof()) return false;
  const std::string rest = unendedLine(path);
  // One that is whole is wrong for another reason.
  if (rest.empty() || isJson(rest)) return false;
  std::cerr << path << ": warning: the capture ends in the middle of a line; " << messages << (messages == 1 ? " message was read\n" : " messages were read\n");
  return true;
}

namespace {

// The old text stays whole until the new one is on the disk. A link stays a link.
bool replaceFile(const std::string& file, const std::string& text) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(file, error);
  std::string next = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  struct stat old {};
  const int made = error || stat(target.c_str(), &old) != 0 ? -1 : mkstemp(next.data());
  bool done = made >= 0;
  for (size_t at = 0; done && at < text.size();) {
    const ssize_t count = write(made, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    done = count > 0;
    at += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
  done = done && fchmod(made, old.st_mode & 07777) == 0 && fsync(made) == 0 && std::rename(next.c_str(), target.c_str()) == 0;
  if (!done) {
    std::cerr << "weir: cannot write " << file << ": " << (error ? error.message() : std::strerror(errno)) << "\n";
    if (made >= 0) unlink(next.c_str());
  }
  if (made >= 0) close(made);
  return done;
}

// JSON is UTF-8: a byte that is none becomes U+FFFD.
void appendJsonText(std::string& out, std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    size_t length = 1;
    while (length <= std::min<size_t>(4, text.size()) && !isUtf8(text.substr(0, length))) ++length;
    const bool whole = length <= std::min<size_t>(4, text.size());
    clean.append(whole ? text.substr(0, length) : "\xEF\xBF\xBD");
    text.remove_prefix(whole ? length : 1);
  }
  appendJsonString(out, clean);
}

}  // namespace

void printDiagnostics(const Diagnostics& diagnostics, const std::string& file, const std::string& text) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool placed = diagnostic.span.end > 0;
    if (placed)
      std::cerr << render(diagnostic, file, text);
    else
      std::cerr << (diagnostic.code == Code::Capture ? file + ": " : "") << (diagnostic.severity == Severity::Error ? "error[" : "warning[") << codeName(diagnostic.code) << "]: "
                << diagnostic.message << "\n" << (diagnostic.hint.empty() ? "" : "hint: " + diagnostic.hint + "\n");
  }
}

int checkCommand(const std::vector<std::string>& files, bool asJson) {
  bool failed = false;
  std::string json = "[";
  for (const std::string& file : files) {
    std::string text;
    if (!readText(file, text)) return kExitFailure;
    BoundResult result = checkScript(text);
    const Diagnostics unset = unsetVariables(result.script);
    result.diagnostics.insert(result.diagnostics.end(), unset.begin(), unset.end());
    failed = failed || hasError(result.diagnostics);
    if (!asJson) {
      printDiagnostics(result.diagnostics, file, text);
      continue;
    }
    for (const Diagnostic& d : result.diagnostics) {
      const Place place = placeOf(text, d.span.begin);
      json += json.size() > 1 ? ",\n" : "\n";
      json += "{\"file\":";
      appendJsonText(json, file);
      json += ",\"line\":" + std::to_string(place.line) + ",\"column\":" + std::to_string(place.column) +
              ",\"begin\":" + std::to_string(d.span.begin) + ",\"end\":" + std::to_string(d.span.end) +
              ",\"severity\":\"" + (d.severity == Severity::Error ? "error" : "warning") + "\",\"code\":\"" +
              codeName(d.code) + "\",\"message\":";
      appendJsonText(json, d.message);
      json += ",\"hint\":";
      appendJsonText(json, d.hint);
      json += "}";
    }
  }
  if (asJson) std::cout << json << "\n]\n";
  return failed ? kExitFailure : kExitOk;
}

int explainCommand(const std::string& file) {
  std::string text;
  if (!readText(file, text)) return kExitFailure;
  const BoundResult result = checkScript(text);
  printDiagnostics(result.diagnostics, file, text);
  if (hasError(result.diagnostics)) return kExitFailure;
  std::cout << explain(result.script);
  return kExitOk;
}

int formatCommand(const std::vector<std::string>& files, bool checkOnly) {
  bool failed = false;
  for (const std::string& file : files) {
    std::string text;
    if (!readText(file, text)) return kExitFailure;
    const Result<std::string> formatted = formatScript(text);
    if (!formatted) {
      printDiagnostics(formatted.diagnostics(), file, text);
      failed = true;
    } else if (checkOnly) {
      if (*formatted == text) continue;
      std::cout << file << "\n";
      failed = true;
    } else if (file == "-") {
      std::cout << *formatted;
    } else if (*formatted != text && !replaceFile(file, *formatted)) {
      failed = true;
    }
  }
  return failed ? kExitFailure : kExitOk;
}

int referenceCommand(const std::string& page) {
  std::cout << (page == "functions" ? functionReference() : optionReference());
  return kExitOk;
}

std::optional<RowFormat> rowFormat(const RunSettings& settings, size_t streams) {
  const bool terminal = settings.output.empty() && isatty(STDOUT_FILENO) != 0;
  const std::string name = settings.format.empty() ? (terminal ? "table" : "jsonl") : settings.format;
  if (name == "csv" && streams != 1) {
    std::cerr << "weir: csv needs exactly one stream, found " << streams << "\nhint: choose one with --stream NAME\n";
    return std::nullopt;
  }
  return name == "table" ? RowFormat::Table : name == "csv" ? RowFormat::Csv : RowFormat::JsonLines;
}

std::optional<std::vector<std::string>> printedStreams(const RunSettings& settings, const BoundScript& script) {
  const bool hasSource = std::any_of(script.streams.begin(), script.streams.end(), [](const auto& entry) { return entry.second.kind == StreamKind::Source; });
  if (script.nodes.empty() && (settings.record.empty() || !hasSource)) {
    std::cerr << (settings.record.empty() ? "weir: nothing to run: there is no query\nhint: add SELECT ... FROM a stream\n"
                                          : "weir: nothing to record: there is no source\nhint: a source is CREATE STREAM ... WITH (type = 'source', ...)\n");
    return std::nullopt;
  }
  if (settings.streams.empty()) return script.results();
  for (const std::string& name : settings.streams) {
    if (script.streams.contains(name) && !name.starts_with('#')) continue;
    const std::string hint = didYouMean(name, script.order);
    std::cerr << "weir: unknown stream '" << name << "'\n" << (hint.empty() ? "" : "hint: " + hint + "\n");
    return std::nullopt;
  }
  return settings.streams;
}

namespace {

// The same capture gives the same UUIDs. Its beginning and its size tell captures apart well enough: reading it all
// would take as long as the replay.
uint64_t seedOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string head(1 << 16, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(in.gcount()));
  std::error_code ignored;
  head += std::to_string(std::filesystem::file_size(file, ignored));
  uint64_t seed = 14695981039346656037ULL;
  for (const char c : head) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return seed;
}

}  // namespace

int replayCommand(const RunSettings& settings, int argc, char** argv) {
  QCoreApplication app(argc, argv);
  std::string text;
  if (!readText(settings.file, text)) return kExitFailure;
  std::ifstream in;
  if (!openCapture(settings.capture, in)) return kExitFailure;
  BoundResult checked = checkScript(text);
  if (!checked.waiting.empty()) {
    std::ifstream ahead(settings.capture, std::ios::binary);
    checked = checkScript(text, inferFromCapture(ahead, checked.script, checked.waiting));
  }
  printDiagnostics(checked.diagnostics, settings.file, text);
  if (hasError(checked.diagnostics)) return kExitFailure;
  CaptureReader reader(in);
  const auto started = reader.readHeader();
  if (!started) {
    printDiagnostics(started.diagnostics(), settings.capture, "");
    return kExitFailure;
  }
  const auto streams = printedStreams(settings, checked.script);
  if (!streams) return kExitFailure;
  const auto format = rowFormat(settings, streams->size());
  if (!format) return kExitUsage;
  OutputFile output(settings.output);
  if (!output.ok() || (!settings.metrics.empty() && !canWrite(settings.metrics))) return kExitFailure;

  // Hostile batch sizes are for the tests: no result may depend on them.
  const char* rows = std::getenv("WEIR_BATCH_ROWS");
  const size_t batchRows = rows ? std::max<size_t>(1, parseNumber<size_t>(rows).value_or(2048)) : 2048;
  Pipeline pipeline(std::move(checked.script), *started, seedOf(settings.capture));
  Feeder feeder(pipeline, batchRows);
  RowPrinter printer(pipeline, *streams, *format, settings.limit, [&](const std::string& lines) { output.write(lines); });
  const LogPrinter tell(settings);
  ReplaySinks sinks(tell);
  DropReport report(tell);
  const auto drops = [&] { return dropsOf(pipeline, feeder, sinks.metrics()); };
  if (settings.sinks)
    if (const Diagnostics why = sinks.start(pipeline); !why.empty()) {
      printDiagnostics(why, settings.file, text);
      return kExitFailure;
    }
  const double speed = settings.speed == "max" ? 0 : parseNumber<double>(settings.speed).value_or(0);
  const auto begun = std::chrono::steady_clock::now();
  std::optional<Micros> firstLine;
  bool interrupted = false;
  SignalWatch watch([&] { interrupted = true; });
  // Sinks and signals are heard while the capture waits.
  const auto waitUntil = [&](Micros at) {
    const auto due = begun + std::chrono::microseconds(static_cast<int64_t>(static_cast<double>(at - *firstLine) / speed));
    if (std::chrono::steady_clock::now() >= due) return;
    printer.flush();
    while (!interrupted && std::chrono::steady_clock::now() < due) {
      QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  uint64_t lines = 0;
  constexpr uint64_t kLinesBetweenLooks = 4096;
  Diagnostics failed = replayCapture(reader, pipeline, feeder, [&](Micros at) {
    printer.flush();
    if (speed > 0) {
      feeder.flush();
      // Windows close when their time has come, not with the next message.
      for (Micros timer = pipeline.clock().nextDeadline(); firstLine && timer < at && !interrupted; timer = pipeline.clock().nextDeadline()) {
        waitUntil(timer);
        feeder.advance(timer);
      }
      if (!firstLine) firstLine = at;
      report.look(drops());
      waitUntil(at);
    } else if (++lines % kLinesBetweenLooks == 0) {
      report.look(drops());
      QCoreApplication::processEvents();
    }
    if (speed <= 0 && settings.sinks) sinks.breathe();
    return !interrupted && !printer.done() && output.ok();
  });
  if (!failed.empty()) {
    // What came before the wrong line counts.
    feeder.flush();
    uint64_t messages = 0;
    for (const auto& [name, intake] : feeder.intakes()) messages += intake->counters().messages;
    if (endsInTheMiddle(settings.capture, in, messages)) failed.clear();
  }
  if (settings.flush) pipeline.flush();
  printer.flush();
  sinks.drain();
  const bool hasDropped = report.sum(drops());
  if (!settings.metrics.empty() && !writeFile(settings.metrics, metricsJson(metricsOf(pipeline, feeder, sinks.metrics())))) return kExitFailure;
  if (!failed.empty()) {
    printDiagnostics(failed, settings.capture, "");
    return kExitFailure;
  }
  if (!output.ok()) return kExitFailure;
  if (interrupted) return kExitInterrupted;
  for (const auto& [name, intake] : feeder.intakes()) {
    if (!intake->stopped()) continue;
    tell({LogLevel::Error, LogCategory::Feed, name, "weir: source " + name + " stopped: " + intake->rejects().back().reason, {}, {}});
    return kExitSourceEnded;
  }
  if (sinks.rowsFailed() > 0) return kExitSinkFailed;
  return strictExit(kExitOk, settings, hasDropped, tell);
}

}  // namespace weir
