-- Coinbase: subscribe within five seconds. "last_match" replays a trade that may have been seen.
CREATE STREAM Trades (
  type STRING,
  trade_id LONG,
  product_id STRING,
  size DOUBLE,
  price DOUBLE,
  time STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws-feed.exchange.coinbase.com',
  "websocket.open.message" = '{"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches","heartbeat"]}',
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
WHERE type = 'match' OR type = 'last_match'
GROUP BY product_id;
