// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <istream>
#include <map>
#include <optional>
#include <ostream>
#include <string>

#include "core/base/result.h"
#include "core/connectors/intake.h"

namespace weir {

/// One line of a capture behind its header.
struct CaptureLine {
  Micros at = 0;
  std::string stream;
  enum class Kind { Message, Open, Close, Error, Alive, Stall, Advance } kind = Kind::Message;
  std::string payload;
  /// Of Alive, when the feed was asked; of Stall, when the program last read.
  Micros since = 0;
  bool isText = false;  ///< a text frame; else its bytes stood as base64
};

/// Reads a capture: JSON Lines behind a header, arrival order. A wrong line is an error that names it.
class CaptureReader {
public:
  explicit CaptureReader(std::istream& in) : m_in(in) {}
  /// Returns when the capture started.
  Result<Micros> readHeader();
  /// Returns nothing at the end.
  Result<std::optional<CaptureLine>> next();
  size_t lineNumber() const { return m_line; }
  /// The header says that silence is proven by lines of its own; otherwise it counts as proven.
  bool provesSilence() const { return m_provesSilence; }
  /// Whether the line that could not be read is the last one, and lacks but its rest: its writer was killed.
  bool endsInTheMiddle() const;

private:
  Diagnostic wrong(std::string what) const;
  bool readLine();
  std::istream& m_in;
  std::string m_buffer;
  bool m_isLineWhole = false;  ///< it had an end
  size_t m_line = 0;
  Micros m_last = 0;
  bool m_provesSilence = false;
};

/// Writes a capture, a line at a time.
class CaptureWriter {
public:
  CaptureWriter(std::ostream& out, Micros started, const std::map<std::string, std::string>& sources,
                bool provesSilence = false);
  void message(const std::string& stream, std::string_view payload, bool isText, Micros at);
  void event(const std::string& stream, std::string_view event, Micros at);
  /// A feed has answered what it was asked at `asked`: up to then nothing else was sent.
  void alive(const std::string& stream, Micros at, Micros asked);
  /// The program did not read from `since` to `at`.
  void stall(const std::string& stream, Micros at, Micros since);
  /// The clock's last reading, so that windows closed by timer close in the replay too.
  void advance(Micros at);

private:
  void eventSince(const std::string& stream, std::string_view event, Micros at, Micros since);
  std::ostream& m_out;
};

/// Learns the columns of the streams in `waiting`, whose script declares them with `...`, from their first events.
std::map<std::string, SchemaPtr> inferFromCapture(std::istream& capture, const logical::Plan& script,
                                                  const std::vector<std::string>& waiting);

/// Feeds a capture to a pipeline on the virtual clock. `wait` is called before each line with its instant, for replays
/// at real speed; it returns false to stop.
Diagnostics replayCapture(CaptureReader& reader, Pipeline& pipeline, Feeder& feeder,
                          const std::function<bool(Micros)>& wait);

}  // namespace weir
