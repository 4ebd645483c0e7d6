// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/bytes_text.h"

#include <QStringDecoder>

namespace weir {

QString hexDump(const QByteArray& bytes) {
  constexpr qsizetype kPerLine = 16;
  QString out;
  for (qsizetype at = 0; at < bytes.size(); at += kPerLine) {
    const QByteArray line = bytes.mid(at, kPerLine);
    QString plain;
    for (const char c : line) plain += c >= 32 && c < 127 ? QLatin1Char(c) : QLatin1Char('.');
    out += QStringLiteral("%1  %2  %3\n")
               .arg(at, 6, 16, QLatin1Char('0'))
               .arg(QString::fromLatin1(line.toHex(' ')), -47)
               .arg(plain);
  }
  return out;
}

QString textOrHex(const QByteArray& bytes) {
  QStringDecoder decoder(QStringDecoder::Utf8);
  const QString text = decoder.decode(bytes);
  return decoder.hasError() ? hexDump(bytes) : text;
}

}  // namespace weir
