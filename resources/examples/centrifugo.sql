-- Centrifugo (Grafana Live speaks it too): lines of JSON, several in one message; an empty object is a ping and its answer.
CREATE STREAM Trades (
  symbol STRING,
  id LONG,
  price DOUBLE,
  size DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "json.framing" = 'many',
  "websocket.url" = 'wss://centrifugo.example.com/connection/websocket',
  "websocket.open.message.1" = '{"id":${SEQ()},"connect":{"token":"${env:CENTRIFUGO_TOKEN}"}}',
  "websocket.open.await.2" = '$.id = 1 AND $.connect',
  "websocket.open.message.2" = '{"id":${SEQ()},"subscribe":{"channel":"trades:ACME"}}',
  "websocket.open.await" = '$.id = 2 AND $.subscribe',
  "websocket.refused" = '$.error.code',
  "websocket.reply.when.1" = '{}',
  "websocket.reply.send.1" = '{}',
  "json.records" = '$.push.pub.data',
  "event.time.field" = 'ts',
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
