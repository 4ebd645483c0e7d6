// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/url_parts.h"

#include <QObject>
#include <QRegularExpression>

namespace weir {

UrlParts urlParts(const QString& text) {
  UrlParts parts;
  const qsizetype begin = text.indexOf(QLatin1String("//")) + 2;
  static const QRegularExpression kEnd(QStringLiteral("[/?#]"));
  const qsizetype end = text.indexOf(kEnd, begin);
  // The last @ is before the host; QUrl takes the first, and another host with it.
  const qsizetype at = text.left(end < 0 ? text.size() : end).lastIndexOf(QLatin1Char('@'));
  if (begin < 2 || at < begin) {
    parts.url = QUrl(text);
  } else {
    parts.url = QUrl(text.left(begin) + text.mid(at + 1));
    const QString info = text.mid(begin, at - begin);
    const QByteArray decoded = QByteArray::fromPercentEncoding(info.toUtf8());
    const qsizetype colon = info.indexOf(QLatin1Char(':'));
    parts.password = colon < 0 ? QString() : info.mid(colon + 1);
    if (!info.isEmpty()) parts.authorization = "Basic " + (colon < 0 ? decoded + ':' : decoded).toBase64();
  }
  // QWebSocket puts the query alone into the request line, which must begin with a slash (RFC 9112, 3.2).
  if (parts.url.path().isEmpty()) parts.url.setPath(QStringLiteral("/"));
  return parts;
}

QString urlTrouble(const QString& text) {
  const QUrl url = urlParts(text).url;
  if (url.scheme() != QLatin1String("ws") && url.scheme() != QLatin1String("wss"))
    return QObject::tr("the address does not begin with ws:// or wss://");
  return url.isValid() && !url.host().isEmpty() ? QString() : QObject::tr("the address has no host");
}

}  // namespace weir
