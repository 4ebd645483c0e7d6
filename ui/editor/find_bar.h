// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QWidget>
#include <vector>

class QCheckBox;
class QLabel;
class QLineEdit;

namespace weir {

class SqlEditor;

/// Find and replace above the editor, incremental; Escape goes back to the text. Finding, counting and replacing go by
/// the same pattern, and \1 to \9 in the replacement of a regular expression are its groups.
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
  QRegularExpression pattern() const;
  /// What is found in the text, empty matches left out.
  std::vector<QRegularExpressionMatch> matches(const QString& text) const;
  QString replacementFor(const QRegularExpressionMatch& match) const;
  /// The selection as characters of the text, from and to.
  std::pair<qsizetype, qsizetype> selection() const;

  SqlEditor* m_editor = nullptr;
  QLineEdit* m_text;
  QLineEdit* m_replacement;
  QWidget* m_replaceRow;
  QCheckBox* m_case;
  QCheckBox* m_regex;
  QLabel* m_info;
};

}  // namespace weir
