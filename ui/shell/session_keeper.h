// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include "core/session/workspace.h"
#include "core/telemetry/log.h"

namespace weir {

/// Keeps what is open over a restart or a crash, soon after each change, and what was run.
class SessionKeeper final : public QObject {
  Q_OBJECT
public:
  /// Reads what the last session left; an empty folder keeps nothing.
  explicit SessionKeeper(const QString& folder, QObject* parent = nullptr);
  const QString& folder() const { return m_workspace.folder(); }
  /// As the last one left it.
  const Workspace::Session& before() const { return m_before; }
  /// Why some of it is missing; empty if nothing is.
  const QString& problem() const { return m_problem; }
  /// Something has changed. The next letter does not put it off: who types without a pause is kept too.
  void keepSoon();
  void keepNow();
  void remember(const QString& name, const QString& text);
  std::vector<RunRecord> history() const { return m_workspace.history(); }

signals:
  /// Whoever has something to keep puts it in.
  void gathering(weir::Workspace::Session& session);
  void historyChanged();
  void message(const QString& text, LogLevel level);

private:
  Workspace m_workspace;
  Workspace::Session m_before;
  QString m_problem;
  QTimer m_delay;
};

}  // namespace weir
