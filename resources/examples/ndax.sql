-- NDAX (AlphaPoint): JSON in a text within JSON; trades are arrays without names.
CREATE STREAM Trades (
  id LONG,
  quantity DOUBLE,
  price DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api.ndax.io/WSGateway',
  "websocket.open.message" = '{"m":0,"i":${SEQ()},"n":"SubscribeTrades","o":"{\"OMSId\":1,\"InstrumentId\":1,\"IncludeLastCount\":10}"}',
  "websocket.open.await" = '$.m = 1 AND $.n = SubscribeTrades',
  "websocket.refused" = '$.m = 5',
  "websocket.heartbeat.message" = '{"m":0,"i":${SEQ()},"n":"Ping","o":"{}"}',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.o[*]',
  "json.mapping.id" = '$[0]',
  "json.mapping.quantity" = '$[2]',
  "json.mapping.price" = '$[3]',
  "json.mapping.ts" = '$[6]',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'id'
);

INSERT INTO Vwap
SELECT
  'BTCCAD' AS symbol,
  VWAP(price, quantity) AS vwap,
  SUM(quantity) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec);
