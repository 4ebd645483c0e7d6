// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QStringList>
#include <functional>

namespace weir {

/// One window for each data folder: a later start hands its files to the one that is there. They meet at a socket in a
/// folder of the user's own, and each looks who the other is.
class SingleInstance final : public QObject {
  Q_OBJECT
public:
  /// `folder` names the instance: two folders are two programs.
  explicit SingleInstance(const QString& folder, QObject* parent = nullptr);

  enum class Other {
    None,    ///< nobody is there
    Took,    ///< a window has the files
    Silent,  ///< one is there, and has not answered in time
    Strange  ///< the name is somebody else's; `why` says whose, and what to do
  };
  /// Hands the files to a program that runs already.
  Other handOver(const QStringList& files, QString* why) const;
  /// Takes files from later starts.
  void listen();
  std::function<void(const QStringList& files)> onFiles;

private:
  void take();
  QString m_path;      ///< of the socket; empty when there is no folder for it
  QString m_noFolder;  ///< why
  QLocalServer m_server;
};

}  // namespace weir
