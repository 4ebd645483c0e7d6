-- Crypto.com: a heartbeat every 30 seconds, whose number must come back within five; its numbers may exceed what a DOUBLE holds.
CREATE STREAM Trades (
  i STRING,
  d STRING,
  p DOUBLE,
  q DOUBLE,
  t LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://stream.crypto.com/exchange/v1/market',
  "websocket.open.message" = '{"id":1,"method":"subscribe","params":{"channels":["trade.BTCUSD-PERP"]},"nonce":${NOW()}}',
  "websocket.open.await" = '$.id = 1 AND $.code = 0',
  "websocket.refused" = '$.message',
  "websocket.reply.when.1" = '$.method = public/heartbeat',
  "websocket.reply.send.1" = '{"id":${$.id},"method":"public/respond-heartbeat"}',
  "json.records" = '$.result.data[*]',
  "event.time.field" = 't',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'i, d'
);

INSERT INTO Vwap
SELECT
  i AS symbol,
  VWAP(p, q) AS vwap,
  SUM(q) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY i;
