// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/files.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QPointer>

#include "ui/editor/document_tabs.h"
#include "ui/editor/sql_editor.h"
#include "ui/shell/demo_script.h"
#include "ui/shell/message_bar.h"

namespace weir {

Files::Files(DocumentTabs& documents, MessageBar& bar, QWidget& window)
    : QObject(&window), m_documents(documents), m_bar(bar), m_window(window) {
  connect(&documents, &DocumentTabs::message, this, &Files::message);
  connect(&documents, &DocumentTabs::fileConflict, this, &Files::offerReload);
}

void Files::openText(const QString& title, const QString& text) {
  OpenDocument document;
  document.title = title;
  document.text = text;
  m_documents.open(document);
  emit opened();
}

bool Files::open(const QString& path) {
  if (const QString why = m_documents.openFile(path); !why.isEmpty()) {
    emit message(why, LogLevel::Error);
    return false;
  }
  noteRecent(QFileInfo(path).absoluteFilePath());
  emit fileOpened();
  emit opened();
  return true;
}

void Files::askToOpen() {
  for (const QString& path :
       QFileDialog::getOpenFileNames(&m_window, tr("Open SQL"), {}, tr("SQL files (*.sql *.weir);;All files (*)")))
    open(path);
}

void Files::save(bool askForName) {
  const QString path = m_documents.path();
  if (!askForName && !path.isEmpty()) return m_documents.changedOnDisk() ? offerReload(path) : saveTo(path);
  auto* dialog =
      new QFileDialog(&m_window, tr("Save SQL"), QFileInfo(path).path(), tr("SQL files (*.sql);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("saveDialog"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("sql"));
  dialog->selectFile(path.isEmpty() ? m_documents.title() : path);
  // Feeds go on meanwhile, and another start may open its file here: what is saved is what was asked about.
  connect(dialog, &QDialog::accepted, this, [this, dialog, asked = QPointer<SqlEditor>(m_documents.editor())] {
    if (asked && m_documents.showEditor(asked)) saveTo(dialog->selectedFiles().value(0));
  });
  dialog->open();
}

void Files::saveTo(const QString& path) {
  if (const QString why = m_documents.save(path); !why.isEmpty()) return emit message(why, LogLevel::Error);
  noteRecent(path);
}

void Files::noteRecent(const QString& path) {
  constexpr int kMostRecent = 12;
  m_recent.removeAll(path);
  m_recent.prepend(path);
  while (m_recent.size() > kMostRecent) m_recent.removeLast();
}

void Files::fillRecent(QMenu& menu) {
  for (const QString& path : m_recent) menu.addAction(path, this, [this, path] { open(path); });
  if (m_recent.isEmpty()) menu.addAction(tr("Nothing yet"))->setEnabled(false);
}

void Files::offerReload(const QString& path) {
  m_bar.show(tr("%1 changed on disk.").arg(QFileInfo(path).fileName()), LogLevel::Warning,
             {{tr("Reload"), [this, path] { m_documents.reload(path); }},
              {tr("Keep mine"), [this, path] { m_documents.keepMine(path); }}});
}

bool Files::restore(const Workspace::Session& session, QStringList& problems) {
  m_recent = session.recentFiles;
  m_documents.setClosed(session.closed);
  int current = 0;
  bool any = false;
  for (size_t i = 0; i < session.documents.size(); ++i) {
    const OpenDocument& document = session.documents[i];
    if (document.text.isEmpty() && document.path.isEmpty() && session.documents.size() > 1) continue;
    if (!restore(document, problems)) continue;
    if (static_cast<int>(i) == session.current) current = m_documents.current();
    any = any || !m_documents.editor()->text().isEmpty();
  }
  if (any) m_documents.setCurrent(current);
  m_documents.lookAtDisk();
  return any;
}

bool Files::restore(const OpenDocument& document, QStringList& problems) {
  if (!document.path.isEmpty() && !document.isModified && !QFile::exists(document.path)) {
    problems << tr("%1 is no longer there.").arg(document.path);
    return false;
  }
  // Two windows may have left the same text, but for the port that each demo had.
  const bool isThere =
      document.path.isEmpty() && m_documents.showScratch([&](const QString& title, const QString& text) {
        return title == document.title && DemoScript::withoutPort(text) == DemoScript::withoutPort(document.text);
      });
  if (isThere) return true;
  const QString why = m_documents.open(document);
  if (!why.isEmpty()) problems << why;
  return why.isEmpty() || !document.text.isEmpty();
}

}  // namespace weir
