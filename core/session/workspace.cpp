// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/workspace.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QStandardPaths>

namespace weir {

namespace {

constexpr int kMostHistory = 500;

QString replaceFile(const QString& path, const QByteArray& content) {
  QSaveFile out(path);
  if (out.open(QIODevice::WriteOnly) && out.write(content) == content.size() && out.commit()) return {};
  return QObject::tr("Cannot keep %1: %2").arg(path, out.errorString());
}

}  // namespace

Workspace::Workspace(QString folder) : m_folder(std::move(folder)) {
  if (!m_folder.isEmpty()) QDir().mkpath(m_folder);
}

QString Workspace::defaultFolder() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/weir");
}

QString Workspace::file(const char* name) const { return m_folder + QLatin1Char('/') + QLatin1String(name); }

Workspace::Session Workspace::load(QString* problem) const {
  Session session;
  QFile in(file("session.json"));
  if (m_folder.isEmpty() || !in.open(QIODevice::ReadOnly)) return session;
  QJsonParseError error;
  const QJsonDocument document = QJsonDocument::fromJson(in.readAll(), &error);
  if (error.error != QJsonParseError::NoError || !document.isObject()) {
    in.close();
    const QString aside = file("session.broken.json");
    QFile::remove(aside);
    QFile::rename(in.fileName(), aside);
    if (problem) *problem = QObject::tr("The last session could not be read; it was set aside as %1").arg(aside);
    return session;
  }
  const QJsonObject root = document.object();
  for (const auto value : root[QLatin1String("documents")].toArray()) {
    const QJsonObject o = value.toObject();
    session.documents.push_back({o[QLatin1String("path")].toString(), o[QLatin1String("title")].toString(), o[QLatin1String("text")].toString(),
                                 o[QLatin1String("modified")].toBool(), o[QLatin1String("caret")].toInt(), o[QLatin1String("scroll")].toInt()});
  }
  session.current = root[QLatin1String("current")].toInt();
  session.geometry = QByteArray::fromBase64(root[QLatin1String("geometry")].toString().toLatin1());
  session.layout = QByteArray::fromBase64(root[QLatin1String("layout")].toString().toLatin1());
  session.settings = root[QLatin1String("settings")].toObject();
  for (const auto value : root[QLatin1String("recent")].toArray()) session.recentFiles << value.toString();
  return session;
}

QString Workspace::save(const Session& session) const {
  if (m_folder.isEmpty()) return {};
  QJsonArray documents;
  for (const OpenDocument& d : session.documents)
    documents << QJsonObject{{QStringLiteral("path"), d.path}, {QStringLiteral("title"), d.title}, {QStringLiteral("text"), d.text},
                             {QStringLiteral("modified"), d.isModified}, {QStringLiteral("caret"), d.caret}, {QStringLiteral("scroll"), d.scroll}};
  const QJsonObject root{{QStringLiteral("documents"), documents},
                         {QStringLiteral("current"), session.current},
                         {QStringLiteral("geometry"), QString::fromLatin1(session.geometry.toBase64())},
                         {QStringLiteral("layout"), QString::fromLatin1(session.layout.toBase64())},
                         {QStringLiteral("settings"), session.settings},
                         {QStringLiteral("recent"), QJsonArray::fromStringList(session.recentFiles)}};
  return replaceFile(file("session.json"), QJsonDocument(root).toJson(QJsonDocument::Indented));
}

std::vector<RunRecord> Workspace::history(int most) const {
  std::vector<RunRecord> out;
  QFile in(file("history.jsonl"));
  if (m_folder.isEmpty() || !in.open(QIODevice::ReadOnly)) return out;
  while (!in.atEnd()) {
    // A line that a crash cut short is passed over.
    const QJsonObject o = QJsonDocument::fromJson(in.readLine()).object();
    if (o.isEmpty()) continue;
    out.insert(out.begin(), {QDateTime::fromString(o[QLatin1String("at")].toString(), Qt::ISODateWithMs), o[QLatin1String("title")].toString(),
                             o[QLatin1String("text")].toString()});
  }
  if (static_cast<int>(out.size()) > most) out.resize(static_cast<size_t>(most));
  return out;
}

QString Workspace::addToHistory(const RunRecord& record) const {
  if (m_folder.isEmpty()) return {};
  std::vector<RunRecord> all = history(kMostHistory);
  // The same text run again moves to the top.
  std::erase_if(all, [&](const RunRecord& r) { return r.text == record.text; });
  all.insert(all.begin(), record);
  if (all.size() > kMostHistory) all.resize(kMostHistory);
  QByteArray lines;
  for (auto it = all.rbegin(); it != all.rend(); ++it)
    lines += QJsonDocument(QJsonObject{{QStringLiteral("at"), it->at.toUTC().toString(Qt::ISODateWithMs)}, {QStringLiteral("title"), it->title}, {QStringLiteral("text"), it->text}})
                 .toJson(QJsonDocument::Compact) + '\n';
  return replaceFile(file("history.jsonl"), lines);
}

}  // namespace weir
