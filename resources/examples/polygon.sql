-- Polygon.io: status messages lead through the login; arrays mix trades and aggregates, told apart by "ev".
CREATE STREAM Trades (
  sym STRING,
  i STRING,
  p DOUBLE,
  s DOUBLE,
  t LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://socket.polygon.io/stocks',
  "websocket.open.await.1" = '$[0].status = connected',
  "websocket.open.message.1" = '{"action":"auth","params":"${env:POLYGON_KEY}"}',
  "websocket.open.await.2" = '$[0].status = auth_success',
  "websocket.open.message.2" = '{"action":"subscribe","params":"T.AAPL,T.MSFT,A.AAPL"}',
  "websocket.open.await" = '$[0].status = success',
  "websocket.refused" = '$[0].status = auth_failed',
  "json.when" = '$.ev = T',
  "event.time.field" = 't',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'sym, i'
);

INSERT INTO Vwap
SELECT
  sym AS symbol,
  VWAP(p, s) AS vwap,
  SUM(s) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY sym;
