-- BitMEX: a table of trades; its "partial" after each subscription repeats the newest. A bare text ping keeps the connection.
CREATE STREAM Trades (
  symbol STRING,
  side STRING,
  price DOUBLE,
  size LONG,
  trdMatchID STRING,
  timestamp STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.bitmex.com/realtime',
  "websocket.open.await.1" = '$.info',
  "websocket.open.message.1" = '{"op":"subscribe","args":["trade:XBTUSD"]}',
  "websocket.open.await" = '$.success = true',
  "websocket.refused" = '$.error',
  "websocket.heartbeat.message" = 'ping',
  "websocket.heartbeat.interval.ms" = '5000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'timestamp',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, trdMatchID'
);

-- A contract is a dollar.
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
