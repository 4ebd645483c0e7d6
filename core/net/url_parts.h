// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QUrl>

namespace weir {

/// What a WebSocket URL asks for: where to connect, and who says so.
struct UrlParts {
  QUrl url;                  ///< with a path, without user and password
  QByteArray authorization;  ///< the value of an Authorization header (RFC 7617); empty without user and password
  QString password;          ///< as it is written; for whoever keeps it out of texts
};

/// Takes a URL apart. A URL without a path asks for `/`; user and password are percent-decoded.
UrlParts urlParts(const QString& text);
/// What is wrong with a URL that was made only now; empty: nothing. Does not repeat it.
QString urlTrouble(const QString& text);

}  // namespace weir
