-- Binance spot: the combined stream of two symbols; trades lie in the envelope's "data".
CREATE STREAM Trades (
  s STRING,
  t LONG,
  p DOUBLE,
  q DOUBLE,
  T LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://stream.binance.com:9443/stream?streams=btcusdt@trade/ethusdt@trade',
  "json.records" = '$.data',
  "event.time.field" = 'T',
  "event.time.lateness.ms" = '1000',
  -- A reconnect may repeat trades, and lost ones show as jumps of the trade number.
  "dedupe.key" = 's, t',
  "sequence.key" = 't',
  "sequence.partition" = 's'
);

INSERT INTO Vwap
SELECT
  s AS symbol,
  VWAP(p, q) AS vwap,
  SUM(q) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY s;
