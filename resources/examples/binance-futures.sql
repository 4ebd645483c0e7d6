-- Binance USD-M futures: aggregated trades of two contracts; the URL subscribes, and each trade lies in the envelope's "data".
CREATE STREAM Trades (
  s STRING,
  a LONG,
  p DOUBLE,
  q DOUBLE,
  T LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://fstream.binance.com/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade',
  "json.records" = '$.data',
  "event.time.field" = 'T',
  "event.time.lateness.ms" = '1000',
  -- Numbers grow by one for each contract: what is lost while the connection is open shows.
  "dedupe.key" = 's, a',
  "sequence.key" = 'a',
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
