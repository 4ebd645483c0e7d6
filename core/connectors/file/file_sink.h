// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/connectors/connector.h"
#include "core/connectors/file/options/file_rotation.h"
#include "core/formats/format_list.h"

namespace weir {

/// Appends rows to a file, a line each. A line is there whole or not at all: what a full disk cut off is taken back,
/// and its rows have failed.
class FileSink final : public Sink {
public:
  FileSink(const EndpointSetup& setup, const logical::Stream& stream);
  ~FileSink() override;

  void start() override;
  void publish(const Batch& batch) override;
  void stop() override;
  void reconnect() override;
  bool drained() const override { return true; }
  bool endedAtStart() const override { return hasEnded() && !m_wasOpen; }
  ConnectionState state() const override { return m_state; }
  SinkCounters counters() const override { return m_counters; }
  ConnectionHealth health() const override;
  QString shown(const QString& said) const override { return said; }
  void watchFrames(FrameWatch watch) override { m_watch = std::move(watch); }

private:
  bool open();
  void close();
  bool append(const std::string& lines, uint64_t rows);
  void failRows(uint64_t rows);
  bool rotate();
  void enter(ConnectionState state);
  void setError(const std::string& why);
  bool isStandardOutput() const { return m_path == "-"; }

  QString m_name;
  QString m_shownPath;
  std::string m_path;
  Clock& m_clock;
  SchemaPtr m_schema;
  std::unique_ptr<Encoder> m_encoder;
  bool m_hasHeading = false;
  char m_delimiter = ',';
  std::optional<FileRotation> m_rotation;
  int m_file = -1;
  bool m_isRegular = false;
  int64_t m_size = 0;
  int64_t m_day = 0;  ///< of the newest line, in days since 1970 UTC
  FrameWatch m_watch;
  ConnectionState m_state = ConnectionState::Idle;
  Micros m_since = 0;
  bool m_wasOpen = false;
  SinkCounters m_counters;
  uint64_t m_bytes = 0;
  QString m_error;
  QString m_reported;  ///< why rows failed, so that it is said once
  QString m_hint;
  uint64_t m_errors = 0;
};

}  // namespace weir
