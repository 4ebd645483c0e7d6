// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/single_instance.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalSocket>
#include <QTimer>
#include <optional>

#include "core/base/private_file.h"

namespace weir {

namespace {

constexpr int kPatienceMs = 1000;
// What another program could send is bounded.
constexpr qint64 kMostBytes = 1 << 20;

std::string local(const QString& path) { return QFile::encodeName(path).toStdString(); }

bool fits(const QString& path) { return local(path).size() < sizeof(sockaddr_un::sun_path); }

// The session's own folder, else one in the folder for temporary files, where anybody could have made it before.
QString socketPath(const QString& name, QString* why) {
  const QString session = qEnvironmentVariable("XDG_RUNTIME_DIR");
  QString first = session + QLatin1Char('/') + name;
  if (session.startsWith(QLatin1Char('/')) && isPrivateFolder(local(session)) && fits(first)) return first;
  const QString folder = QDir::tempPath() + QStringLiteral("/weir-%1").arg(geteuid());
  makePrivateFolder(local(folder));
  QString second = folder + QLatin1Char('/') + name;
  if (isPrivateFolder(local(folder)) && fits(second)) return second;
  *why = QObject::tr(
             "%1, where windows meet, is not a folder of yours alone\nhint: remove it, or set XDG_RUNTIME_DIR to a "
             "folder that is (mode 700), or open a window of its "
             "own with --new-instance")
             .arg(folder);
  return {};
}

std::optional<uid_t> peerOf(const QLocalSocket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return std::nullopt;
  return peer.uid;
}

}  // namespace

SingleInstance::SingleInstance(const QString& folder, QObject* parent) : QObject(parent) {
  const QByteArray hash =
      QCryptographicHash::hash(QFileInfo(folder).absoluteFilePath().toUtf8(), QCryptographicHash::Sha256);
  m_path = socketPath(QStringLiteral("weir-") + QString::fromLatin1(hash.toHex().left(16)), &m_noFolder);
  connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::take);
}

SingleInstance::Other SingleInstance::handOver(const QStringList& files, QString* why) const {
  *why = m_noFolder;
  if (m_path.isEmpty()) return Other::Strange;
  const QString hint =
      QObject::tr("\nhint: end that program or remove the file, or open a window of its own with --new-instance");
  struct stat there {};
  if (lstat(local(m_path).c_str(), &there) != 0) return Other::None;
  *why = QObject::tr("%1, where windows meet, is no socket of yours").arg(m_path) + hint;
  if (!S_ISSOCK(there.st_mode) || there.st_uid != geteuid()) return Other::Strange;
  QLocalSocket socket;
  socket.setReadBufferSize(kMostBytes);
  socket.connectToServer(m_path);
  if (!socket.waitForConnected(kPatienceMs)) {
    // Left by a program that was killed, or given up this moment.
    if (socket.error() == QLocalSocket::ConnectionRefusedError || socket.error() == QLocalSocket::ServerNotFoundError)
      return Other::None;
    return socket.error() == QLocalSocket::SocketTimeoutError ? Other::Silent : Other::Strange;
  }
  const std::optional<uid_t> peer = peerOf(socket);
  *why = QObject::tr("%1, where windows meet, is held by a program of the user with the number %2")
             .arg(m_path, peer ? QString::number(*peer) : QStringLiteral("?")) +
         hint;
  if (peer != geteuid()) return Other::Strange;
  socket.write(QJsonDocument(QJsonArray::fromStringList(files)).toJson(QJsonDocument::Compact) + '\n');
  // The other one answers once it has read it all: a program that hangs takes nothing.
  if (!socket.waitForBytesWritten(kPatienceMs)) return Other::Silent;
  while (socket.bytesAvailable() < 3)
    if (!socket.waitForReadyRead(kPatienceMs * 3)) break;
  const QByteArray answer = socket.readAll();
  if (answer == "ok\n") return Other::Took;
  *why = QObject::tr("%1, where windows meet, is held by a program that is no Weir").arg(m_path) + hint;
  return answer.isEmpty() ? Other::Silent : Other::Strange;
}

void SingleInstance::listen() {
  if (m_path.isEmpty() || m_server.listen(m_path)) return;
  // Left by a program that was killed. One that listens keeps its name.
  QLocalSocket probe;
  probe.connectToServer(m_path);
  if (probe.waitForConnected(kPatienceMs) || probe.error() != QLocalSocket::ConnectionRefusedError) return;
  QLocalServer::removeServer(m_path);
  m_server.listen(m_path);
}

void SingleInstance::take() {
  while (QLocalSocket* socket = m_server.nextPendingConnection()) {
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    if (peerOf(*socket) != geteuid()) {
      socket->abort();
      continue;
    }
    socket->setReadBufferSize(kMostBytes + 1);
    QTimer::singleShot(kPatienceMs * 3, socket, &QLocalSocket::abort);
    connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
      if (socket->bytesAvailable() > kMostBytes) return socket->abort();
      if (!socket->canReadLine()) return;
      QStringList files;
      const QJsonArray sent = QJsonDocument::fromJson(socket->readLine()).array();
      for (const auto file : sent) files << file.toString();
      socket->write("ok\n");
      socket->disconnectFromServer();
      if (onFiles) onFiles(files);
    });
  }
}

}  // namespace weir
