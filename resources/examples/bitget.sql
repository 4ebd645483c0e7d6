-- Bitget v2: a bare text ping every 30 seconds; the first message after each subscription repeats the last trades.
CREATE STREAM Trades (
  instId STRING,
  tradeId STRING,
  price DOUBLE,
  size DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.bitget.com/v2/ws/public',
  "websocket.open.message" = '{"op":"subscribe","args":[{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"}]}',
  "websocket.open.await" = '$.event = subscribe',
  "websocket.refused" = '$.event = error',
  "websocket.heartbeat.message" = 'ping',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.data[*]',
  "json.mapping.instId" = '$$.arg.instId',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'instId, tradeId'
);

INSERT INTO Vwap
SELECT
  instId AS symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY instId;
