-- Bybit v5, one's own executions: a signature over a moment that lies ahead, in hexadecimal digits.
CREATE STREAM Executions (
  symbol STRING,
  execId STRING,
  execPrice DOUBLE,
  execQty DOUBLE,
  execTime LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://stream.bybit.com/v5/private',
  "websocket.open.message.1" = '{"op":"auth","args":["${env:BYBIT_KEY}",${NOW() + 10000},"${LOWER(HEX(HMAC_SHA256(env:BYBIT_SECRET, ''GET/realtime'' || CAST(NOW() + 10000 AS STRING))))}"]}',
  "websocket.open.await.2" = '$.op = auth AND $.success = true',
  "websocket.open.message.2" = '{"op":"subscribe","args":["execution"]}',
  "websocket.open.await" = '$.op = subscribe AND $.success = true',
  "websocket.refused" = '$.success = false',
  "websocket.heartbeat.message" = '{"op":"ping"}',
  "websocket.heartbeat.interval.ms" = '20000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'execTime',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, execId'
);

INSERT INTO Fills
SELECT
  symbol,
  VWAP(execPrice, execQty) AS vwap,
  SUM(execQty) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Executions
WINDOW TUMBLING(10 sec)
GROUP BY symbol;
