// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bind/binder.h"
#include "core/feed/capture_input.h"
#include "core/session/live_run.h"
#include "core/session/past_run.h"

namespace weir {

class SourceInference;

/// What a run needs of the world beside its text.
struct World {
  std::shared_ptr<QtClock> clock = std::make_shared<QtClock>();
  SecretLookup secrets = lookUpSecret;
};

/// A script, and how it is to run.
struct RunRequest {
  std::string text;
  bool sinks = true;
  QString recordFile;   ///< empty: nothing is recorded
  std::string capture;  ///< played instead of connecting; empty: none
  double pace = 0;      ///< of a past; 0 is as fast as it can be read
  size_t batchRows = 2048;
  /// Streams without a query are enough: their messages are recorded.
  bool onlyRecords = false;
  /// Whether a script that could run is to: asked before anything outside is touched. Empty: yes.
  std::function<bool(const logical::Plan& script)> accept;
  /// What is made of a checked script before it runs, or what is wrong with that. Empty: it runs as it is.
  std::function<Diagnostics(logical::Plan& script)> rewrite;
};

/// What came of a request: a run that has not started, or what is wrong with it.
struct RunOutcome {
  std::shared_ptr<Run> run;
  /// Also of a script that runs: warnings.
  Diagnostics diagnostics;
  /// There is no run, because a source ended by itself while its columns were learnt.
  bool sourceEnded = false;
  /// There is no run, because it was not accepted.
  bool isDeclined = false;
};

/// Brings a text to a run: checks it, learns the columns that it leaves open, looks secrets and files up, and makes the
/// run. The one road of window, command line and replay.
class Runner final : public QObject {
  Q_OBJECT
public:
  explicit Runner(World world, QObject* parent = nullptr);
  ~Runner() override;

  /// What happens while columns are learnt.
  std::function<void(const LogEntry& entry)> onEvent;
  /// Columns of so many sources are to be learnt from their first messages.
  std::function<void(size_t sources)> onLearning;

  /// Calls `done` once, at once where nothing has to be waited for. `previous` is a run of which connections and
  /// windows are taken over where they can be; it is asked for when the run is made, and may answer nullptr.
  void make(RunRequest request, std::function<std::shared_ptr<Run>()> previous, std::function<void(RunOutcome)> done);

  /// Gives up what waits for columns; its `done` is not called.
  void cancel();

private:
  struct Pending;
  void learnLive(const std::shared_ptr<Pending>& pending, const BoundResult& checked);
  void finish(const std::shared_ptr<Pending>& pending, BoundResult checked, OpenedFeeds* opened = nullptr);
  /// The past that the script's sources are, or the capture that is played; nullptr for a script on live feeds.
  Result<std::unique_ptr<Past>> openPast(Pending& pending, const logical::Plan& script);
  Result<std::unique_ptr<Past>> openCapture(Pending& pending);
  Result<std::unique_ptr<Past>> openFiles(Pending& pending, const logical::Plan& script);

  World m_world;
  std::unique_ptr<SourceInference> m_inference;
};

}  // namespace weir
