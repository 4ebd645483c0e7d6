-- STOMP (RabbitMQ, ActiveMQ, Spring): lines of headers, an empty one, a body, and NUL (CHR(0)) at the end; a line end is a heartbeat.
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
  "websocket.url" = 'wss://rabbit.example.com:15673/ws',
  "websocket.subprotocol" = 'v12.stomp',
  "websocket.open.message.1" = 'CONNECT
accept-version:1.2
host:/
login:${env:STOMP_USER}
passcode:${env:STOMP_PASSWORD}
heart-beat:10000,10000

${CHR(0)}',
  "websocket.open.await.2" = 'CONNECTED%',
  "websocket.open.message.2" = 'SUBSCRIBE
id:0
destination:/topic/trades
ack:auto
receipt:ready

${CHR(0)}',
  "websocket.open.await" = 'RECEIPT%',
  "websocket.refused" = 'ERROR%',
  "websocket.heartbeat.message" = '
',
  "websocket.heartbeat.interval.ms" = '10000',
  "json.when" = 'MESSAGE%',
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
