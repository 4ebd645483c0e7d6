// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <deque>

#include "core/session/frame_log.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTreeWidget;

namespace weir {

/// Raw messages of all connections, in and out, as text, JSON or hex. Keeps the last 2,000; takes them only while it
/// is seen.
class FramesPanel final : public QWidget {
  Q_OBJECT
 public:
  explicit FramesPanel(QWidget* parent = nullptr);
  void add(std::vector<Frame> frames, uint64_t skipped);
  /// Of the frames from now on.
  void setLocalTime(bool local);

 signals:
  void watching(bool on);
  void message(const QString& text, bool isError);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  static constexpr int kMostFrames = 2000;
  QString shown(const Frame& frame) const;
  void showCurrent();
  void save();
  QTreeWidget* m_list;
  QPlainTextEdit* m_text;
  QComboBox* m_view;
  QLineEdit* m_filter;
  QLabel* m_info;
  bool m_paused = false;
  bool m_localTime = false;
  std::deque<Frame> m_frames;  ///< newest first, as the list has them
};

}  // namespace weir
