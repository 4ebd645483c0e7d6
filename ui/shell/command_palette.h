// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QAction;
class QLineEdit;
class QListWidget;

namespace weir {

/// Every command by name: type a part of it, Enter runs it. Its keys stand at the right.
class CommandPalette final : public QDialog {
  Q_OBJECT
public:
  CommandPalette(const QList<QAction*>& actions, QWidget* parent);

protected:
  bool eventFilter(QObject* object, QEvent* event) override;

private:
  void filter();
  void trigger();
  QList<QAction*> m_actions;
  QLineEdit* m_text;
  QListWidget* m_list;
};

}  // namespace weir
