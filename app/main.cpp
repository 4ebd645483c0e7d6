// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/desktop.h"
#include "app/listen_address.h"
#include "core/base/reader_gone.h"
#include "core/telemetry/log.h"

namespace {

// What the demo's window has no use for: what its options say would be lost without a word.
std::string onlyHeadless(const CLI::App& demo) {
  for (const CLI::Option* option : demo.get_options())
    if (option->count() > 0) return option->get_name() + " needs --headless";
  return {};
}

int parseAndRun(int argc, char** argv) {
  using namespace weir;
  CLI::App app{"Weir: SQL over WebSocket feeds, watched live"};
  app.set_version_flag("--version", std::string("weir ") + WEIR_VERSION);
  app.set_help_all_flag("--help-all", "Print the help of every command");
  app.failure_message(CLI::FailureMessage::simple);

  RunSettings run;
  ExchangeSettings exchange;
  std::vector<std::string> files;
  std::string checkFormat = "text";
  std::string duration;
  bool headless = false;
  DesktopSettings desktop;
  app.add_option("FILE", desktop.files, "SQL files to open in the desktop");
  app.add_flag("--run", desktop.runFile, "Run the file at once");
  app.add_option("--screenshot", desktop.screenshot, "Run the file for a while, save a picture of the window and quit");
  app.add_option("--screenshot-after", desktop.screenshotAfter, "Seconds until the picture")
      ->default_val(8)
      ->check(CLI::Range(0, 3600));
  app.add_flag("--new-instance", desktop.newInstance, "Open a window of its own even when Weir runs already");
  app.add_option("--data-folder", desktop.dataFolder, "Keep texts, layout and history in this folder");
  app.add_option("--theme", desktop.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
  app.add_option("--size", desktop.size, "Window size, e.g. 1440x900")->check([](const std::string& text) {
    return windowSize(text) ? std::string() : "not WIDTHxHEIGHT, e.g. 1440x900: " + text;
  });

  const auto addFor = [&](CLI::App* command) {
    command->add_option("--for", duration, "End after this long, e.g. 60s or 5min")->check([](const std::string& text) {
      return seconds(text) ? std::string() : "not a duration from 0 to 24d, e.g. 500ms, 60s, 5min, 2h or 1d: " + text;
    });
  };
  const auto isAddress = [](const std::string& text) {
    return listenAddress(text) ? std::string()
                               : "not ADDRESS:PORT, e.g. 127.0.0.1:9464, localhost:9464 or [::1]:9464: " + text;
  };
  const auto isUrl = [](const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://")
               ? std::string()
               : "not http://HOST:PORT, e.g. http://127.0.0.1:8083: " + text;
  };
  const auto isFile = [](const std::string& text) {
    return text == "-" ? std::string("cannot be standard output: name a file") : std::string();
  };
  const auto addRows = [&](CLI::App* command) {
    command->add_option("-f,--format", run.format, "Form of the rows; table on a terminal, else jsonl")
        ->check(CLI::IsMember({"table", "jsonl", "csv"}));
    command->add_option("-o,--output", run.output, "Write the rows to this file, - for standard output");
    command->add_option("--stream", run.streams, "Print this stream; may be given several times")
        ->allow_extra_args(false);
    command->add_option("--limit", run.limit, "End after so many rows")->check([](const std::string& text) {
      return text.starts_with('-') || text.find_first_not_of('0') == std::string::npos ? "at least 1, found " + text
                                                                                       : std::string();
    });
    command->add_option("--metrics", run.metrics, "Write counters as JSON to this file at the end")->check(isFile);
    command->add_flag("--flush", run.flush, "Print open windows at the end, as provisional rows");
    command->add_flag("--strict", run.strict, "End with 1 when anything was dropped: late rows, repeats, bad messages");
  };
  const auto addHosts = [&](CLI::App* command) {
    command
        ->add_option("--allow-host", run.hosts,
                     "Another name by which clients may call what listens; may be given several times")
        ->allow_extra_args(false);
  };
  const auto addLog = [&](CLI::App* command) {
    command->add_option("--log-format", run.logFormat, "Form of the log on standard error")
        ->check(CLI::IsMember({"text", "json"}));
    command
        ->add_option("--log-level", run.logLevel,
                     "debug, info, warning, error or off; by category too: warning,connection=debug")
        ->check([](const std::string& text) {
          std::string why;
          return LogFilter::parse(text, &why) ? std::string() : why;
        });
  };
  const auto addTelling = [&](CLI::App* command) {
    command
        ->add_option("--metrics-listen", run.metricsListen,
                     "Answer GET /metrics at ADDRESS:PORT in Prometheus' text format")
        ->check(isAddress);
    addHosts(command);
    addLog(command);
    command->add_flag("--no-progress", run.noProgress, "No line of rates and states on a terminal");
  };
  CLI::App* runApp = app.add_subcommand("run", "Run a pipeline without a window");
  runApp->add_option("FILE", run.file, "SQL file, or - for standard input")->required();
  addRows(runApp);
  addFor(runApp);
  runApp->add_flag("--no-sinks", run.noSinks, "Connect no sinks");
  runApp->add_option("--record", run.record, "Record what the sources receive")->check(isFile);
  addTelling(runApp);

  CLI::App* replayApp = app.add_subcommand("replay", "Run a pipeline over a capture, on a virtual clock");
  replayApp->add_option("CAPTURE", run.capture, "Capture file, or - for standard input")->required();
  replayApp->add_option("FILE", run.file, "SQL file, or - for standard input; not needed with --serve");
  replayApp->add_flag("--sinks", run.sinks, "Send to the sinks too");
  replayApp->add_option("--serve", run.serve, "Play the capture to WebSocket clients at ADDRESS:PORT instead")
      ->check(isAddress);
  addHosts(replayApp);
  replayApp->add_option("--speed", run.speed, "max, or times the original speed")
      ->check(CLI::IsMember({"max", "1", "10"}));
  addRows(replayApp);
  addLog(replayApp);

  CLI::App* recordApp = app.add_subcommand("record", "Record raw messages into a capture");
  recordApp->add_option("SOURCE", run.file, "URL, SQL file, or - for SQL from standard input")->required();
  recordApp->add_option("-o,--output", run.output, "Capture file, - for standard output")->required();
  addFor(recordApp);
  addTelling(recordApp);

  CLI::App* checkApp = app.add_subcommand("check", "Check SQL files");
  checkApp->add_option("FILE", files, "SQL files, or - for standard input")->required();
  checkApp->add_option("--format", checkFormat, "text or json")->check(CLI::IsMember({"text", "json"}));
  CLI::App* explainApp = app.add_subcommand("explain", "Tell what a pipeline does");
  explainApp->add_option("FILE", run.file, "SQL file, or - for standard input")->required();

  CLI::App* formatApp = app.add_subcommand("fmt", "Lay SQL files out, in place");
  bool formatCheck = false;
  formatApp->add_option("FILE", files, "SQL files, or - for standard input to standard output")->required();
  formatApp->add_flag("--check", formatCheck,
                      "Change nothing; name the files that would change and fail if there are any");
  CLI::App* referenceApp = app.add_subcommand("reference", "Print a reference page as Markdown");
  std::string page;
  referenceApp->add_option("PAGE", page, "functions or options")
      ->required()
      ->check(CLI::IsMember({"functions", "options"}));

  TapSettings tap;
  CLI::App* tapApp = app.add_subcommand("tap", "Print a connection's messages");
  tapApp->add_option("URL", tap.url, "ws://, wss://, or kafka://HOST:PORT/TOPIC")->required();
  tapApp->add_option("-H,--header", tap.headers, "Request header, 'Name: value'; may be given several times")
      ->allow_extra_args(false);
  tapApp->add_option("-x,--send", tap.messages, "Text sent after the handshake; may be given several times")
      ->allow_extra_args(false);
  tapApp->add_option("-s,--subprotocol", tap.subprotocol, "Subprotocol to offer");
  tapApp->add_option("--ca", tap.caFile, "Certificate authority to trust, PEM");
  tapApp->add_flag("-k,--insecure", tap.insecure, "Do not verify the server's certificate");
  tapApp->add_option("--transport", tap.transport, "What carries messages: qt or direct, as websocket.transport")
      ->check(CLI::IsMember({"qt", "direct"}));
  addFor(tapApp);
  std::string edgeKafka;
  std::string edgePrefix = "weir";
  std::vector<std::string> edgeOptions;
  CLI::App* edgeApp = app.add_subcommand("edge", "Publish the rows of a pipeline's sources to Kafka");
  edgeApp->add_option("FILE", run.file, "SQL file, or - for standard input")->required();
  edgeApp->add_option("--kafka", edgeKafka, "Kafka's brokers, HOST:PORT, several with commas between")->required();
  edgeApp->add_option("--prefix", edgePrefix, "Of the topics, PREFIX.STREAM")->capture_default_str();
  edgeApp
      ->add_option("--kafka-option", edgeOptions,
                   "kafka.NAME=VALUE, as a sink's WITH would have it; may be given several times")
      ->allow_extra_args(false);
  edgeApp->add_option("--metrics", run.metrics, "Write counters as JSON to this file at the end")->check(isFile);
  edgeApp->add_flag("--strict", run.strict, "End with 1 when anything was dropped: repeats, bad messages");
  addFor(edgeApp);
  addTelling(edgeApp);
  DeploySettings deploy;
  CLI::App* deployApp = app.add_subcommand("deploy", "Run a pipeline's queries on Flink, from and to Kafka");
  deployApp->add_option("FILE", deploy.file, "SQL file, or - for standard input")->required();
  deployApp->add_option("--flink", deploy.gateway, "Flink's SQL gateway, e.g. http://127.0.0.1:8083")->check(isUrl);
  deployApp->add_option("--jobs", deploy.jobs, "Flink's JobManager, where the gateway does not say it")->check(isUrl);
  deployApp->add_option("--kafka", deploy.kafka, "Kafka's brokers, HOST:PORT, several with commas between")->required();
  deployApp->add_option("--prefix", deploy.prefix, "Of the topics, PREFIX.STREAM")->capture_default_str();
  deployApp->add_option("--parallelism", deploy.parallelism, "Tasks side by side")->check(CLI::Range(1, 10000));
  deployApp->add_flag("--exactly-once", deploy.exactlyOnce, "Publish results in transactions");
  deployApp->add_option("--from", deploy.savepoint, "Go on from this savepoint");
  deployApp->add_flag("--dry-run", deploy.dryRun, "Print the Flink SQL and start nothing");
  JobSettings job;
  const auto addJob = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("--flink", job.flink, "Flink's JobManager")->capture_default_str()->check(isUrl);
    return command;
  };
  const auto addOneJob = [&](const char* name, const char* help) {
    CLI::App* command = addJob(name, help);
    command->add_option("JOB", job.job, "Its id, the beginning of it, or its name")->required();
    return command;
  };
  CLI::App* jobsApp = addJob("jobs", "List the jobs on Flink");
  CLI::App* stopApp = addOneJob("stop", "Stop a job on Flink; prints the savepoint to go on from");
  CLI::App* cancelApp = addOneJob("cancel", "End a job on Flink at once");
  CLI::App* savepointApp = addOneJob("savepoint", "Keep a job's state, and let it run; prints the savepoint");
  for (CLI::App* command : {stopApp, savepointApp})
    command->add_option("--savepoint", job.savepoint, "Folder for the savepoint, as Flink's machines see it");
  CLI::App* secretApp =
      app.add_subcommand("secret", "Store what standard input says in the keychain, for ${secret:NAME}");
  std::string secretName;
  bool secretRemove = false;
  secretApp->add_option("NAME", secretName, "Its name")->required();
  secretApp->add_flag("--remove", secretRemove, "Take it away instead");

  CLI::App* demoApp = app.add_subcommand("demo", "The demo pipeline on the built-in exchange");
  demoApp->add_flag("--headless", headless, "Without a window: rows on standard output");
  addRows(demoApp);
  addFor(demoApp);
  addTelling(demoApp);

  CLI::App* exchangeApp = app.add_subcommand("exchange", "The demo exchange alone; prints its URL first");
  exchangeApp->add_option("--port", exchange.port, "Port; a free one near 41733 when left out")
      ->check(CLI::Range(1, 65535));
  exchangeApp->add_option("--rate", exchange.rate, "Trades per second and symbol")->check(CLI::Range(0.0, 1e6));
  exchangeApp->add_option("--seed", exchange.seed, "Seed of the prices");
  exchangeApp->add_option("--symbols", exchange.symbols, "Symbols, e.g. BTCUSDT,ETHUSDT");
  exchangeApp->add_option("--fault", exchange.faults,
                          "drop@15s/5s, silence@..., refuse@..., 401@..., close:1001@..., garbage@...");
  addFor(exchangeApp);

  app.require_subcommand(0, 1);
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  const auto refuse = [](const std::string& why) {
    if (!why.empty()) std::cerr << "weir: " << why << "\n";
    return !why.empty();
  };
  // Before its options are taken for wrong ones.
  const std::string first = argc > 1 ? argv[1] : "";
  if (std::find(commands.begin(), commands.end(), first) == commands.end() && refuse(mistypedCommand(first, commands)))
    return kExitUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (!duration.empty()) run.forSeconds = exchange.forSeconds = tap.forSeconds = *seconds(duration);
  if (run.output == "-") run.output = *recordApp ? "/dev/stdout" : "";
  if (refuse(fileClash(run))) return kExitUsage;
  if (*demoApp && !headless && refuse(onlyHeadless(*demoApp))) return kExitUsage;
  for (const std::string& file : desktop.files)
    if (refuse(mistypedCommand(file, commands))) return kExitUsage;
  if (*runApp) return runCommand(run, argc, argv);
  if (*replayApp && !run.serve.empty()) return serveCommand(run, argc, argv);
  if (*replayApp && run.file.empty()) {
    std::cerr << "weir: replay needs a SQL file, or --serve ADDRESS:PORT\n";
    return kExitUsage;
  }
  if (*replayApp && run.capture == "-" && run.file == "-") {
    std::cerr << "weir: the capture and the SQL file cannot both come from standard input\n";
    return kExitUsage;
  }
  if (*replayApp) return replayCommand(run, argc, argv);
  if (*tapApp) return tapCommand(tap, argc, argv);
  if (*edgeApp) return edgeCommand(run, edgeKafka, edgePrefix, edgeOptions, argc, argv);
  if (*deployApp && !deploy.dryRun && deploy.gateway.empty()) {
    std::cerr << "weir: deploy needs --flink URL, or --dry-run\n";
    return kExitUsage;
  }
  if (*deployApp) return deployCommand(deploy, argc, argv);
  if (*jobsApp) return jobsCommand(job, argc, argv);
  if (*stopApp) return stopCommand(job, argc, argv);
  if (*cancelApp) return cancelCommand(job, argc, argv);
  if (*savepointApp) return savepointCommand(job, argc, argv);
  if (*secretApp) return secretCommand(secretName, secretRemove, argc, argv);
  if (*recordApp) return recordCommand(run, argc, argv);
  if (*checkApp) return checkCommand(files, checkFormat == "json");
  if (*explainApp) return explainCommand(run.file);
  if (*formatApp) return formatCommand(files, formatCheck);
  if (*referenceApp) return referenceCommand(page);
  if (*exchangeApp) return exchangeCommand(exchange, argc, argv);
  if (*demoApp && headless) return demoCommand(run, argc, argv);
  desktop.runDemo = static_cast<bool>(*demoApp);
  return desktopMain(desktop, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    // Writing to a pipe that nobody reads fails, and the commands end as they see fit.
    std::signal(SIGPIPE, SIG_IGN);
    const int code = parseAndRun(argc, argv);
    if (std::cout.flush() || weir::readerHasGone(STDOUT_FILENO)) return code;
    std::cerr << "weir: cannot write to standard output: it is full or closed\n";
    return weir::kExitFailure;
  } catch (const std::exception& error) {
    std::cerr << "weir: " << error.what() << "\n";
    return weir::kExitFailure;
  }
}
