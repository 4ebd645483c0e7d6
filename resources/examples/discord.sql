-- Discord: a greeting, a login, and a heartbeat that says the newest number of the server, whenever it is due or asked for.
CREATE STREAM Messages (
  id STRING,
  channel_id STRING,
  author STRING,
  timestamp STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://gateway.discord.gg/?v=10&encoding=json',
  "websocket.open.await.1" = '$.op = 10',
  -- 513: guilds and their messages.
  "websocket.open.message.1" = '{"op":2,"d":{"token":"${env:DISCORD_TOKEN}","intents":513,"properties":{"os":"linux","browser":"weir","device":"weir"}}}',
  "websocket.open.await" = '$.t = READY',
  "websocket.refused" = '$.op = 9',
  "websocket.heartbeat.message" = '{"op":1,"d":${last.$.s}}',
  "websocket.heartbeat.interval.ms" = '40000',
  "websocket.reply.when.1" = '$.op = 1',
  "websocket.reply.send.1" = '{"op":1,"d":${last.$.s}}',
  "json.records" = '$.d',
  "json.when" = '$$.t = MESSAGE_CREATE',
  "json.mapping.author" = '$.author.id',
  "event.time.field" = 'timestamp',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'id'
);

INSERT INTO Channels
SELECT
  channel_id AS channel,
  COUNT(*) AS messages,
  DISTINCTCOUNT(author) AS authors,
  window_has_gap() AS incomplete
FROM Messages
WINDOW TUMBLING(10 sec)
GROUP BY channel_id;
