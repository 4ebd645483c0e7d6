-- Home Assistant: a login that is awaited, then commands whose ids must grow, the pings' too.
CREATE STREAM States (
  entity_id STRING,
  state STRING,
  unit STRING,
  changed STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'ws://homeassistant.local:8123/api/websocket',
  "websocket.open.await.1" = '$.type = auth_required',
  "websocket.open.message.1" = '{"type":"auth","access_token":"${env:HASS_TOKEN}"}',
  "websocket.open.await.2" = '$.type = auth_ok',
  "websocket.open.message.2" = '{"id":${SEQ()},"type":"subscribe_events","event_type":"state_changed"}',
  "websocket.open.await" = '$.type = result AND $.success = true',
  "websocket.refused" = '$.type = auth_invalid',
  "websocket.heartbeat.message" = '{"id":${SEQ()},"type":"ping"}',
  "websocket.heartbeat.interval.ms" = '30000',
  "json.records" = '$.event.data',
  "json.mapping.entity_id" = '$.entity_id',
  "json.mapping.state" = '$.new_state.state',
  "json.mapping.unit" = '$.new_state.attributes.unit_of_measurement',
  "json.mapping.changed" = '$.new_state.last_updated',
  "event.time.field" = 'changed',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000'
);

-- What is no number ("unavailable") becomes NULL, which no aggregate counts.
INSERT INTO Power
SELECT
  entity_id AS sensor,
  AVG(CAST(state AS DOUBLE)) AS mean,
  MAX(CAST(state AS DOUBLE)) AS peak,
  COUNT(CAST(state AS DOUBLE)) AS readings,
  window_has_gap() AS incomplete
FROM States
WINDOW TUMBLING(10 sec)
WHERE unit = 'W'
GROUP BY entity_id;
