// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/http_request.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslError>
#include <QTimer>

#include "core/net/socket_setup.h"

namespace weir {

HttpRequest::HttpRequest(const TransportSettings& settings) : m_settings(settings) {}

// It may be in the course of telling us something.
HttpRequest::~HttpRequest() {
  if (m_reply) {
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
  }
  if (m_manager) m_manager->deleteLater();
}

void HttpRequest::start(const What& what) {
  const QUrl url(QString::fromStdString(what.url));
  m_host = url.host().toStdString();
  if (!url.isValid() || url.host().isEmpty() || !url.scheme().startsWith(QLatin1String("http"))) {
    const QString cause = QObject::tr("the request before it has no http:// or https:// address");
    QTimer::singleShot(0, this, [this, cause] { fail({FailureKind::Refused, cause, {}}); });
    return;
  }
  m_manager = new QNetworkAccessManager;
  if (const auto proxy = proxyFor(url, m_settings)) m_manager->setProxy(*proxy);
  QNetworkRequest request(url);
  request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
  request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
  request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
  request.setSslConfiguration(tlsOf(m_settings));
  bool hasType = false;
  for (const auto& [name, value] : what.headers) {
    const QByteArray header = QByteArray::fromStdString(name);
    hasType = hasType || header.compare("Content-Type", Qt::CaseInsensitive) == 0;
    request.setRawHeader(header, QByteArray::fromStdString(value));
  }
  const QByteArray body = QByteArray::fromStdString(what.body);
  if (!hasType && !body.isEmpty()) request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
  m_reply = m_manager->sendCustomRequest(request, QByteArray::fromStdString(what.method), body);
  m_reply->setReadBufferSize(m_settings.maxMessageBytes + 1);
  connect(m_reply, &QNetworkReply::sslErrors, this, [this](const QList<QSslError>& errors) {
    if (m_settings.insecure)
      m_reply->ignoreSslErrors();
    else if (!errors.isEmpty())
      m_sslTrouble = certificateTrouble(errors.first());
  });
  connect(m_reply, &QIODevice::readyRead, this, [this] {
    if (m_reply->bytesAvailable() > m_settings.maxMessageBytes)
      fail({FailureKind::Retryable,
            QObject::tr("the answer of %1 is larger than %2 bytes")
                .arg(QString::fromStdString(m_host))
                .arg(m_settings.maxMessageBytes),
            QStringLiteral("raise websocket.max.message.bytes if it may be that large")});
  });
  connect(m_reply, &QNetworkReply::finished, this, &HttpRequest::finished);
}

void HttpRequest::finished() {
  const QString host = QString::fromStdString(m_host);
  const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
  const QString reason = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString();
  if (status >= 200 && status < 300 && m_reply->error() == QNetworkReply::NoError) {
    std::string answer = m_reply->readAll().toStdString();
    const auto call = std::exchange(onAnswer, nullptr);
    onFailure = nullptr;
    return call(std::move(answer));
  }
  if (!m_sslTrouble.isEmpty())
    return fail({FailureKind::Refused, QObject::tr("certificate of %1: %2").arg(host, m_sslTrouble),
                 QLatin1String(kHintCertificate)});
  if (status == 0)
    return fail(
        {FailureKind::Retryable, QObject::tr("%1: %2").arg(host, m_reply->errorString()), QLatin1String(kHintRefused)});
  const QString cause =
      QObject::tr("%1 answered HTTP %2 %3 to the request before it").arg(host).arg(status).arg(reason).trimmed();
  if (status >= 300 && status < 400)
    return fail(
        {FailureKind::Refused, cause, QStringLiteral("write the address that it points to into websocket.before")});
  const bool isAuth = status == 401 || status == 403;
  const bool isThrottled = status == 429 || status == 503;
  fail({isAuth        ? FailureKind::Refused
        : isThrottled ? FailureKind::Throttled
                      : FailureKind::Retryable,
        cause, isAuth ? QLatin1String(kHintAuth) : QString()});
}

void HttpRequest::fail(Failure failure) {
  const auto call = std::exchange(onFailure, nullptr);
  onAnswer = nullptr;
  if (call) call(failure);
}

}  // namespace weir
