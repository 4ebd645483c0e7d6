// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>

namespace weir {

/// What a server's first messages ask of a client: the dialogue's options that they suggest, and words for people.
struct DialogueAdvice {
  QString decompress;                      ///< how messages are packed, as `websocket.decompress` has it; empty: not
  QList<QPair<QString, QString>> replies;  ///< `websocket.reply.when.N` and `.send.N`
  QString greeting;                        ///< a MATCH of what comes before a client may speak
  QString loginAnswer;                     ///< a MATCH of what answers a login
  QStringList words;

  /// What one more message suggests. Returns whether another connection would go better for it.
  bool hear(const QByteArray& message);
};

}  // namespace weir
