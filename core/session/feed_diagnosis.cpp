// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/feed_diagnosis.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QObject>

namespace weir {

namespace {

// What one of the feed's streams made of its messages.
QStringList whyNone(const LiveFeed& feed, const Intake& intake, const Schema& schema) {
  const SourceCounters& counters = intake.counters();
  QStringList columns;
  for (const Field& field : schema.fields) columns << QString::fromStdString(field.name);
  QStringList out{QObject::tr("%1 messages came, %2 held none of the columns %3, %4 could not be decoded")
                      .arg(counters.messages)
                      .arg(counters.control)
                      .arg(columns.join(QStringLiteral(", ")))
                      .arg(counters.rejected)};
  if (!intake.lastControl().empty()) {
    const QString last = QString::fromStdString(intake.lastControl());
    QStringList members;
    for (const QString& name : QJsonDocument::fromJson(last.toUtf8()).object().keys()) members << name;
    if (!members.isEmpty())
      out << QObject::tr("the last one had the members %1: names count, capitals too")
                 .arg(members.join(QStringLiteral(", ")));
    out << QObject::tr("the last one said %1").arg(feed.source().shown(last));
  }
  if (!intake.lastRejection().empty())
    out << QObject::tr("the last one failed: %1").arg(QString::fromStdString(intake.lastRejection()));
  if (counters.noEventTime > 0)
    out << QObject::tr("%1 rows had no event time: is event.time.field right?").arg(counters.noEventTime);
  return out;
}

}  // namespace

QStringList whyNoRows(const LiveFeed& feed, const logical::Plan& script, Micros now) {
  const ConnectionState state = feed.source().state();
  if ((state != ConnectionState::Open && state != ConnectionState::Live) || feed.hasBroughtRows() ||
      feed.intakes().empty() || now - feed.source().since() < kRowsExpected)
    return {};
  QStringList out;
  const QString hint = feed.silenceHint();
  if (feed.intake().counters().messages == 0) {
    out << (hint.isEmpty() ? QObject::tr("no message came") : QObject::tr("no message came: %1").arg(hint));
    return out;
  }
  if (!hint.isEmpty()) out << hint;
  for (const Intake* intake : feed.intakes()) {
    const QString name = QString::fromStdString(intake->name());
    for (const QString& why : whyNone(feed, *intake, *script.stream(intake->name()).schema))
      out << (intake->name() == feed.name() ? why : QObject::tr("%1: %2").arg(name, why));
  }
  return out;
}

}  // namespace weir
