// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSystemTrayIcon>

namespace weir {

/// Tells what happens where one looks when the window is elsewhere: through the desktop's notifications
/// (org.freedesktop.Notifications), or through the tray where nothing answers there. Without either it says nothing.
class Notifier final : public QObject {
  Q_OBJECT
public:
  enum class Kind { Trouble, Alert };
  explicit Notifier(QObject* parent = nullptr);
  void tell(Kind kind, const QString& title, const QString& text);

private:
  void tellByTray(Kind kind, const QString& title, const QString& text);
  QSystemTrayIcon m_tray;
};

}  // namespace weir
