// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/single_instance.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalSocket>

namespace weir {

namespace {

constexpr int kPatienceMs = 1000;
// What another program could send is bounded.
constexpr qint64 kMostBytes = 1 << 20;

}  // namespace

SingleInstance::SingleInstance(const QString& folder, QObject* parent) : QObject(parent) {
  const QByteArray hash = QCryptographicHash::hash(QFileInfo(folder).absoluteFilePath().toUtf8(), QCryptographicHash::Sha256);
  m_name = QStringLiteral("weir-") + QString::fromLatin1(hash.toHex().left(16));
  // Nobody but the user may send files here.
  m_server.setSocketOptions(QLocalServer::UserAccessOption);
  connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::take);
}

bool SingleInstance::handOver(const QStringList& files) const {
  QLocalSocket socket;
  socket.connectToServer(m_name);
  if (!socket.waitForConnected(kPatienceMs)) return false;
  socket.write(QJsonDocument(QJsonArray::fromStringList(files)).toJson(QJsonDocument::Compact) + '\n');
  // The other one answers once it has read it all: a program that hangs takes nothing.
  return socket.waitForBytesWritten(kPatienceMs) && socket.waitForReadyRead(kPatienceMs * 3) && socket.readAll() == "ok\n";
}

void SingleInstance::listen() {
  if (m_server.listen(m_name)) return;
  // Left by a program that was killed: nobody answered there.
  QLocalServer::removeServer(m_name);
  m_server.listen(m_name);
}

void SingleInstance::take() {
  while (QLocalSocket* socket = m_server.nextPendingConnection()) {
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
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
