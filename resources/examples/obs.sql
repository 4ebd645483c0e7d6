-- OBS Studio: a login that answers a challenge; each change of the scene is a row.
CREATE STREAM Scenes (
  sceneName STRING,
  sceneUuid STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'ws://localhost:4455',
  "websocket.subprotocol" = 'obswebsocket.json',
  "websocket.open.await.1" = '$.op = 0 AND $.d.authentication',
  "websocket.open.message.1" = '{"op":1,"d":{"rpcVersion":1,"eventSubscriptions":4,"authentication":"${BASE64(SHA256(BASE64(SHA256(env:OBS_PASSWORD || $.d.authentication.salt)) || $.d.authentication.challenge))}"}}',
  "websocket.open.await" = '$.op = 2',
  "json.records" = '$.d.eventData',
  "json.when" = '$$.d.eventType = CurrentProgramSceneChanged'
);

INSERT INTO Changes
SELECT sceneName AS scene, LAG(sceneName) OVER () AS before
FROM Scenes;
