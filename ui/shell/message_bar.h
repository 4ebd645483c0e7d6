// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "core/telemetry/log.h"
#include "ui/widgets/theme.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace weir {

class MessageLabel;
class MessageMark;

/// One line under the file tabs, never a box in the way. What does not fit is elided and shown behind "Details"; the
/// same text again is counted, not repeated.
class MessageBar final : public QWidget {
  Q_OBJECT
public:
  /// A button that a message brings along; the bar closes with it.
  struct Offer {
    QString text;
    std::function<void()> act;
  };
  explicit MessageBar(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void show(const QString& text, LogLevel level, const std::vector<Offer>& offers);
  void show(const QString& text, LogLevel level, const QString& action = {}, std::function<void()> act = {});

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  void showDetails(bool on);
  void updateDetails();

  const Theme* m_theme;
  MessageMark* m_mark;
  MessageLabel* m_label;
  QLabel* m_count;
  QHBoxLayout* m_offers;
  QToolButton* m_details;
  QToolButton* m_close;
  LogLevel m_level = LogLevel::Info;
  int m_times = 0;
};

}  // namespace weir
