-- Coinbase Advanced Trade: one channel a message; trades lie in arrays within arrays, and the snapshot repeats some.
CREATE STREAM Trades (
  product_id STRING,
  trade_id STRING,
  price DOUBLE,
  size DOUBLE,
  side STRING,
  time STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://advanced-trade-ws.coinbase.com',
  "websocket.open.message.1" = '{"type":"subscribe","product_ids":["BTC-USD"],"channel":"market_trades"}',
  -- Keeps a quiet product from looking silent.
  "websocket.open.message.2" = '{"type":"subscribe","channel":"heartbeats"}',
  "websocket.refused" = '$.type = error',
  "json.records" = '$.events[*].trades[*]',
  "event.time.field" = 'time',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'product_id, trade_id'
);

INSERT INTO Vwap
SELECT
  product_id AS symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY product_id;
