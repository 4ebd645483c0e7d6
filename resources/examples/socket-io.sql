-- Socket.IO 4: digits in front of the JSON; "40" opens the namespace, each "2" of the server wants a "3".
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
  "json.framing" = 'embedded',
  "websocket.url" = 'wss://socketio.example.com/socket.io/?EIO=4&transport=websocket',
  "websocket.open.await.1" = '0{%',
  "websocket.open.message.1" = '40',
  "websocket.open.await.2" = '40{%',
  "websocket.open.message.2" = '42["subscribe","ACME"]',
  "websocket.refused" = '44%',
  "websocket.reply.when.1" = '2',
  "websocket.reply.send.1" = '3',
  "json.records" = '$[1]',
  "json.when" = '$$[0] = trade',
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
