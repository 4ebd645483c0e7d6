// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;
class QLabel;
class QToolButton;

namespace weir {

struct Theme;

/// The line above a dock: its name, what it is about, and buttons that detach and close it. Folded it takes no room,
/// for docks whose tab says their name already.
class DockTitle final : public QWidget {
  Q_OBJECT
public:
  DockTitle(const Theme& theme, QDockWidget* dock);
  void setTheme(const Theme& theme);
  void setFolded(bool folded);
  bool isFolded() const { return m_folded; }
  QLabel& name() { return *m_name; }
  QLabel& subtitle() { return *m_subtitle; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

private:
  QLabel* m_name;
  QLabel* m_subtitle;
  QToolButton* m_float;
  QToolButton* m_close;
  bool m_folded = false;
};

}  // namespace weir
