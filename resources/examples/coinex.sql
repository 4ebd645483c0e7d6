-- CoinEx v2: every message is packed by gzip; a server.ping keeps the connection.
CREATE STREAM Trades (
  market STRING,
  deal_id LONG,
  price DOUBLE,
  amount DOUBLE,
  created_at LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://socket.coinex.com/v2/spot',
  "websocket.decompress" = 'gzip',
  "websocket.open.message" = '{"method":"deals.subscribe","params":{"market_list":["BTCUSDT"]},"id":${SEQ()}}',
  "websocket.open.await" = '$.id = 1 AND $.code = 0',
  "websocket.heartbeat.message" = '{"method":"server.ping","params":{},"id":${SEQ()}}',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.data.deal_list[*]',
  "json.mapping.market" = '$$.data.market',
  "event.time.field" = 'created_at',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'market, deal_id'
);

INSERT INTO Vwap
SELECT
  market AS symbol,
  VWAP(price, amount) AS vwap,
  SUM(amount) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY market;
