// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/commands.h"
#include "app/output.h"
#include "app/row_printer.h"
#include "core/base/save_file.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/data/json_text.h"
#include "core/plan/explain.h"
#include "core/plan/lower/lower.h"
#include "core/plan/reference.h"
#include "core/session/secrets.h"
#include "core/sql/formatter.h"

namespace weir {

bool readText(const std::string& file, std::string& text) {
  // One byte more than the parser takes: it says so itself, and an endless file is not read to its end.
  constexpr size_t kMost = (size_t{16} << 20) + 1;
  std::error_code ignored;
  const std::string name = file == "-" ? "standard input" : file;
  struct stat input {};
  if (file == "-" ? fstat(STDIN_FILENO, &input) == 0 && S_ISDIR(input.st_mode)
                  : std::filesystem::is_directory(file, ignored)) {
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
  if (withoutMark(text).starts_with("{\"weir_capture\"")) {
    std::cerr << "weir: " << name << " is a capture, not SQL\nhint: weir replay CAPTURE FILE runs a SQL file over it\n";
    return false;
  }
  return true;
}

bool isOpen(const CaptureInput& capture, const std::string& path) {
  if (!capture.problem().empty()) std::cerr << "weir: cannot read " << path << ": " << capture.problem() << "\n";
  return capture.problem().empty();
}

void tellCutOff(const std::string& capture, uint64_t messages) {
  std::cerr << capture << ": warning: the capture ends in the middle of a line; " << messages
            << (messages == 1 ? " message was read\n" : " messages were read\n");
}

namespace {

// Whole or not at all.
bool replaceFile(const std::string& file, const std::string& text) {
  const std::string why = saveFile(file, text);
  if (!why.empty()) std::cerr << "weir: cannot write " << file << ": " << why << "; it is as it was\n";
  return why.empty();
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
  const PlaceIndex places(text);
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool placed = diagnostic.span.end > 0;
    if (placed)
      std::cerr << render(diagnostic, file, places);
    else
      std::cerr << (diagnostic.code == Code::Capture ? file + ": " : "")
                << (diagnostic.severity == Severity::Error ? "error[" : "warning[") << codeName(diagnostic.code)
                << "]: " << diagnostic.message << "\n"
                << (diagnostic.hint.empty() ? "" : "hint: " + diagnostic.hint + "\n");
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
    const PlaceIndex places(text);
    for (const Diagnostic& d : result.diagnostics) {
      const Place place = places.placeOf(d.span.begin);
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

std::optional<std::vector<std::string>> printedStreams(const RunSettings& settings, const logical::Plan& script) {
  const bool hasSource = std::any_of(script.streams.begin(), script.streams.end(),
                                     [](const auto& entry) { return entry.second.kind == StreamKind::Source; });
  if (script.queries.empty() && (settings.record.empty() || !hasSource)) {
    std::cerr << (settings.record.empty()
                      ? "weir: nothing to run: there is no query\nhint: add SELECT ... FROM a stream\n"
                      : "weir: nothing to record: there is no source\nhint: a source is CREATE STREAM ... WITH (type = "
                        "'source', ...)\n");
    return std::nullopt;
  }
  if (settings.streams.empty()) return script.results();
  for (const std::string& name : settings.streams) {
    if (script.streams.contains(name)) continue;
    const std::string hint = didYouMean(name, script.order);
    std::cerr << "weir: unknown stream '" << name << "'\n" << (hint.empty() ? "" : "hint: " + hint + "\n");
    return std::nullopt;
  }
  return settings.streams;
}

}  // namespace weir
