// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/socket_setup.h"

#include <QFile>
#include <QHostAddress>
#include <QSslKey>

namespace weir {

namespace {

bool isLoopback(const QString& host) { return host == QLatin1String("localhost") || QHostAddress(host).isLoopback(); }

QSslKey privateKey(const QString& file) {
  QFile in(file);
  if (!in.open(QIODevice::ReadOnly)) return {};
  const QByteArray pem = in.readAll();
  const QSslKey rsa(pem, QSsl::Rsa);
  return rsa.isNull() ? QSslKey(pem, QSsl::Ec) : rsa;
}

}  // namespace

std::optional<QNetworkProxy> proxyFor(const QUrl& url, const TransportSettings& settings) {
  if (settings.proxy == QLatin1String("none") || isLoopback(url.host())) return QNetworkProxy::NoProxy;
  if (settings.proxy.isEmpty()) return std::nullopt;
  const QUrl proxy(settings.proxy);
  const auto type = proxy.scheme() == QLatin1String("socks5") ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy;
  return QNetworkProxy(type, proxy.host(), static_cast<quint16>(proxy.port(1080)), proxy.userName(), proxy.password());
}

QSslConfiguration tlsOf(const TransportSettings& settings) {
  QSslConfiguration ssl = QSslConfiguration::defaultConfiguration();
  if (!settings.caFile.isEmpty()) ssl.addCaCertificates(settings.caFile);
  if (!settings.certFile.isEmpty()) {
    ssl.setPrivateKey(privateKey(settings.keyFile));
    ssl.setLocalCertificateChain(QSslCertificate::fromPath(settings.certFile));
  }
  if (settings.insecure) ssl.setPeerVerifyMode(QSslSocket::VerifyNone);
  return ssl;
}

QString certificateTrouble(const QSslError& error) {
  const bool isSelfSigned =
      error.error() == QSslError::SelfSignedCertificate || error.error() == QSslError::SelfSignedCertificateInChain;
  return isSelfSigned ? QStringLiteral("self-signed certificate") : error.errorString();
}

}  // namespace weir
