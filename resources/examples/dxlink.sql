-- dxLink (dxFeed, tastytrade): four answers are awaited before the subscription; keepalives go both ways.
CREATE STREAM Trades (
  eventSymbol STRING,
  sequence LONG,
  price DOUBLE,
  size DOUBLE,
  time LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://demo.dxfeed.com/dxlink-ws',
  "websocket.open.message.1" = '{"type":"SETUP","channel":0,"version":"0.1-weir","keepaliveTimeout":60,"acceptKeepaliveTimeout":60}',
  "websocket.open.await.2" = '$.type = AUTH_STATE AND $.state = UNAUTHORIZED',
  "websocket.open.message.2" = '{"type":"AUTH","channel":0,"token":"${env:DXLINK_TOKEN}"}',
  "websocket.open.await.3" = '$.type = AUTH_STATE AND $.state = AUTHORIZED',
  "websocket.open.message.3" = '{"type":"CHANNEL_REQUEST","channel":1,"service":"FEED","parameters":{"contract":"AUTO"}}',
  "websocket.open.await.4" = '$.type = CHANNEL_OPENED',
  "websocket.open.message.4" = '{"type":"FEED_SETUP","channel":1,"acceptDataFormat":"FULL","acceptEventFields":{"TimeAndSale":["eventSymbol","sequence","price","size","time"]}}',
  "websocket.open.await.5" = '$.type = FEED_CONFIG',
  "websocket.open.message.5" = '{"type":"FEED_SUBSCRIPTION","channel":1,"add":[{"type":"TimeAndSale","symbol":"AAPL"}]}',
  "websocket.refused" = '$.type = ERROR',
  "websocket.heartbeat.message" = '{"type":"KEEPALIVE","channel":0}',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.data[*]',
  "event.time.field" = 'time',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'eventSymbol, sequence'
);

INSERT INTO Vwap
SELECT
  eventSymbol AS symbol,
  VWAP(price, size) AS vwap,
  SUM(size) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY eventSymbol;
