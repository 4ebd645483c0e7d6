// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/rest.h"

#include <QJsonDocument>
#include <QNetworkReply>
#include <utility>

namespace weir::cluster {

namespace {

constexpr int kPatienceMs = 30'000;
constexpr qint64 kMostBytes = 16 << 20;
constexpr qsizetype kLongest = 500;

}  // namespace

QString causeOf(const QString& stackTrace) {
  const QString mark = QStringLiteral("Caused by: ");
  const qsizetype at = stackTrace.lastIndexOf(mark);
  QString cause = stackTrace.mid(at < 0 ? 0 : at + mark.size());
  // Lines of the message go on until the first of the stack.
  const qsizetype stack = cause.indexOf(QStringLiteral("\n\tat "));
  if (stack >= 0) cause.truncate(stack);
  cause = cause.simplified();
  // The class says nothing to who writes SQL.
  const qsizetype colon = cause.indexOf(QStringLiteral(": "));
  if (colon > 0 && !cause.left(colon).contains(QLatin1Char(' ')) && colon + 2 < cause.size())
    cause.remove(0, colon + 2);
  return cause.size() > kLongest ? cause.left(kLongest) + QStringLiteral("...") : cause;
}

Rest::Rest(QUrl base, QString whose) : m_base(std::move(base)), m_whose(std::move(whose)) {}

QNetworkReply* Rest::send(const char* verb, const QString& path, const QJsonObject& body) {
  QUrl url = m_base;
  const qsizetype query = path.indexOf(QLatin1Char('?'));
  QString root = m_base.path();
  while (root.endsWith(QLatin1Char('/'))) root.chop(1);
  url.setPath(root + path.left(query < 0 ? path.size() : query));
  if (query >= 0) url.setQuery(path.mid(query + 1));
  QNetworkRequest request(url);
  request.setTransferTimeout(kPatienceMs);
  request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
  const QByteArray text =
      qstrcmp(verb, "POST") == 0 ? QJsonDocument(body).toJson(QJsonDocument::Compact) : QByteArray();
  QNetworkReply* const reply = m_network.sendCustomRequest(request, verb, text);
  connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received) {
    if (received > kMostBytes) reply->abort();
  });
  return reply;
}

void Rest::ask(const char* verb, const QString& path, const QJsonObject& body, Answered answered) {
  QNetworkReply* const reply = send(verb, path, body);
  connect(reply, &QNetworkReply::finished, this, [this, reply, answered = std::move(answered)] {
    reply->deleteLater();
    answered(read(*reply));
  });
}

void Rest::getList(const QString& path, std::function<void(const QJsonArray& list)> answered) {
  QNetworkReply* const reply = send("GET", path, {});
  connect(reply, &QNetworkReply::finished, this, [reply, answered = std::move(answered)] {
    reply->deleteLater();
    answered(QJsonDocument::fromJson(reply->readAll()).array());
  });
}

RestAnswer Rest::read(QNetworkReply& reply) const {
  const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
  const QByteArray text = reply.readAll();
  RestAnswer answer{QJsonDocument::fromJson(text).object(), {}, {}};
  if (status == 0) {
    answer.error = tr("cannot reach %1 at %2: %3").arg(m_whose, m_base.toString(), reply.errorString());
    answer.hint = tr("does it run there, and is the URL right?");
  } else if (status >= 400) {
    const QJsonArray errors = answer.json.value(QLatin1String("errors")).toArray();
    const QString said = causeOf(errors.isEmpty() ? QString::fromUtf8(text) : errors.last().toString());
    answer.error = tr("%1 at %2 says: %3 (HTTP %4)").arg(m_whose, m_base.toString(), said).arg(status);
  } else if (reply.error() != QNetworkReply::NoError) {
    answer.error = tr("the answer of %1 at %2 broke off: %3").arg(m_whose, m_base.toString(), reply.errorString());
  } else if (!text.trimmed().isEmpty() && !QJsonDocument::fromJson(text).isObject()) {
    answer.error = tr("what answers at %1 is not %2").arg(m_base.toString(), m_whose);
    answer.hint = tr("is the URL right?");
  }
  return answer;
}

}  // namespace weir::cluster
