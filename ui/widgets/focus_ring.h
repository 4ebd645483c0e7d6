// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

class QApplication;

namespace weir {

/// Outlines what has the keyboard's focus: buttons, lists, cards, charts, the current tab of a bar. Where one types, a
/// caret shows it already.
class FocusRing final : public QWidget {
  Q_OBJECT
public:
  /// Puts a ring on whatever gets the focus from now on; once is enough for a program.
  static void install(QApplication& app);

protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

private:
  explicit FocusRing(QWidget* around);
};

}  // namespace weir
