-- Alpaca: a login that is awaited, then arrays that mix trades, quotes and bars; "T" tells them apart.
CREATE STREAM Trades (
  S STRING,
  i LONG,
  p DOUBLE,
  s DOUBLE,
  t STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://stream.data.alpaca.markets/v2/iex',
  "websocket.open.await.1" = '$[0].msg = connected',
  "websocket.open.message.1" = '{"action":"auth","key":"${env:ALPACA_KEY}","secret":"${env:ALPACA_SECRET}"}',
  "websocket.open.await.2" = '$[0].msg = authenticated',
  "websocket.open.message.2" = '{"action":"subscribe","trades":["AAPL","MSFT"],"quotes":["AAPL"]}',
  "websocket.open.await" = '$[0].T = subscription',
  "websocket.refused" = '$[0].T = error',
  "json.when" = '$.T = t',
  "event.time.field" = 't',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'S, i'
);

INSERT INTO Vwap
SELECT
  S AS symbol,
  VWAP(p, s) AS vwap,
  SUM(s) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY S;
