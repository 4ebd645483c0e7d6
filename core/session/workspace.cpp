// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/workspace.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLockFile>
#include <QRegularExpression>
#include <QStandardPaths>
#include <algorithm>
#include <map>

#include "core/base/private_file.h"
#include "core/base/save_file.h"

namespace weir {

namespace {

constexpr int kMostHistory = 500;
constexpr int kMostWindows = 64;
constexpr size_t kMostBroken = 5;

// What Weir keeps in a data folder, set aside, locked or half-written too.
const QRegularExpression& ownFile() {
  static const QRegularExpression kNames(QStringLiteral("^\\.?(?:session|history|results)\\b.*|.*\\.weircap$"));
  return kNames;
}

// Files keep texts and rows: they are the user's alone, those of earlier versions too. A folder that somebody shares
// with other things keeps its rights.
void takeFolderFromOthers(const QString& folder) {
  const QFileInfoList all =
      QDir(folder).entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
  bool isOurs = true;
  for (const QFileInfo& file : all) {
    const bool isOwn = ownFile().match(file.fileName()).hasMatch();
    if (isOwn) takeFromOthers(QFile::encodeName(file.filePath()).toStdString());
    isOurs = isOurs && isOwn;
  }
  if (isOurs || folder == Workspace::defaultFolder())
    takeFromOthers(QFile::encodeName(QFileInfo(folder).canonicalFilePath()).toStdString());
}

QString replaceFile(const QString& path, const QByteArray& content) {
  const std::string why = saveFile(QFile::encodeName(path).toStdString(),
                                   {content.constData(), static_cast<size_t>(content.size())}, NewFile::OwnerOnly);
  if (why.empty()) return {};
  return QObject::tr("Nothing was kept in %1: %2. What was kept before stands.").arg(path, QString::fromStdString(why));
}

std::vector<OpenDocument> documentsFrom(const QJsonArray& array) {
  std::vector<OpenDocument> out;
  for (const auto value : array) {
    const QJsonObject o = value.toObject();
    out.push_back({o[QLatin1String("path")].toString(), o[QLatin1String("title")].toString(),
                   o[QLatin1String("text")].toString(), o[QLatin1String("modified")].toBool(),
                   o[QLatin1String("caret")].toInt(), o[QLatin1String("scroll")].toInt(),
                   o[QLatin1String("disk")].toString()});
  }
  return out;
}

// Moves a file that cannot be read out of the way of the next save, beside those that went before it: only beyond some
// of them the oldest goes. Returns the new name, or an empty text.
QString setAside(const QString& path) {
  const QFileInfo info(path);
  const QRegularExpression name(
      QStringLiteral("^%1\\.broken(?:-(\\d+))?\\.json$").arg(QRegularExpression::escape(info.completeBaseName())));
  std::map<int, QString> before;
  for (const QFileInfo& there :
       info.dir().entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
    if (const auto match = name.match(there.fileName()); match.hasMatch())
      before[match.captured(1).isEmpty() ? 1 : match.captured(1).toInt()] = there.filePath();
  const int number = before.empty() ? 1 : before.rbegin()->first + 1;
  const QString end = number == 1 ? QStringLiteral(".broken.json") : QStringLiteral(".broken-%1.json").arg(number);
  QString aside = info.path() + QLatin1Char('/') + info.completeBaseName() + end;
  if (!QFile::rename(path, aside)) return {};
  for (; before.size() >= kMostBroken; before.erase(before.begin())) QFile::remove(before.begin()->second);
  return aside;
}

QJsonArray toJson(const std::vector<OpenDocument>& documents) {
  QJsonArray out;
  for (const OpenDocument& d : documents)
    out << QJsonObject{{QStringLiteral("path"), d.path},   {QStringLiteral("title"), d.title},
                       {QStringLiteral("text"), d.text},   {QStringLiteral("modified"), d.isModified},
                       {QStringLiteral("caret"), d.caret}, {QStringLiteral("scroll"), d.scroll},
                       {QStringLiteral("disk"), d.disk}};
  return out;
}

}  // namespace

Workspace::Workspace(QString folder) : m_folder(std::move(folder)) {
  if (m_folder.isEmpty()) return;
  makePrivateFolder(QFile::encodeName(m_folder).toStdString());
  takeFolderFromOthers(m_folder);
  for (int number = 1; number <= kMostWindows; ++number) {
    auto lock = lockFor(number);
    if (lock->tryLock(0)) {
      takeFromOthers(QFile::encodeName(lock->fileName()).toStdString());
      m_number = number;
      m_lock = std::move(lock);
      return;
    }
    // Where no lock can be made nothing can be kept either, and the first save says so.
    if (lock->error() != QLockFile::LockFailedError) return;
  }
}

Workspace::~Workspace() = default;

QString Workspace::defaultFolder() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/weir");
}

QString Workspace::file(const QString& name) const { return m_folder + QLatin1Char('/') + name; }

QString Workspace::sessionFile(int number) const {
  return file(number == 1 ? QStringLiteral("session.json") : QStringLiteral("session-%1.json").arg(number));
}

std::unique_ptr<QLockFile> Workspace::lockFor(int number) const {
  auto lock = std::make_unique<QLockFile>(sessionFile(number) + QStringLiteral(".lock"));
  // A window may live for weeks: only an owner that is dead gives its lock up.
  lock->setStaleLockTime(0);
  return lock;
}

std::optional<Workspace::Session> Workspace::read(const QString& path, QString* why) {
  Session session;
  if (!QFile::exists(path)) return session;
  QFile in(path);
  const QByteArray content = in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
  if (in.error() != QFileDevice::NoError) {
    *why = in.errorString();
    return std::nullopt;
  }
  QJsonParseError error;
  const QJsonDocument document = QJsonDocument::fromJson(content, &error);
  if (error.error != QJsonParseError::NoError || !document.isObject()) {
    *why = error.error != QJsonParseError::NoError ? error.errorString() : QObject::tr("not an object");
    return std::nullopt;
  }
  const QJsonObject root = document.object();
  session.documents = documentsFrom(root[QLatin1String("documents")].toArray());
  session.closed = documentsFrom(root[QLatin1String("closed")].toArray());
  session.current = root[QLatin1String("current")].toInt();
  session.geometry = QByteArray::fromBase64(root[QLatin1String("geometry")].toString().toLatin1());
  session.layout = QByteArray::fromBase64(root[QLatin1String("layout")].toString().toLatin1());
  session.settings = root[QLatin1String("settings")].toObject();
  for (const auto value : root[QLatin1String("recent")].toArray()) session.recentFiles << value.toString();
  return session;
}

Workspace::Session Workspace::load(QString* problem) {
  if (m_folder.isEmpty()) return {};
  QStringList problems;
  QString why;
  std::optional<Session> own = read(sessionFile(m_number), &why);
  if (!own) {
    const QString path = sessionFile(m_number);
    const QString aside = setAside(path);
    m_isHeld = aside.isEmpty();
    problems << (m_isHeld
                     ? QObject::tr("The last session (%1) could not be read (%2), nor be set aside: nothing is kept "
                                   "until it is moved away.")
                           .arg(path, why)
                     : QObject::tr("The last session could not be read (%1); it was set aside as %2").arg(why, aside));
  }
  Session session = std::move(own).value_or(Session());
  if (m_number > 1) {
    const Session first = read(sessionFile(1), &why).value_or(Session());
    session.geometry = first.geometry;
    session.layout = first.layout;
    session.settings = first.settings;
    session.recentFiles = first.recentFiles;
  }
  adoptAbandoned(session, problems);
  if (problem) *problem = problems.join(QLatin1Char('\n'));
  return session;
}

void Workspace::adoptAbandoned(Session& session, QStringList& problems) const {
  static const QRegularExpression kName(QStringLiteral("^session(?:-(\\d+))?\\.json$"));
  std::vector<std::unique_ptr<QLockFile>> locks;
  QStringList adopted;
  for (const QString& name : QDir(m_folder).entryList({QStringLiteral("session*.json")}, QDir::Files, QDir::Name)) {
    const auto match = kName.match(name);
    if (!match.hasMatch()) continue;
    const int number = match.captured(1).isEmpty() ? 1 : match.captured(1).toInt();
    auto lock = lockFor(number);
    if (number == m_number || !lock->tryLock(0)) continue;
    QString why;
    const std::optional<Session> abandoned = read(sessionFile(number), &why);
    if (!abandoned) {
      const QString aside = setAside(sessionFile(number));
      problems << QObject::tr("The session of another window (%1) could not be read (%2).")
                      .arg(aside.isEmpty() ? sessionFile(number) : aside, why);
      continue;
    }
    for (const OpenDocument& d : abandoned->documents) {
      if (d.text.isEmpty() && d.path.isEmpty()) continue;
      const bool known = std::any_of(session.documents.begin(), session.documents.end(), [&](const OpenDocument& k) {
        return k.path == d.path && (k.text == d.text || (!d.path.isEmpty() && !d.isModified));
      });
      if (!known) session.documents.push_back(d);
    }
    session.closed.insert(session.closed.begin(), abandoned->closed.begin(), abandoned->closed.end());
    adopted << sessionFile(number);
    locks.push_back(std::move(lock));
  }
  // What was adopted goes once it is safe in this window's own session.
  if (adopted.isEmpty() || !save(session).isEmpty()) return;
  for (const QString& path : adopted) QFile::remove(path);
}

QString Workspace::save(const Session& session) const {
  if (m_folder.isEmpty()) return {};
  // Not over texts that nobody has seen.
  if (m_isHeld && QFile::exists(sessionFile(m_number)))
    return QObject::tr("Cannot keep the session: %1 cannot be read; move it away.").arg(sessionFile(m_number));
  const QJsonObject root{{QStringLiteral("documents"), toJson(session.documents)},
                         {QStringLiteral("closed"), toJson(session.closed)},
                         {QStringLiteral("current"), session.current},
                         {QStringLiteral("geometry"), QString::fromLatin1(session.geometry.toBase64())},
                         {QStringLiteral("layout"), QString::fromLatin1(session.layout.toBase64())},
                         {QStringLiteral("settings"), session.settings},
                         {QStringLiteral("recent"), QJsonArray::fromStringList(session.recentFiles)}};
  return replaceFile(sessionFile(m_number), QJsonDocument(root).toJson(QJsonDocument::Indented));
}

std::vector<RunRecord> Workspace::history(int most) const {
  std::vector<RunRecord> out;
  QFile in(file(QStringLiteral("history.jsonl")));
  if (m_folder.isEmpty() || !in.open(QIODevice::ReadOnly)) return out;
  while (!in.atEnd()) {
    // A line that a crash cut short is passed over.
    const QJsonObject o = QJsonDocument::fromJson(in.readLine()).object();
    if (o.isEmpty()) continue;
    out.insert(out.begin(), {QDateTime::fromString(o[QLatin1String("at")].toString(), Qt::ISODateWithMs),
                             o[QLatin1String("title")].toString(), o[QLatin1String("text")].toString()});
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
    lines += QJsonDocument(QJsonObject{{QStringLiteral("at"), it->at.toUTC().toString(Qt::ISODateWithMs)},
                                       {QStringLiteral("title"), it->title},
                                       {QStringLiteral("text"), it->text}})
                 .toJson(QJsonDocument::Compact) +
             '\n';
  return replaceFile(file(QStringLiteral("history.jsonl")), lines);
}

}  // namespace weir
