// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/feed_diagnosis.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QObject>

namespace weir {

QStringList whyNoRows(const LiveFeed& feed, const Schema& schema, Micros now) {
  const SourceCounters& counters = feed.intake().counters();
  const ConnectionState state = feed.source().state();
  if ((state != ConnectionState::Open && state != ConnectionState::Live) || feed.hasBroughtRows() ||
      now - feed.source().since() < kRowsExpected)
    return {};
  QStringList columns;
  for (const Field& field : schema.fields) columns << QString::fromStdString(field.name);
  QStringList out;
  const QString hint = feed.silenceHint();
  if (counters.messages == 0) {
    out << (hint.isEmpty() ? QObject::tr("no message came") : QObject::tr("no message came: %1").arg(hint));
    return out;
  }
  if (!hint.isEmpty()) out << hint;
  out << QObject::tr("%1 messages came, %2 held none of the columns %3, %4 could not be decoded")
             .arg(counters.messages)
             .arg(counters.control)
             .arg(columns.join(QStringLiteral(", ")))
             .arg(counters.rejected);
  if (!feed.intake().lastControl().empty()) {
    const QString last = QString::fromStdString(feed.intake().lastControl());
    QStringList members;
    for (const QString& name : QJsonDocument::fromJson(last.toUtf8()).object().keys()) members << name;
    if (!members.isEmpty())
      out << QObject::tr("the last one had the members %1: names count, capitals too")
                 .arg(members.join(QStringLiteral(", ")));
    out << QObject::tr("the last one said %1").arg(feed.source().shown(last));
  }
  if (!feed.intake().lastRejection().empty())
    out << QObject::tr("the last one failed: %1").arg(QString::fromStdString(feed.intake().lastRejection()));
  if (counters.noEventTime > 0)
    out << QObject::tr("%1 rows had no event time: is event.time.field right?").arg(counters.noEventTime);
  return out;
}

}  // namespace weir
