-- WAMP (Crossbar): HELLO, its WELCOME awaited, then SUBSCRIBE; an event is an array whose first number is 36.
CREATE STREAM Trades (
  kind LONG,
  symbol STRING,
  id LONG,
  price DOUBLE,
  size DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://wamp.example.com/ws',
  "websocket.subprotocol" = 'wamp.2.json',
  "websocket.open.message.1" = '[1,"realm1",{"roles":{"subscriber":{}}}]',
  "websocket.open.await.2" = '$[0] = 2',
  "websocket.open.message.2" = '[32,1,{},"com.example.trades"]',
  "websocket.open.await" = '$[0] = 33',
  "websocket.refused" = '$[0] = 3',
  "json.mapping.kind" = '$[0]',
  "json.mapping.symbol" = '$[5].symbol',
  "json.mapping.id" = '$[5].id',
  "json.mapping.price" = '$[5].price',
  "json.mapping.size" = '$[5].size',
  "json.mapping.ts" = '$[5].ts',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, id'
);

INSERT INTO Vwap
SELECT
  symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
WHERE kind = 36
GROUP BY symbol;
