-- Rocket.Chat (Meteor's DDP): connect, log in and subscribe, each awaited; a ping wants a pong. How many write, and how much.
CREATE STREAM Messages (
  id STRING,
  room STRING,
  author STRING,
  text STRING,
  sent LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://chat.example.com/websocket',
  "websocket.open.message.1" = '{"msg":"connect","version":"1","support":["1"]}',
  "websocket.open.await.2" = '$.msg = connected',
  "websocket.open.message.2" = '{"msg":"method","method":"login","id":"1","params":[{"resume":"${env:ROCKETCHAT_TOKEN}"}]}',
  "websocket.open.await.3" = '$.msg = result AND $.id = 1 AND $.result',
  "websocket.open.message.3" = '{"msg":"sub","id":"2","name":"stream-room-messages","params":["__my_messages__",false]}',
  "websocket.open.await" = '$.msg = ready',
  "websocket.refused" = '$.error',
  "websocket.reply.when.1" = '$.msg = ping',
  "websocket.reply.send.1" = '{"msg":"pong"}',
  "json.records" = '$.fields.args[*]',
  "json.mapping.id" = '$._id',
  "json.mapping.room" = '$.rid',
  "json.mapping.author" = '$.u.username',
  "json.mapping.text" = '$.msg',
  "json.mapping.sent" = '$.ts[''$date'']',
  "event.time.field" = 'sent',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'id'
);

INSERT INTO Rooms
SELECT
  room,
  COUNT(*) AS messages,
  DISTINCTCOUNT(author) AS authors,
  SUM(LENGTH(text)) AS characters,
  window_has_gap() AS incomplete
FROM Messages
WINDOW TUMBLING(10 sec)
GROUP BY room;
