-- Hyperliquid: the first message repeats recent trades; without anything said for 60 seconds the server ends the connection.
CREATE STREAM Trades (
  coin STRING,
  side STRING,
  px DOUBLE,
  sz DOUBLE,
  time LONG,
  tid LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api.hyperliquid.xyz/ws',
  "websocket.open.message" = '{"method":"subscribe","subscription":{"type":"trades","coin":"BTC"}}',
  "websocket.open.await" = '$.channel = subscriptionResponse',
  "websocket.refused" = '$.channel = error',
  "websocket.heartbeat.message" = '{"method":"ping"}',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'time',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'coin, tid'
);

INSERT INTO Vwap
SELECT
  coin AS symbol,
  VWAP(px, sz) AS vwap,
  SUM(sz) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY coin;
