// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// Exit codes of the command line.
enum Exit {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  kExitSourceEnded = 3,
  kExitSinkFailed = 4,
  kExitCannotListen = 5,
  kExitInterrupted = 130
};

/// What the commands that run a script have in common.
struct RunSettings {
  std::string file;
  std::string capture;
  std::string format;  ///< table, jsonl, csv; empty: table on a terminal, else jsonl
  std::string output;
  std::vector<std::string> streams;
  int64_t limit = -1;
  double forSeconds = -1;
  bool noSinks = false;
  bool flush = false;
  bool strict = false;
  std::string record;
  std::string metrics;
  std::string metricsListen;       ///< ADDRESS:PORT
  std::vector<std::string> hosts;  ///< further names of what listens
  std::string logFormat = "text";
  std::string logLevel = "info";
  bool noProgress = false;
  std::string speed = "max";
  bool sinks = false;
  std::string serve;  ///< ADDRESS:PORT
};

/// How the demo exchange behaves, for `exchange`.
struct ExchangeSettings {
  int port = 0;
  double rate = 10;
  uint64_t seed = 1;
  std::string symbols = "BTCUSDT,ETHUSDT,SOLUSDT";
  std::string faults;
  double forSeconds = -1;
};

/// Prints what is wrong with each file; one JSON list for an editor.
int checkCommand(const std::vector<std::string>& files, bool asJson);
/// Prints what each query of a file does.
int explainCommand(const std::string& file);
/// Lays files out in place, or with `checkOnly` says which ones would change; "-" goes to standard output.
int formatCommand(const std::vector<std::string>& files, bool checkOnly);
/// Publishes the rows of a file's sources to Kafka.
int edgeCommand(const RunSettings& settings, const std::string& kafka, const std::string& prefix,
                const std::vector<std::string>& options, int argc, char** argv);
/// Where `deploy` puts a script, and how.
struct DeploySettings {
  std::string file;
  std::string gateway;  ///< the SQL gateway's URL
  std::string jobs;     ///< the JobManager's, where the gateway does not say it
  std::string kafka;
  std::string prefix = "weir";
  int parallelism = 1;
  bool exactlyOnce = false;
  std::string savepoint;
  bool dryRun = false;
};
/// Translates a file into Flink SQL and starts it as a job, or prints it with `dryRun`.
int deployCommand(const DeploySettings& settings, int argc, char** argv);
/// What to do about jobs on Flink.
struct JobSettings {
  std::string flink = "http://127.0.0.1:8081";  ///< the JobManager's URL
  std::string job;                              ///< its id, the beginning of it, or its name
  std::string savepoint;                        ///< a folder
};
int jobsCommand(const JobSettings& settings, int argc, char** argv);
int stopCommand(const JobSettings& settings, int argc, char** argv);
int cancelCommand(const JobSettings& settings, int argc, char** argv);
int savepointCommand(const JobSettings& settings, int argc, char** argv);
/// Whom `tap` calls, and with what.
struct TapSettings {
  std::string url;
  std::vector<std::string> headers, messages;
  std::string subprotocol, caFile;
  bool insecure = false;
  std::string transport = "qt";
  double forSeconds = -1;
};
/// Prints a connection's messages as they come, one a line; binary ones as base64.
int tapCommand(const TapSettings& settings, int argc, char** argv);
/// Puts what standard input says into the keychain.
int secretCommand(const std::string& name, bool remove, int argc, char** argv);
/// Plays a capture to WebSocket clients.
int serveCommand(const RunSettings& settings, int argc, char** argv);
/// Prints a reference page: functions or options.
int referenceCommand(const std::string& page);
/// Runs a file over a capture, on a virtual clock.
int replayCommand(const RunSettings& settings, int argc, char** argv);
/// Runs a file on live feeds until time, limit, signal or the end of its sources.
int runCommand(const RunSettings& settings, int argc, char** argv);
/// Writes what a URL or a file's sources send into a capture.
int recordCommand(const RunSettings& settings, int argc, char** argv);
/// Runs the demo pipeline on an exchange of its own, rows to standard output.
int demoCommand(const RunSettings& settings, int argc, char** argv);
/// Runs the demo exchange alone; its URL is the first line.
int exchangeCommand(const ExchangeSettings& settings, int argc, char** argv);

/// Reads a file, or standard input for "-", and no more than a script may have. Says why on stderr when it cannot, or
/// when it is a capture.
bool readText(const std::string& file, std::string& text);

}  // namespace weir
