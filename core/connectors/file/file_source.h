// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "core/connectors/connector.h"

namespace weir {

/// Brings a source's files into a run on the real clock, beside live feeds: as fast as they are read, or at their pace.
class FileSource final : public QObject, public Source {
  Q_OBJECT
public:
  FileSource(const EndpointSetup& setup, const logical::Stream& stream);
  ~FileSource() override { m_clock.cancel(m_timer); }

  void start() override;
  void stop() override;
  void fail(const QString& why, const QString& hint) override;
  void reconnect() override { start(); }
  /// What was not read yet is not silence.
  void ask() override {}
  void decoded() override;
  void rowPassed(bool) override { m_hasPassedRow = true; }
  bool hasPassedRow() const override { return m_hasPassedRow; }
  ConnectionState state() const override { return m_state; }
  Micros since() const override { return m_since; }
  bool isFinished() const override { return m_isFinished; }
  ConnectionHealth health() const override;
  QString shown(const QString& said) const override { return said; }
  void watchFrames(FrameWatch watch) override { m_watch = std::move(watch); }

private:
  void goOn();
  void readSome();
  void enter(ConnectionState state);

  QString m_name;
  QString m_path;
  Clock& m_clock;
  logical::Stream m_stream;
  Options m_options;
  double m_pace = 0;  ///< 0 is as fast as it can be read
  std::unique_ptr<Past> m_past;
  std::optional<FeedEvent> m_next;
  std::optional<Micros> m_firstAt;
  Micros m_started = 0;
  TimerId m_timer = TimerId::None;
  FrameWatch m_watch;
  ConnectionState m_state = ConnectionState::Idle;
  Micros m_since = 0;
  bool m_isFinished = false;
  bool m_hasPassedRow = false;
  uint64_t m_messages = 0;
  uint64_t m_bytes = 0;
  Micros m_lastMessage = 0;
  QString m_error;
  QString m_hint;
  uint64_t m_errors = 0;
};

}  // namespace weir
