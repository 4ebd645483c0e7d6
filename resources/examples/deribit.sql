-- Deribit: JSON-RPC. Once a heartbeat is asked for, each test_request must be answered or the server ends the connection.
CREATE STREAM Trades (
  instrument_name STRING,
  trade_seq LONG,
  trade_id STRING,
  price DOUBLE,
  amount DOUBLE,
  timestamp LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://www.deribit.com/ws/api/v2',
  "websocket.open.message.1" = '{"jsonrpc":"2.0","id":${SEQ()},"method":"public/set_heartbeat","params":{"interval":30}}',
  "websocket.open.message.2" = '{"jsonrpc":"2.0","id":${SEQ()},"method":"public/subscribe","params":{"channels":["trades.BTC-PERPETUAL.100ms"]}}',
  "websocket.open.await" = '$.id = 2 AND $.result',
  "websocket.refused" = '$.error.code',
  "websocket.reply.when.1" = '$.params.type = test_request',
  "websocket.reply.send.1" = '{"jsonrpc":"2.0","id":${SEQ()},"method":"public/test","params":{}}',
  "json.records" = '$.params.data[*]',
  "event.time.field" = 'timestamp',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'trade_id',
  "sequence.key" = 'trade_seq',
  "sequence.partition" = 'instrument_name'
);

-- The amount of an inverse future is in dollars.
INSERT INTO Vwap
SELECT
  instrument_name AS symbol,
  VWAP(price, amount) AS vwap,
  SUM(amount) AS volume,
  COUNT(*) AS trades,
  window_has_gap() AS incomplete
FROM Trades
WINDOW TUMBLING(10 sec)
GROUP BY instrument_name;
