-- Bybit v5: an application ping every 20 seconds; trades come in arrays.
CREATE STREAM Trades (
  T LONG,
  s STRING,
  S STRING,
  v DOUBLE,
  p DOUBLE,
  i STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://stream.bybit.com/v5/public/spot',
  "websocket.open.message" = '{"op":"subscribe","args":["publicTrade.BTCUSDT"]}',
  "websocket.heartbeat.message" = '{"op":"ping"}',
  "websocket.heartbeat.interval.ms" = '20000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'T',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 's, i'
);

INSERT INTO Vwap
SELECT
  s AS symbol,
  VWAP(p, v) AS vwap,
  SUM(v) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY s;
