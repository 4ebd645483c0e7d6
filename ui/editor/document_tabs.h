// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileSystemWatcher>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <vector>

#include "core/session/workspace.h"
#include "core/telemetry/log.h"
#include "ui/widgets/theme.h"

class QStackedWidget;
class QTabBar;

namespace weir {

class FindBar;
class SqlEditor;
struct ScriptFile;

/// The open files and scratches, one editor each. Nothing typed is ever lost: a closed tab can be opened again, and a
/// file that another program changed is neither overwritten nor read over unsaved words without a question.
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
  /// Opens a document, in the place of an untouched scratch if that is all there is. A path that is open is shown. The
  /// text of an unmodified file is what the disk has. Returns an empty text, or why the file cannot be read: there is
  /// no tab for it then, and text that came with it stands in a scratch.
  QString open(const OpenDocument& document);
  /// Shows the first scratch that `fits`. Returns whether there is one.
  bool showScratch(const std::function<bool(const QString& title, const QString& text)>& fits);
  /// Shows the tab of an editor. Returns whether it is still there.
  bool showEditor(const SqlEditor* editor);
  void newScratch();
  void setCurrent(int index);
  /// Reads a file; returns an empty text, or why it cannot be opened.
  QString openFile(const QString& path);
  /// Writes the current document to its path, or to another one; returns an empty text, or why it was not written. A
  /// file that another program changed, or that cannot be read, is not overwritten.
  QString save(const QString& path);
  /// Whether another program changed the current document's file since it was read or written here.
  bool changedOnDisk() const;
  /// Takes the text that the disk has; Undo brings back the one that was here.
  void reload(const QString& path);
  /// The next save may overwrite what another program wrote.
  void keepMine(const QString& path);
  /// Looks soon whether files have changed.
  void lookAtDisk() { m_diskDelay.start(); }
  void closeTab(int index);
  void reopenClosed();
  void nextTab(int step);
  void find(bool replace);
  void findAgain(bool forward);
  std::vector<OpenDocument> documents() const;
  /// The last tabs that were closed, newest last.
  const std::vector<OpenDocument>& closed() const { return m_closed; }
  void setClosed(std::vector<OpenDocument> closed);

signals:
  void edited();
  void currentChanged();
  void caretMoved(int line, int column);
  void message(const QString& text, LogLevel level);
  void runMarkClicked(uint32_t offset);
  /// Another program changed the file of a document that has unsaved words.
  void fileConflict(const QString& path);

protected:
  void changeEvent(QEvent* event) override;

private:
  struct Page {
    SqlEditor* editor;
    QString path;
    QString title;
    QString disk;  ///< digest of what the file held when it was last read or written here
    QString told;  ///< digest of the change that the user knows of
  };
  void fill(Page& page, const OpenDocument& document, const ScriptFile& disk);
  Page* pageOf(const QString& path);
  void watch(const QString& path);
  void checkDisk();
  OpenDocument documentOf(const Page& page) const;
  void showTitle(int index);

  const Theme* m_theme;
  QTabBar* m_bar;
  QStackedWidget* m_stack;
  FindBar* m_find;
  std::vector<Page> m_pages;
  std::vector<OpenDocument> m_closed;
  QFileSystemWatcher m_watcher;
  QTimer m_diskDelay;
};

}  // namespace weir
