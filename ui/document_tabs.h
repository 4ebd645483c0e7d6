// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "core/session/workspace.h"
#include "ui/theme.h"

class QStackedWidget;
class QTabBar;

namespace weir {

class FindBar;
class SqlEditor;

/// The open files and scratches, one editor each. Nothing typed is ever lost: a closed tab can be opened again.
class DocumentTabs final : public QWidget {
  Q_OBJECT
 public:
  explicit DocumentTabs(const Theme& theme, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);

  SqlEditor* editor() const;
  int current() const;
  int count() const;
  QString path() const;
  QString title() const;
  /// Opens a document, in the place of an untouched scratch if that is all there is. A path that is open is shown.
  void open(const OpenDocument& document);
  void newScratch();
  void setCurrent(int index);
  /// Reads a file; returns an empty text, or why it cannot be opened.
  QString openFile(const QString& path);
  /// Writes the current document to its path, or to another one; returns an empty text, or why it cannot be written.
  QString save(const QString& path);
  void closeTab(int index);
  void reopenClosed();
  void nextTab(int step);
  void find(bool replace);
  void findAgain(bool forward);
  std::vector<OpenDocument> documents() const;

 signals:
  void edited();
  void currentChanged();
  void caretMoved(int line, int column);
  void message(const QString& text, bool isError);
  void runMarkClicked(uint32_t offset);

 private:
  struct Page {
    SqlEditor* editor;
    QString path;
    QString title;
  };
  OpenDocument documentOf(const Page& page) const;
  void showTitle(int index);

  const Theme* m_theme;
  QTabBar* m_bar;
  QStackedWidget* m_stack;
  FindBar* m_find;
  std::vector<Page> m_pages;
  std::vector<OpenDocument> m_closed;
  int m_scratches = 0;
};

}  // namespace weir
