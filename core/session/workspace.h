// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the GUI's.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

class QLockFile;

namespace weir {

/// One editor tab as it is kept over restarts. `text` is what the editor holds, saved to a file or not.
struct OpenDocument {
  QString path;  ///< empty: scratch
  QString title;
  QString text;
  bool isModified = false;
  int caret = 0;
  int scroll = 0;
  QString disk = {};  ///< digest of the file as it was last read or written here: tells a change by another program
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
/// Windows that share a folder each keep a session of their own: the first one session.json, the next session-2.json,
/// and so on. A session whose window is gone is adopted by the next start: no window ever writes over another's texts.
class Workspace {
public:
  /// Keeps its files in `folder`, which is made; empty keeps nothing. Holds the session's lock as long as it lives.
  explicit Workspace(QString folder);
  ~Workspace();
  const QString& folder() const { return m_folder; }
  /// The user's: XDG_DATA_HOME/weir.
  static QString defaultFolder();

  struct Session {
    std::vector<OpenDocument> documents;
    std::vector<OpenDocument> closed;  ///< the last tabs that were closed, newest last
    int current = 0;
    QByteArray geometry, layout;
    QJsonObject settings;
    QStringList recentFiles;
  };
  /// The last session, with the documents of windows that are gone; a file that cannot be read is set aside
  /// under a name of its own, and `problem` says so; the last five of them stay. A window beside the first one begins
  /// with the first one's settings and layout.
  Session load(QString* problem);
  /// Returns an empty text, or why it could not be kept.
  QString save(const Session& session) const;

  /// Newest first, at most `most`.
  std::vector<RunRecord> history(int most = 500) const;
  QString addToHistory(const RunRecord& record) const;

private:
  QString file(const QString& name) const;
  QString sessionFile(int number) const;
  std::unique_ptr<QLockFile> lockFor(int number) const;
  /// Of a file that is not there an empty session; nothing, and why, of one that cannot be read.
  static std::optional<Session> read(const QString& path, QString* why);
  void adoptAbandoned(Session& session, QStringList& problems) const;

  QString m_folder;
  int m_number = 1;       ///< of the session that is this window's
  bool m_isHeld = false;  ///< its file could neither be read nor moved: no save may replace it
  std::unique_ptr<QLockFile> m_lock;
};

}  // namespace weir
