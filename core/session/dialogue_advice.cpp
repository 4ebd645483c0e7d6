// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/dialogue_advice.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QObject>
#include <algorithm>

namespace weir {

namespace {

// The members by which protocols say what a message is.
constexpr auto kKinds = std::to_array<const char*>({"type", "event", "op", "method", "action", "e", "msg"});

bool isOneOf(const QString& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* each) { return word.compare(QLatin1String(each), Qt::CaseInsensitive) == 0; });
}

QString shortened(const QByteArray& message) {
  constexpr qsizetype kMost = 160;
  const QString text = QString::fromUtf8(message).simplified();
  return text.size() <= kMost ? text : text.left(kMost) + QStringLiteral("…");
}

}  // namespace

bool DialogueAdvice::hear(const QByteArray& message) {
  const auto say = [this](const QString& text) {
    if (!words.contains(text)) words << text;
  };
  const auto answer = [&](const QString& when, const QString& send) {
    const bool isKnown =
        std::any_of(replies.begin(), replies.end(), [&](const auto& reply) { return reply.first == when; });
    if (isKnown) return false;
    replies.append({when, send});
    say(QObject::tr("It sends pings of its own, which are answered."));
    return true;
  };
  const bool isGzip = message.startsWith("\x1f\x8b");
  const bool isZlib = message.size() > 2 && message[0] == '\x78' &&
                      (static_cast<unsigned char>(message[0]) * 256 + static_cast<unsigned char>(message[1])) % 31 == 0;
  if (isGzip || isZlib) {
    const QString word = isGzip ? QStringLiteral("gzip") : QStringLiteral("zlib");
    if (decompress == word) return false;
    decompress = word;
    say(QObject::tr("Its messages are packed with %1.").arg(word));
    return true;
  }
  if (message == "ping") return answer(QStringLiteral("ping"), QStringLiteral("pong"));
  const QJsonObject object = QJsonDocument::fromJson(message).object();
  if (object.isEmpty()) return false;
  if (const QJsonValue asked = object[QLatin1String("ping")]; asked.isDouble() || asked.isString())
    return answer(QStringLiteral("$.ping"), QStringLiteral("{\"pong\":${$.ping}}"));
  for (const char* kind : kKinds) {
    const QString word = object[QLatin1String(kind)].toString();
    const QString match = QStringLiteral("$.%1 = %2").arg(QLatin1String(kind), word);
    if (isOneOf(word, {"ping"})) return answer(match, QStringLiteral("{\"%1\":\"pong\"}").arg(QLatin1String(kind)));
    if (isOneOf(word, {"auth_required", "login_required", "unauthorized"}))
      say(QObject::tr("It wants a login, as an open message or a header."));
    if (isOneOf(word, {"auth_required", "welcome", "hello", "connected", "connection_established"}) &&
        greeting.isEmpty()) {
      greeting = match;
      say(QObject::tr("It greets first, and is waited for."));
      return false;
    }
    if (isOneOf(word, {"login", "auth", "auth_ok", "authenticated", "connection_ack"}) && loginAnswer.isEmpty()) {
      loginAnswer = match;
      say(QObject::tr("It answers the login, which is waited for."));
      return false;
    }
    if (isOneOf(word, {"error", "auth_invalid", "auth_failed", "reject"}))
      say(QObject::tr("It refuses: %1").arg(shortened(message)));
  }
  return false;
}

}  // namespace weir
