-- Gate v4: every message carries the time in seconds; a trade's time is a text of milliseconds with decimals.
CREATE STREAM Trades (
  id LONG,
  currency_pair STRING,
  price DOUBLE,
  amount DOUBLE,
  create_time_ms DOUBLE
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://api.gateio.ws/ws/v4/',
  "websocket.open.message" = '{"time":${NOW() // 1000},"channel":"spot.trades","event":"subscribe","payload":["BTC_USDT"]}',
  "websocket.open.await" = '$.event = subscribe AND $.result.status = success',
  "websocket.refused" = '$.error.code',
  "websocket.heartbeat.message" = '{"time":${NOW() // 1000},"channel":"spot.ping"}',
  "websocket.heartbeat.interval.ms" = '20000',
  "json.records" = '$.result',
  "event.time.field" = 'create_time_ms',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'currency_pair, id'
);

INSERT INTO Vwap
SELECT
  currency_pair AS symbol,
  VWAP(price, amount) AS vwap,
  SUM(amount) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY currency_pair;
