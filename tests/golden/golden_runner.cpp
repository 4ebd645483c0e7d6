// SPDX-License-Identifier: GPL-3.0-or-later
// Runs golden cases: a title, a pipeline, then a script on a virtual clock, or the texts of the checker's error.
//
//   > T Stream {json}      a message arrives at clock T (ms)
//   x> T Stream 81 a1 61   the same of a binary message, in hex
//   @ T                    the clock moves to T
//   ~ T Stream down|up     the connection is lost or comes back
//   ~ T Stream alive ASKED the feed has answered what it was asked at clock ASKED: silence must be proven then
//   ~ T Stream stall SINCE the program has not read since then
//   < T Stream {json}      an expected row; T is its event time
//   errors=N               among the error's texts: how many errors there are, so that none follows from another
//
// Where an error has a hint, `--- followed` is the script once all hints are obeyed: it must be accepted. With --hints
// behind the folder all messages and hints of the cases are printed.
//
// A case with `--- plan` says how the script's logical plan is written; nothing of it runs. One with `--- flink` says
// what it is in Flink SQL, behind the settings. With `--- refused` and the texts of errors it has no translation.
//
// Every case runs at batch sizes 1, 7 and 2,048 and must give the same bytes, streams interleaved as they leave.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "app/row_printer.h"
#include "core/base/text.h"
#include "core/bind/checker.h"
#include "core/feed/capture.h"
#include "core/feed/feed_metrics.h"
#include "core/flink/deployment.h"
#include "core/plan/logical_text.h"
#include "core/plan/lower/lower.h"

namespace {

using namespace weir;

struct Case {
  std::string sql, followed, plan, flink;
  std::vector<std::string> script, counters, errors, refused;
};

Case parse(const std::filesystem::path& path) {
  Case c;
  std::ifstream in(path);
  std::string part;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("--- "))
      part = line.substr(4);
    else if (part == "sql")
      c.sql += line + "\n";
    else if (part == "followed")
      c.followed += line + "\n";
    else if (part == "plan")
      c.plan += line + "\n";
    else if (part == "flink")
      c.flink += line + "\n";
    else if (part == "refused" && !line.empty())
      c.refused.push_back(line);
    else if (part == "script" && !line.empty())
      c.script.push_back(line);
    else if (part == "counters" && !line.empty())
      c.counters.push_back(line);
    else if (part == "error" && !line.empty())
      c.errors.push_back(line);
  }
  return c;
}

std::string said(const BoundResult& result, const std::string& sql) {
  std::string out;
  for (const Diagnostic& d : result.diagnostics) out += render(d, "case.sql", sql);
  return out;
}

// Splits "> 12 Stream rest" at its first three spaces.
std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> out;
  size_t at = 0;
  for (int i = 0; i < 3 && at < line.size(); ++i) {
    const size_t space = std::min(line.find(' ', at), line.size());
    out.push_back(line.substr(at, space - at));
    at = std::min(space + 1, line.size());
  }
  out.push_back(line.substr(at));
  out.resize(4);
  return out;
}

std::string bytesOf(std::string_view hex) {
  std::string out;
  for (size_t at = 0; at + 1 < hex.size(); at += hex[at] == ' ' ? 1 : 2) {
    if (hex[at] == ' ') continue;
    out += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return out;
}

std::string run(const Case& c, size_t batchRows, std::string& metrics) {
  BoundResult checked = checkScript(c.sql);
  std::ostringstream capture;
  const auto isProof = [](const std::string& line) {
    return line.starts_with("~ ") && line.find(" alive ") != std::string::npos;
  };
  CaptureWriter writer(capture, 0, {}, std::any_of(c.script.begin(), c.script.end(), isProof));
  std::vector<std::string> streams;
  for (const std::string& line : c.script) {
    const auto w = words(line);
    const Micros at = fromMillis(parseNumber<int64_t>(w[1]).value_or(0));
    if (w[0] == ">") writer.message(w[2], w[3], true, at);
    if (w[0] == "x>") writer.message(w[2], bytesOf(w[3]), false, at);
    if (w[0] == "@") writer.advance(at);
    const Micros since = fromMillis(parseNumber<int64_t>(w[3].substr(std::min(w[3].size(), size_t{6}))).value_or(0));
    if (w[0] == "~" && w[3].starts_with("alive "))
      writer.alive(w[2], at, since);
    else if (w[0] == "~" && w[3].starts_with("stall "))
      writer.stall(w[2], at, since);
    else if (w[0] == "~")
      writer.event(w[2], w[3] == "down" ? "close" : "open", at);
    if (w[0] == "<" && std::find(streams.begin(), streams.end(), w[2]) == streams.end()) streams.push_back(w[2]);
  }
  if (!checked.waiting.empty()) {
    std::istringstream ahead(capture.str());
    CaptureReader reader(ahead);
    const bool isRead = reader.readHeader().ok();
    checked = checkScript(
        c.sql, isRead ? inferFromPast(reader, checked.script, checked.waiting) : std::map<std::string, SchemaPtr>());
  }
  if (hasError(checked.diagnostics)) return said(checked, c.sql);
  if (streams.empty()) streams = checked.script.results();
  Pipeline pipeline(lowered(std::move(checked.script)), 0, 1);
  Feeder feeder(pipeline, batchRows);
  std::string out;
  RowPrinter printer(pipeline, streams, RowFormat::JsonLines, -1, [&](const std::string& rows) { out += rows; });
  std::istringstream in(capture.str());
  CaptureReader reader(in);
  if (!reader.readHeader()) return "bad header";
  for (const Diagnostic& d : playPast(reader, pipeline, feeder)) out += d.message + "\n";
  printer.flush();
  metrics = metricsJson(metricsOf(pipeline, feeder, {}));
  return out;
}

// Advice that is followed leads to a script that is accepted.
std::string followedVerdict(const Case& c, const BoundResult& refused) {
  const bool hasHint = std::any_of(refused.diagnostics.begin(), refused.diagnostics.end(),
                                   [](const Diagnostic& d) { return !d.hint.empty(); });
  if (hasHint && c.followed.empty())
    return "gives hints, but no '--- followed' shows them obeyed:\n" + said(refused, c.sql);
  const BoundResult followed = checkScript(c.followed);
  return hasError(followed.diagnostics) ? "obeying the hints is refused too:\n" + said(followed, c.followed) : "";
}

std::string planVerdict(const Case& c) {
  const BoundResult checked = checkScript(c.sql);
  if (hasError(checked.diagnostics)) return said(checked, c.sql);
  const std::string got = logical::text(checked.script);
  return got == c.plan ? "" : "want\n" + c.plan + "got\n" + got;
}

Result<flink::Deployment> deployed(const std::string& sql) {
  const BoundResult checked = checkScript(sql);
  if (hasError(checked.diagnostics)) return checked.diagnostics;
  return flink::deploymentOf(checked.script, {.brokers = "kafka:9092", .job = "case"});
}

std::string said(const Diagnostics& diagnostics, const std::string& sql) {
  std::string out;
  for (const Diagnostic& d : diagnostics) out += render(d, "case.sql", sql);
  return out;
}

std::string flinkVerdict(const Case& c) {
  const auto got = deployed(c.sql);
  if (!got) return said(got.diagnostics(), c.sql);
  std::string text = flink::printed(*got, "case.sql", c.sql);
  text.erase(0, text.find("\n\n") + 2);
  return text == c.flink ? "" : "want\n" + c.flink + "got\n" + text;
}

std::string refusedVerdict(const Case& c) {
  const auto got = deployed(c.sql);
  if (got) return "is translated:\n" + flink::printed(*got, "case.sql", c.sql);
  const std::string text = said(got.diagnostics(), c.sql);
  for (const std::string& wanted : c.refused)
    if (text.find(wanted) == std::string::npos) return "missing '" + wanted + "' in:\n" + text;
  if (c.followed.empty()) return "no '--- followed' shows the hints obeyed";
  const auto followed = deployed(c.followed);
  return followed ? "" : "obeying the hints is refused too:\n" + said(followed.diagnostics(), c.followed);
}

std::string verdict(const Case& c) {
  if (!c.flink.empty()) return flinkVerdict(c);
  if (!c.refused.empty()) return refusedVerdict(c);
  if (!c.plan.empty()) return planVerdict(c);
  if (!c.errors.empty()) {
    const BoundResult checked = checkScript(c.sql);
    const std::string text = said(checked, c.sql);
    for (const std::string& error : c.errors)
      if (error.starts_with("errors=")) {
        const auto isError = [](const Diagnostic& d) { return d.severity == Severity::Error; };
        const auto count = std::count_if(checked.diagnostics.begin(), checked.diagnostics.end(), isError);
        if (error.substr(7) != std::to_string(count)) return std::to_string(count) + " errors in:\n" + text;
      } else if (text.find(error) == std::string::npos)
        return "missing '" + error + "' in:\n" + text;
    return followedVerdict(c, checked);
  }
  std::string expected;
  for (const std::string& line : c.script) {
    const auto w = words(line);
    if (w[0] == "<") expected += "{\"stream\":\"" + w[2] + "\",\"at\":" + w[1] + ",\"row\":" + w[3] + "}\n";
  }
  for (const size_t rows : {size_t{1}, size_t{7}, size_t{2048}}) {
    std::string metrics;
    const std::string got = run(c, rows, metrics);
    if (got != expected) return "batches of " + std::to_string(rows) + "\nwant\n" + expected + "got\n" + got;
    for (const std::string& counter : c.counters) {
      const size_t equals = counter.find('=');
      const std::string wanted = "\"" + counter.substr(0, equals) + "\": " + counter.substr(equals + 1);
      const size_t at = metrics.find(wanted);
      const char after = at == std::string::npos ? 'x' : metrics[at + wanted.size()];
      if (after != ',' && after != '\n')
        return "batches of " + std::to_string(rows) + ": want " + counter + " in" + metrics;
    }
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool wantsHints = argc > 2 && std::string(argv[2]) == "--hints";
  int passed = 0;
  int failed = 0;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argc > 1 ? argv[1] : "."))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    if (wantsHints) {
      for (const Diagnostic& d : checkScript(parse(file).sql).diagnostics)
        std::cout << d.message << "\n" << d.hint << "\n";
      continue;
    }
    const std::string why = verdict(parse(file));
    if (why.empty()) {
      ++passed;
      continue;
    }
    ++failed;
    std::cout << "FAIL " << file.stem().string() << ": " << why << "\n";
  }
  if (wantsHints) return 0;
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed > 0 || passed == 0 ? 1 : 0;
}
