-- SignalR: a POST gives the connection's token; records end in 0x1E (CHR(30)), several in one message; pings go both ways.
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
  "json.framing" = 'many',
  "websocket.before" = 'POST https://signalr.example.com/hub/negotiate?negotiateVersion=1',
  "websocket.url" = 'wss://signalr.example.com/hub?id=${before.$.connectionToken}',
  "websocket.open.message.1" = '{"protocol":"json","version":1}${CHR(30)}',
  "websocket.open.await.2" = '{}%',
  "websocket.open.message.2" = '{"type":1,"invocationId":"0","target":"Subscribe","arguments":["ACME"]}${CHR(30)}',
  "websocket.open.await" = '$.type = 3 AND $.invocationId = 0',
  "websocket.refused" = '$.error',
  "websocket.heartbeat.message" = '{"type":6}${CHR(30)}',
  "websocket.heartbeat.interval.ms" = '15000',
  "json.records" = '$.arguments[*]',
  "json.when" = '$$.target = trade',
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
