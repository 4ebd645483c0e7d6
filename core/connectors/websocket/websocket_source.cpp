// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/websocket/websocket_source.h"

#include <utility>

#include "core/connectors/websocket/websocket_settings.h"

namespace weir {

WebSocketSource::WebSocketSource(const EndpointSetup& setup, TransportFactory transports,
                                 const std::vector<std::string>& symbols)
    : m_connection(connectionSettings(setup.name, setup.options, setup.written, symbols), setup.clock,
                   std::move(transports)) {
  m_connection.onMessage = [this](const QByteArray& payload, bool isText) {
    if (listener())
      listener()->message({payload.constData(), static_cast<size_t>(payload.size())}, isText,
                          m_connection.lastMessage());
  };
  m_connection.onOpen = [this] {
    if (listener()) listener()->opened();
    tell(&WebSocketWriter::opened);
  };
  m_connection.onWritten = [this] { tell(&WebSocketWriter::written); };
  m_connection.onAlive = [this](Micros asked) {
    if (listener()) listener()->alive(asked);
  };
  m_connection.onLost = [this] {
    if (listener()) listener()->lost();
  };
  m_connection.onSaid = [this](const QByteArray& shown, bool isText) {
    if (listener()) listener()->said({shown.constData(), static_cast<size_t>(shown.size())}, isText);
  };
  m_connection.onTrouble = [this](const QString& what) {
    if (listener()) listener()->trouble(what);
  };
  m_connection.lastWords = [this] { return listener() ? listener()->lastWords() : QString(); };
  m_connection.onStateChanged = [this] {
    if (listener()) listener()->stateChanged();
    tell(&WebSocketWriter::stateChanged);
  };
}

void WebSocketSource::tell(void (WebSocketWriter::*what)()) {
  for (WebSocketWriter* writer : std::vector(m_writers)) (writer->*what)();
}

void WebSocketSource::watchFrames(FrameWatch watch) {
  m_connection.onFrame = watch ? frameWatch(std::move(watch)) : nullptr;
}

}  // namespace weir
