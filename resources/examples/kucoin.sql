-- KuCoin: a POST gives the address and a token for one connection; nothing may be sent before "welcome". Times are nanoseconds.
CREATE STREAM Trades (
  symbol STRING,
  tradeId STRING,
  price DOUBLE,
  size DOUBLE,
  time LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.before" = 'POST https://api.kucoin.com/api/v1/bullet-public',
  "websocket.url" = '${before.$.data.instanceServers[0].endpoint}?token=${before.$.data.token}&connectId=${UUID()}',
  "websocket.open.await.1" = '$.type = welcome',
  "websocket.open.message.1" = '{"id":"${UUID()}","type":"subscribe","topic":"/market/match:BTC-USDT","response":true}',
  "websocket.open.await" = '$.type = ack',
  "websocket.refused" = '$.type = error',
  "websocket.heartbeat.message" = '{"id":"${SEQ()}","type":"ping"}',
  "websocket.heartbeat.interval.ms" = '18000',
  "json.records" = '$.data',
  "event.time.field" = 'time',
  "event.time.unit" = 'ns',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'symbol, tradeId'
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
