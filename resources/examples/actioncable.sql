-- Rails ActionCable: a welcome, a subscription whose identifier is JSON in a text, its confirmation, and pings that want no answer.
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
  "websocket.url" = 'wss://rails.example.com/cable',
  "websocket.subprotocol" = 'actioncable-v1-json',
  "websocket.headers.Origin" = 'https://rails.example.com',
  "websocket.open.await.1" = '$.type = welcome',
  "websocket.open.message.1" = '{"command":"subscribe","identifier":"{\"channel\":\"TradesChannel\",\"symbol\":\"ACME\"}"}',
  "websocket.open.await" = '$.type = confirm_subscription',
  "websocket.refused" = '$.type = reject_subscription',
  -- The server pings every three seconds: without any of it the connection is dead.
  "websocket.idle.timeout.ms" = '9000',
  "json.records" = '$.message',
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
