-- OKX v5: a bare text ping keeps the connection; its bare pong is no JSON and is no error.
CREATE STREAM Trades (
  instId STRING,
  tradeId STRING,
  px DOUBLE,
  sz DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.okx.com:8443/ws/v5/public',
  "websocket.open.message" = '{"op":"subscribe","args":[{"channel":"trades","instId":"BTC-USDT"}]}',
  "websocket.heartbeat.message" = 'ping',
  "websocket.heartbeat.interval.ms" = '25000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'instId, tradeId'
);

INSERT INTO Vwap
SELECT
  instId AS symbol,
  VWAP(px, sz) AS vwap,
  SUM(sz) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY instId;
