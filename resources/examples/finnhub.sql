-- Finnhub: the token stands in the URL, one subscription a message. Trades have no number, so nothing can tell repeats.
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
  "websocket.open.message.1" = '{"type":"subscribe","symbol":"AAPL"}',
  "websocket.open.message.2" = '{"type":"subscribe","symbol":"BINANCE:BTCUSDT"}',
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
