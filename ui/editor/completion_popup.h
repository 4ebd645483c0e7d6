// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <vector>

#include "core/session/language_service.h"
#include "ui/widgets/theme.h"

class QLabel;
class QListWidget;

namespace weir {

/// The list beneath the caret: what could be written, its type or signature at the right, its help beneath. The
/// editor keeps the keyboard focus and hands on the keys that are meant for the list.
class CompletionPopup final : public QFrame {
  Q_OBJECT
public:
  explicit CompletionPopup(QWidget* editor);
  void setTheme(const Theme& theme);
  void offer(std::vector<Completion> completions, const QPoint& below);
  /// Takes arrows, page keys, Tab, Enter and Escape. Returns whether the key was for the list.
  bool handleKey(int key);

signals:
  void chosen(const weir::Completion& completion);

private:
  void choose();
  void showHelp(int row);

  const Theme* m_theme;
  QListWidget* m_list;
  QLabel* m_help;
  std::vector<Completion> m_completions;
};

}  // namespace weir
