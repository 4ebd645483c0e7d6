-- OKX v5, one's own fills: a login signed with the time, its answer awaited, then the subscription.
CREATE STREAM Orders (
  instId STRING,
  side STRING,
  tradeId STRING,
  fillPx DOUBLE,
  fillSz DOUBLE,
  fillTime LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.okx.com:8443/ws/v5/private',
  "websocket.open.message.1" = '{"op":"login","args":[{"apiKey":"${env:OKX_KEY}","passphrase":"${env:OKX_PASSPHRASE}","timestamp":"${NOW() // 1000}","sign":"${BASE64(HMAC_SHA256(env:OKX_SECRET, CAST(NOW() // 1000 AS STRING) || ''GET/users/self/verify''))}"}]}',
  "websocket.open.await.2" = '$.event = login AND $.code = 0',
  "websocket.open.message.2" = '{"op":"subscribe","args":[{"channel":"orders","instType":"ANY"}]}',
  "websocket.open.await" = '$.event = subscribe',
  "websocket.refused" = '$.event = error',
  "websocket.heartbeat.message" = 'ping',
  "websocket.heartbeat.interval.ms" = '25000',
  "json.records" = '$.data[*]',
  "json.on.mismatch" = 'null',
  "event.time.field" = 'fillTime',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'instId, tradeId'
);

-- An order that was not filled has an empty trade number.
INSERT INTO Fills
SELECT
  instId AS symbol,
  VWAP(fillPx, fillSz) AS vwap,
  SUM(fillSz) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Orders
WINDOW TUMBLING(10 sec)
WHERE tradeId <> ''
GROUP BY instId;
