// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QStringList>
#include <functional>

namespace weir {

/// One window for each data folder: a later start hands its files to the one that is there.
class SingleInstance final : public QObject {
  Q_OBJECT
 public:
  /// `folder` names the instance: two folders are two programs.
  explicit SingleInstance(const QString& folder, QObject* parent = nullptr);

  /// Hands the files to a program that runs already. Returns whether there is one that took them.
  bool handOver(const QStringList& files) const;
  /// Takes files from later starts.
  void listen();
  std::function<void(const QStringList& files)> onFiles;

 private:
  void take();
  QString m_name;
  QLocalServer m_server;
};

}  // namespace weir
