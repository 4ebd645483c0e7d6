// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/notifier.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>

namespace weir {

Notifier::Notifier(QObject* parent) : QObject(parent), m_tray(QApplication::windowIcon()) {}

void Notifier::tell(Kind kind, const QString& title, const QString& text) {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return tellByTray(kind, title, text);
  const QString service = QStringLiteral("org.freedesktop.Notifications");
  QDBusMessage call = QDBusMessage::createMethodCall(service, QStringLiteral("/org/freedesktop/Notifications"), service,
                                                     QStringLiteral("Notify"));
  constexpr uint kReplacesNone = 0;
  constexpr int kUsualTime = -1;
  // The body is markup.
  call << QApplication::applicationName() << kReplacesNone << QApplication::desktopFileName() << title
       << text.toHtmlEscaped() << QStringList()
       << QVariantMap{{QStringLiteral("desktop-entry"), QApplication::desktopFileName()}} << kUsualTime;
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, kind, title, text](QDBusPendingCallWatcher* done) {
    done->deleteLater();
    if (done->isError()) tellByTray(kind, title, text);
  });
}

void Notifier::tellByTray(Kind kind, const QString& title, const QString& text) {
  if (!QSystemTrayIcon::isSystemTrayAvailable() || !QSystemTrayIcon::supportsMessages()) return;
  m_tray.show();
  m_tray.showMessage(title, text, kind == Kind::Trouble ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
}

}  // namespace weir
