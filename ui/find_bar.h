// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;

namespace weir {

class SqlEditor;

/// Find and replace above the editor, incremental; Escape goes back to the text.
class FindBar final : public QWidget {
  Q_OBJECT
 public:
  explicit FindBar(QWidget* parent = nullptr);
  void setEditor(SqlEditor* editor);
  void start(bool replace);
  void findNext(bool forward);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  bool search(bool forward, bool fromSelection);
  void replaceOne();
  void replaceAll();
  void count();

  SqlEditor* m_editor = nullptr;
  QLineEdit* m_text;
  QLineEdit* m_replacement;
  QWidget* m_replaceRow;
  QCheckBox* m_case;
  QCheckBox* m_regex;
  QLabel* m_info;
};

}  // namespace weir
