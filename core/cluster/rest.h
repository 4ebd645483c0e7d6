// SPDX-License-Identifier: GPL-3.0-or-later
// Threads: the one that it was made in.
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>
#include <functional>

namespace weir::cluster {

/// What a server answered, or why there is no answer.
struct RestAnswer {
  QJsonObject json;
  QString error;  ///< empty where it went well
  QString hint;
  bool ok() const { return error.isEmpty(); }
};

/// Asks a server in JSON over HTTP.
class Rest final : public QObject {
  Q_OBJECT
public:
  using Answered = std::function<void(const RestAnswer& answer)>;
  /// `whose` names the server in errors, `Flink's SQL gateway`.
  Rest(QUrl base, QString whose);
  void ask(const char* verb, const QString& path, const QJsonObject& body, Answered answered);
  void get(const QString& path, Answered answered) { ask("GET", path, {}, std::move(answered)); }
  /// Of an answer that is a list; one that is none, or does not come, is empty.
  void getList(const QString& path, std::function<void(const QJsonArray& list)> answered);
  const QUrl& base() const { return m_base; }

private:
  QNetworkReply* send(const char* verb, const QString& path, const QJsonObject& body);
  RestAnswer read(QNetworkReply& reply) const;

  QNetworkAccessManager m_network;
  QUrl m_base;
  QString m_whose;
};

/// What a Java program says is the cause: of the innermost exception the message, on one line.
QString causeOf(const QString& stackTrace);

}  // namespace weir::cluster
