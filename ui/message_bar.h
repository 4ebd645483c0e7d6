// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

#include "ui/theme.h"

class QLabel;
class QToolButton;

namespace weir {

/// One line under the file tabs, never a box in the way. The same text again is counted, not repeated.
class MessageBar final : public QWidget {
  Q_OBJECT
 public:
  explicit MessageBar(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) { m_theme = &theme; }
  /// `action` names a button that calls `act`.
  void show(const QString& text, bool isError, const QString& action = {}, std::function<void()> act = {});

 private:
  const Theme* m_theme;
  QLabel* m_label;
  QToolButton* m_action;
  QString m_text;
  int m_times = 0;
  std::function<void()> m_act;
};

}  // namespace weir
