// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/cluster_choice.h"

namespace weir {

namespace {

constexpr int kJobManagerPort = 8081;

}  // namespace

QUrl ClusterChoice::jobManager() const {
  if (!jobs.isEmpty()) return QUrl(jobs);
  QUrl url(gateway);
  if (url.host().isEmpty()) return {};
  url.setPort(kJobManagerPort);
  url.setPath({});
  return url;
}

QJsonObject ClusterChoice::toJson() const {
  QJsonObject sql;
  for (const auto& [job, text] : readers) sql[job] = text;
  return {{QStringLiteral("kafka"), kafka},
          {QStringLiteral("gateway"), gateway},
          {QStringLiteral("jobs"), jobs},
          {QStringLiteral("prefix"), prefix},
          {QStringLiteral("parallelism"), parallelism},
          {QStringLiteral("exactlyOnce"), isExactlyOnce},
          {QStringLiteral("readers"), sql}};
}

ClusterChoice ClusterChoice::fromJson(const QJsonObject& json) {
  ClusterChoice c;
  c.kafka = json[QLatin1String("kafka")].toString();
  c.gateway = json[QLatin1String("gateway")].toString();
  c.jobs = json[QLatin1String("jobs")].toString();
  c.prefix = json[QLatin1String("prefix")].toString(c.prefix);
  c.parallelism = json[QLatin1String("parallelism")].toInt(c.parallelism);
  c.isExactlyOnce = json[QLatin1String("exactlyOnce")].toBool();
  const QJsonObject sql = json[QLatin1String("readers")].toObject();
  for (auto it = sql.begin(); it != sql.end(); ++it) c.readers[it.key()] = it.value().toString();
  return c;
}

}  // namespace weir
