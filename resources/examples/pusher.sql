-- Pusher Channels: what an event carries is JSON in a text; pusher:ping wants pusher:pong.
CREATE STREAM Trades (
  symbol STRING,
  id LONG,
  price DOUBLE,
  size DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws-eu.pusher.com/app/${env:PUSHER_KEY}?protocol=7&client=weir&version=1.0',
  "websocket.open.await.1" = '$.event = pusher:connection_established',
  "websocket.open.message.1" = '{"event":"pusher:subscribe","data":{"channel":"trades"}}',
  "websocket.open.await" = '$.event = pusher_internal:subscription_succeeded',
  "websocket.refused" = '$.event = pusher:error',
  "websocket.reply.when.1" = '$.event = pusher:ping',
  "websocket.reply.send.1" = '{"event":"pusher:pong","data":{}}',
  "json.records" = '$.data',
  "json.when" = '$$.event = trade',
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
GROUP BY symbol;
