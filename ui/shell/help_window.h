// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/widgets/theme.h"

class QLineEdit;
class QTextBrowser;
class QTreeWidget;

namespace weir {

/// The documentation inside the program: its pages at the left, the text at the right, a search over the page.
class HelpWindow final : public QWidget {
  Q_OBJECT
public:
  explicit HelpWindow(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Comes to the front, at a word of the language when there is one.
  void open(const QString& word);
  /// Opens the page on which a word of the language is explained, at the word. Returns whether there is one.
  bool showWord(const QString& word);
  /// Opens a page by its path under docs/, e.g. `tutorial.md`.
  void showPage(const QString& path);
  QString text() const;

private:
  void findNext();
  void dress();
  const Theme* m_theme;
  QTreeWidget* m_pages;
  QTextBrowser* m_text;
  QLineEdit* m_search;
};

}  // namespace weir
