// SPDX-License-Identifier: GPL-3.0-or-later
#include <QObject>

#include "core/connectors/websocket/sharded_source.h"
#include "core/connectors/websocket/websocket_settings.h"
#include "core/connectors/websocket/websocket_sink.h"
#include "core/connectors/websocket/websocket_source.h"

namespace weir {

namespace {

std::unique_ptr<Source> sourceOf(const EndpointSetup& setup) {
  const auto groups = symbolGroups(setup.options);
  if (groups.size() > 1) return std::make_unique<ShardedSource>(setup, groups);
  return std::make_unique<WebSocketSource>(setup, makeTransport, groups.front());
}

std::unique_ptr<Source> makeSource(const EndpointSetup& setup, const logical::Stream&) { return sourceOf(setup); }

std::shared_ptr<Source> makeConnection(const EndpointSetup& setup) { return sourceOf(setup); }

std::unique_ptr<Sink> makeSink(const EndpointSetup& setup, const logical::Stream&) {
  return std::make_unique<WebSocketSink>(setup);
}

QString silenceHint() { return QObject::tr("is a subscription message needed (websocket.open.message)?"); }

}  // namespace

const Connector websocketConnector{.makeSource = makeSource,
                                   .makeSink = makeSink,
                                   .makeConnection = makeConnection,
                                   .validate = fileTrouble,
                                   .silenceHint = silenceHint};

}  // namespace weir
