// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include "core/session/workspace.h"
#include "core/telemetry/log.h"

class QMenu;
class QWidget;

namespace weir {

class DocumentTabs;
class MessageBar;

/// Opens and saves the documents of a window, and asks what there is to ask about it.
class Files final : public QObject {
  Q_OBJECT
public:
  Files(DocumentTabs& documents, MessageBar& bar, QWidget& window);
  void openText(const QString& title, const QString& text);
  bool open(const QString& path);
  void askToOpen();
  void save(bool askForName);
  const QStringList& recent() const { return m_recent; }
  void fillRecent(QMenu& menu);
  /// Opens what a session had open; what is wrong with it is added to `problems`. Returns whether there was anything.
  bool restore(const Workspace::Session& session, QStringList& problems);

signals:
  /// A text is there that may not have been checked.
  void opened();
  void fileOpened();
  void message(const QString& text, LogLevel level);

private:
  bool restore(const OpenDocument& document, QStringList& problems);
  void saveTo(const QString& path);
  void noteRecent(const QString& path);
  /// Another program changed a file that has unsaved words here.
  void offerReload(const QString& path);

  DocumentTabs& m_documents;
  MessageBar& m_bar;
  QWidget& m_window;
  QStringList m_recent;
};

}  // namespace weir
