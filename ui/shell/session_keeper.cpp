// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/session_keeper.h"

namespace weir {

namespace {

// A crash loses no more than this.
constexpr int kDelayMs = 700;

}  // namespace

SessionKeeper::SessionKeeper(const QString& folder, QObject* parent) : QObject(parent), m_workspace(folder) {
  m_delay.setSingleShot(true);
  m_delay.setInterval(kDelayMs);
  connect(&m_delay, &QTimer::timeout, this, &SessionKeeper::keepNow);
  if (!folder.isEmpty()) m_before = m_workspace.load(&m_problem);
}

void SessionKeeper::keepSoon() {
  if (!m_delay.isActive()) m_delay.start();
}

void SessionKeeper::keepNow() {
  Workspace::Session session;
  emit gathering(session);
  if (const QString why = m_workspace.save(session); !why.isEmpty()) emit message(why, LogLevel::Error);
}

void SessionKeeper::remember(const QString& name, const QString& text) {
  if (const QString why = m_workspace.addToHistory({QDateTime::currentDateTimeUtc(), name, text}); !why.isEmpty())
    emit message(why, LogLevel::Error);
  emit historyChanged();
}

}  // namespace weir
