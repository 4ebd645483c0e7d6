// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "core/telemetry/log.h"
#include "ui/health/frames_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTableView;

namespace weir {

/// Raw messages of all connections, in and out, as text, JSON or hex, by connection, direction and what is in them.
/// Keeps the last 2,000. Ping, pong and close frames never come this far.
class FramesPanel final : public QWidget {
  Q_OBJECT
public:
  explicit FramesPanel(QWidget* parent = nullptr);
  void add(std::vector<Frame> frames, uint64_t skipped);
  void setLocalTime(bool local) { m_model->setLocalTime(local); }
  /// The messages that are seen, oldest first, a line each.
  QByteArray asText() const;

signals:
  void message(const QString& text, LogLevel level);

private:
  QString shown(const Frame& frame) const;
  void showCurrent();
  void showInfo();
  void save();
  FramesModel* m_model;
  FramesFilter* m_filtered;
  QTableView* m_list;
  QPlainTextEdit* m_text;
  QComboBox* m_view;
  QComboBox* m_connection;
  QComboBox* m_way;
  QLineEdit* m_filter;
  QLabel* m_info;
  uint64_t m_skipped = 0;
  bool m_paused = false;
};

}  // namespace weir
