-- Kraken v2, an order book: a snapshot, then the levels that change; both sides of it lie below their names. A loss empties the book.
CREATE STREAM Levels (
  symbol STRING,
  kind STRING,
  side STRING,
  price DOUBLE,
  qty DOUBLE
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ws.kraken.com/v2',
  "websocket.open.message" = '{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":10}}',
  "websocket.open.await" = '$.method = subscribe AND $.success = true',
  "websocket.refused" = '$.success = false',
  "json.records" = '$.data[*].*[*]',
  "json.when" = '$$.channel = book',
  "json.mapping.symbol" = '$^.symbol',
  "json.mapping.kind" = '$$.type',
  "json.mapping.side" = '$key'
);

INSERT INTO Book
SELECT symbol, side, price, qty, kind = 'snapshot' AS fresh
FROM Levels;

INSERT INTO Top
SELECT
  symbol,
  MAX(price) FILTER (WHERE side = 'bids') AS bid,
  MIN(price) FILTER (WHERE side = 'asks') AS ask,
  COUNT(*) AS levels,
  window_has_gap() AS incomplete
FROM Book
WINDOW BOOK(price, qty, fresh, side)
GROUP BY symbol;
