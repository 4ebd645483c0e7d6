-- Bitfinex v2: arrays. Each trade comes as "te" and again as "tu"; the amount of a sale is negative.
CREATE STREAM Trades (
  kind STRING,
  id LONG,
  mts LONG,
  amount DOUBLE,
  price DOUBLE
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api-pub.bitfinex.com/ws/2',
  "websocket.open.message" = '{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}',
  "json.mapping.kind" = '$[1]',
  "json.mapping.id" = '$[2][0]',
  "json.mapping.mts" = '$[2][1]',
  "json.mapping.amount" = '$[2][2]',
  "json.mapping.price" = '$[2][3]',
  "event.time.field" = 'mts',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'kind, id'
);

INSERT INTO Vwap
SELECT
  'BTCUSD' AS symbol,
  VWAP(price, ABS(amount)) AS vwap,
  SUM(ABS(amount)) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
WHERE kind = 'te'
GROUP BY kind;
