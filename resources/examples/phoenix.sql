-- Phoenix channels: arrays of join number, number, topic, event and payload; a heartbeat of the topic "phoenix".
CREATE STREAM Trades (
  topic STRING,
  kind STRING,
  id LONG,
  price DOUBLE,
  size DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://phoenix.example.com/socket/websocket?vsn=2.0.0&token=${env:PHOENIX_TOKEN}',
  "websocket.open.message" = '["1","${SEQ()}","trades:ACME","phx_join",{}]',
  "websocket.open.await" = '$[3] = phx_reply AND $[4].status = ok',
  "websocket.refused" = '$[4].status = error',
  "websocket.heartbeat.message" = '[null,"${SEQ()}","phoenix","heartbeat",{}]',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.mapping.topic" = '$[2]',
  "json.mapping.kind" = '$[3]',
  "json.mapping.id" = '$[4].id',
  "json.mapping.price" = '$[4].price',
  "json.mapping.size" = '$[4].size',
  "json.mapping.ts" = '$[4].ts',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'topic, id'
);

INSERT INTO Vwap
SELECT
  SUBSTRING(topic, 8) AS symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
WHERE kind = 'trade'
GROUP BY topic;
