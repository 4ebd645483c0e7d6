-- HitBTC: trades lie below the name of their symbol, which is a member's name and no value.
CREATE STREAM Trades (
  symbol STRING,
  i LONG,
  p DOUBLE,
  q DOUBLE,
  t LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api.hitbtc.com/api/3/ws/public',
  "websocket.open.message" = '{"method":"subscribe","ch":"trades","params":{"symbols":["BTCUSDT","ETHUSDT"],"limit":3},"id":1}',
  "websocket.open.await" = '$.id = 1 AND $.result',
  "websocket.refused" = '$.error.code',
  "json.records" = '$.update.*[*]',
  "json.mapping.symbol" = '$key',
  "event.time.field" = 't',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, i'
);

INSERT INTO Vwap
SELECT
  symbol,
  VWAP(p, q) AS vwap,
  SUM(q) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY symbol;
