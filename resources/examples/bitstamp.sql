-- Bitstamp: times are texts of microseconds; before maintenance the server says bts:request_reconnect and closes.
CREATE STREAM Trades (
  channel STRING,
  id LONG,
  price_str DOUBLE,
  amount_str DOUBLE,
  microtimestamp LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.bitstamp.net',
  "websocket.open.message" = '{"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}}',
  "websocket.open.await" = '$.event = bts:subscription_succeeded',
  "websocket.refused" = '$.event = bts:error',
  "websocket.heartbeat.message" = '{"event":"bts:heartbeat"}',
  "websocket.heartbeat.interval.ms" = '20000',
  "json.records" = '$.data',
  "json.mapping.channel" = '$$.channel',
  "event.time.field" = 'microtimestamp',
  "event.time.unit" = 'us',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'channel, id'
);

INSERT INTO Vwap
SELECT
  SUBSTRING(channel, 13) AS symbol,
  VWAP(price_str, amount_str) AS vwap,
  SUM(amount_str) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY channel;
