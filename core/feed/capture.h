// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <istream>
#include <map>
#include <optional>
#include <ostream>
#include <string>

#include "core/base/result.h"
#include "core/feed/past.h"

namespace weir {

/// Reads a capture: JSON Lines behind a header, arrival order. A wrong line is an error that names it.
class CaptureReader final : public Past {
public:
  explicit CaptureReader(std::istream& in) : m_in(in) {}
  /// Returns when the capture started.
  Result<Micros> readHeader();
  /// Returns nothing at the end.
  Result<std::optional<FeedEvent>> next() override;
  /// The header says that silence is proven by lines of its own; otherwise it counts as proven.
  bool provesSilence() const override { return m_provesSilence; }
  std::string place() const override { return "capture line " + std::to_string(m_line); }
  bool endsInTheMiddle() const override;

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
  /// What was said to a feed, without secrets; a replay passes it over.
  void said(const std::string& stream, std::string_view shown, bool isText, Micros at);
  void event(const std::string& stream, std::string_view event, Micros at);
  /// A feed has answered what it was asked at `asked`: up to then nothing else was sent.
  void alive(const std::string& stream, Micros at, Micros asked);
  /// The program did not read from `since` to `at`.
  void stall(const std::string& stream, Micros at, Micros since);
  /// The clock's last reading, so that windows closed by timer close in the replay too.
  void advance(Micros at);

private:
  void payloadLine(const std::string& stream, std::string_view mark, std::string_view payload, bool isText, Micros at);
  void eventSince(const std::string& stream, std::string_view event, Micros at, Micros since);
  std::ostream& m_out;
};

}  // namespace weir
