-- Finnhub: the token stands in the URL, and each symbol wants a message of its own. Trades have no number, so nothing can tell repeats.
CREATE STREAM Trades (
  s STRING,
  p DOUBLE,
  v DOUBLE,
  t LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.finnhub.io/?token=${env:FINNHUB_TOKEN}',
  "websocket.each" = 'AAPL, BINANCE:BTCUSDT',
  "websocket.each.per.message" = '1',
  "websocket.open.message" = '{"type":"subscribe","symbol":"${each}"}',
  "websocket.refused" = '$.type = error',
  "json.records" = '$.data[*]',
  "event.time.field" = 't',
  "event.time.lateness.ms" = '1000'
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
