// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the GUI's.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <vector>

namespace weir {

/// One editor tab as it is kept over restarts. `text` is what the editor holds, saved to a file or not.
struct OpenDocument {
  QString path;   ///< empty: scratch
  QString title;
  QString text;
  bool isModified = false;
  int caret = 0;
  int scroll = 0;
  bool operator==(const OpenDocument&) const = default;
};

/// A script that was run.
struct RunRecord {
  QDateTime at;
  QString title;
  QString text;
};

/// What survives a crash: the open documents, their unsaved texts included, window layout, settings, and what was run.
/// Every write goes to a new file that then takes the old one's place, so that a crash leaves one or the other, whole.
class Workspace {
 public:
  /// Keeps its files in `folder`, which is made; empty keeps nothing.
  explicit Workspace(QString folder);
  const QString& folder() const { return m_folder; }
  /// The user's: XDG_DATA_HOME/weir.
  static QString defaultFolder();

  struct Session {
    std::vector<OpenDocument> documents;
    int current = 0;
    QByteArray geometry, layout;
    QJsonObject settings;
    QStringList recentFiles;
  };
  /// The last session; a file that cannot be read is set aside and `problem` says so.
  Session load(QString* problem) const;
  /// Returns an empty text, or why it could not be kept.
  QString save(const Session& session) const;

  /// Newest first, at most `most`.
  std::vector<RunRecord> history(int most = 500) const;
  QString addToHistory(const RunRecord& record) const;

 private:
  QString file(const char* name) const;
  QString m_folder;
};

}  // namespace weir
