// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: that of its clock.
#pragma once

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/feed/capture.h"

namespace weir {

/// Writes a capture into a file while a run goes on. What is killed loses half a second of it. A full disk ends the
/// recording, not the run: a recording with a hole in it would be none.
class Recorder {
public:
  /// Makes the file, for its owner alone.
  static Result<std::unique_ptr<Recorder>> open(const std::string& file, Clock& clock);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Called once when no more can be written: `isFailure` but where whoever reads standard output has seen enough.
  std::function<void(bool isFailure)> onEnded;
  void begin(Micros started, const std::map<std::string, std::string>& sources);
  /// nullptr before it has begun, and once it has ended.
  CaptureWriter* writer() { return m_writer ? &*m_writer : nullptr; }
  /// Something may have been written: sees to it that it comes to the disk, and that it could be written.
  void look();
  void finish(Micros now);
  const std::string& file() const { return m_file; }

private:
  Recorder(const std::string& file, Clock& clock);
  void check();
  void flushSoon();

  std::string m_file;
  Clock& m_clock;
  std::ofstream m_stream;
  std::optional<CaptureWriter> m_writer;
  TimerId m_flush = TimerId::None;
  std::streamoff m_flushedTo = 0;
};

}  // namespace weir
