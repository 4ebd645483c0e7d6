-- An Ethereum node: new blocks by eth_subscribe. Numbers are hexadecimal texts, made into numbers digit by digit.
CREATE STREAM Heads (
  hash STRING,
  timestamp STRING,
  gasUsed STRING,
  gasLimit STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://ethereum-rpc.publicnode.com',
  "websocket.open.message" = '{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}',
  "websocket.open.await" = '$.id = 1 AND $.result',
  "websocket.refused" = '$.error.code',
  "json.records" = '$.params.result',
  "dedupe.key" = 'hash'
);

CREATE STREAM Digits (t STRING, used STRING, most STRING);

-- A block carries its time in seconds.
CREATE STREAM Blocks (
  time LONG,
  used LONG,
  most LONG
) WITH (
  "event.time.field" = 'time',
  "event.time.unit" = 's',
  "event.time.lateness.ms" = '1000'
);

INSERT INTO Digits
SELECT
  LPAD(SUBSTRING(timestamp, 3), 8, '0') AS t,
  LPAD(SUBSTRING(gasUsed, 3), 8, '0') AS used,
  LPAD(SUBSTRING(gasLimit, 3), 8, '0') AS most
FROM Heads;

INSERT INTO Blocks
SELECT
  POSITION(SUBSTRING(t, 1, 1), '123456789abcdef') * 268435456 + POSITION(SUBSTRING(t, 2, 1), '123456789abcdef') * 16777216 + POSITION(SUBSTRING(t, 3, 1), '123456789abcdef') * 1048576 + POSITION(SUBSTRING(t, 4, 1), '123456789abcdef') * 65536 + POSITION(SUBSTRING(t, 5, 1), '123456789abcdef') * 4096 + POSITION(SUBSTRING(t, 6, 1), '123456789abcdef') * 256 + POSITION(SUBSTRING(t, 7, 1), '123456789abcdef') * 16 + POSITION(SUBSTRING(t, 8, 1), '123456789abcdef') AS time,
  POSITION(SUBSTRING(used, 1, 1), '123456789abcdef') * 268435456 + POSITION(SUBSTRING(used, 2, 1), '123456789abcdef') * 16777216 + POSITION(SUBSTRING(used, 3, 1), '123456789abcdef') * 1048576 + POSITION(SUBSTRING(used, 4, 1), '123456789abcdef') * 65536 + POSITION(SUBSTRING(used, 5, 1), '123456789abcdef') * 4096 + POSITION(SUBSTRING(used, 6, 1), '123456789abcdef') * 256 + POSITION(SUBSTRING(used, 7, 1), '123456789abcdef') * 16 + POSITION(SUBSTRING(used, 8, 1), '123456789abcdef') AS used,
  POSITION(SUBSTRING(most, 1, 1), '123456789abcdef') * 268435456 + POSITION(SUBSTRING(most, 2, 1), '123456789abcdef') * 16777216 + POSITION(SUBSTRING(most, 3, 1), '123456789abcdef') * 1048576 + POSITION(SUBSTRING(most, 4, 1), '123456789abcdef') * 65536 + POSITION(SUBSTRING(most, 5, 1), '123456789abcdef') * 4096 + POSITION(SUBSTRING(most, 6, 1), '123456789abcdef') * 256 + POSITION(SUBSTRING(most, 7, 1), '123456789abcdef') * 16 + POSITION(SUBSTRING(most, 8, 1), '123456789abcdef') AS most
FROM Digits;

INSERT INTO Gas
SELECT
  COUNT(*) AS blocks,
  SUM(used) AS gas,
  SUM(used) / SUM(most) AS fullness,
  window_has_gap() AS incomplete
FROM Blocks
WINDOW TUMBLING(1 min);
