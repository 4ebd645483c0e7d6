// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "core/connectors/connector.h"
#include "core/feed/table_reader.h"

namespace weir {

/// Brings a table's content, whole: at the start before it returns, and again whenever it has become another one. What
/// cannot be read leaves the table as it was.
class TableSource final : public QObject, public Source {
  Q_OBJECT
public:
  TableSource(const EndpointSetup& setup, const logical::Stream& table);
  ~TableSource() override { m_clock.cancel(m_watch); }

  void start() override;
  void stop() override;
  void fail(const QString& why, const QString& hint) override;
  void reconnect() override { start(); }
  void ask() override {}
  void decoded() override {}
  void rowPassed(bool) override { m_hasPassedRow = true; }
  bool hasPassedRow() const override { return m_hasPassedRow; }
  ConnectionState state() const override { return m_state; }
  Micros since() const override { return m_since; }
  bool isFinished() const override { return m_isLoaded; }
  ConnectionHealth health() const override;
  QString shown(const QString& said) const override { return said; }
  void watchFrames(FrameWatch watch) override { m_frames = std::move(watch); }

private:
  bool open();
  void watch();
  void look();
  /// Reads and brings at most so many records; returns whether that was all.
  bool goOn(size_t records);
  /// The same by slices, so that live feeds have their turn in between.
  void goOnBySlices();
  bool bring(size_t records);
  void keepAsItWas(const Diagnostic& why);
  void enter(ConnectionState state);

  QString m_name;
  QString m_address;
  Clock& m_clock;
  logical::Stream m_table;
  Options m_options;
  std::string m_stamp;                  ///< of the content that was read last, whether or not it could be
  std::string m_seen;                   ///< when it was last looked at: a file that is being written is left alone
  std::optional<TableReader> m_reader;  ///< of a content that is not read to its end
  std::vector<std::string> m_records;   ///< one that is
  size_t m_brought = 0;                 ///< of them
  TimerId m_watch = TimerId::None;
  FrameWatch m_frames;
  ConnectionState m_state = ConnectionState::Idle;
  Micros m_since = 0;
  bool m_isLoaded = false;
  bool m_isUnderWay = false;  ///< a content is being read or brought
  bool m_hasPassedRow = false;
  uint64_t m_messages = 0;
  uint64_t m_bytes = 0;
  Micros m_loadedAt = 0;
  QString m_error;
  QString m_hint;
  uint64_t m_errors = 0;
};

}  // namespace weir
