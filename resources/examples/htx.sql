-- HTX: every message is packed by gzip, and the server's ping wants its number back within seconds.
CREATE STREAM Trades (
  ch STRING,
  tradeId LONG,
  price DOUBLE,
  amount DOUBLE,
  ts LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api-aws.huobi.pro/ws',
  "websocket.decompress" = 'gzip',
  "websocket.open.message" = '{"sub":"market.btcusdt.trade.detail","id":"1"}',
  "websocket.open.await" = '$.subbed',
  "websocket.refused" = '$.status = error',
  "websocket.reply.when.1" = '$.ping',
  "websocket.reply.send.1" = '{"pong":${$.ping}}',
  "json.records" = '$.tick.data[*]',
  "json.mapping.ch" = '$$.ch',
  "event.time.field" = 'ts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'ch, tradeId'
);

INSERT INTO Vwap
SELECT
  SUBSTRING(ch, 8, 7) AS symbol,
  VWAP(price, amount) AS vwap,
  SUM(amount) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY ch;
