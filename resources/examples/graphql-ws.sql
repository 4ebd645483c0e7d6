-- A GraphQL subscription over graphql-transport-ws: connection_init, its ack awaited, then the query; pings are answered.
CREATE STREAM Trades (
  symbol STRING,
  id LONG,
  price DOUBLE,
  size DOUBLE,
  time STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://graphql.example.com/subscriptions',
  "websocket.subprotocol" = 'graphql-transport-ws',
  "websocket.open.message.1" = '{"type":"connection_init","payload":{"token":"${env:GRAPHQL_TOKEN}"}}',
  "websocket.open.await.2" = '$.type = connection_ack',
  "websocket.open.message.2" = '{"id":"1","type":"subscribe","payload":{"query":"subscription { trades(symbol: \"ACME\") { symbol id price size time } }"}}',
  "websocket.refused" = '$.type = error',
  "websocket.reply.when.1" = '$.type = ping',
  "websocket.reply.send.1" = '{"type":"pong"}',
  "json.records" = '$.payload.data.trades',
  "event.time.field" = 'time',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, id'
);

INSERT INTO Vwap
SELECT
  symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY symbol;
