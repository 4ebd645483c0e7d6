-- Kraken v2: trades come in arrays; status and heartbeat messages have no "data" of trades.
CREATE STREAM Trades (
  symbol STRING,
  side STRING,
  price DOUBLE,
  qty DOUBLE,
  trade_id LONG,
  timestamp STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.kraken.com/v2',
  "websocket.open.message" = '{"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]}}',
  "json.records" = '$.data[*]',
  "event.time.field" = 'timestamp',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  -- The snapshot after a reconnect repeats the last trades.
  "dedupe.key" = 'symbol, trade_id'
);

INSERT INTO Vwap
SELECT
  symbol,
  VWAP(price, qty) AS vwap,
  SUM(qty) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY symbol;
