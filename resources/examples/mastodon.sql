-- Mastodon: the public timeline; a post is JSON in a text. Posts of each language in ten seconds.
CREATE STREAM Posts (
  id STRING,
  language STRING,
  created_at STRING
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://mastodon.social/api/v1/streaming?stream=public',
  "websocket.headers.Authorization" = 'Bearer ${env:MASTODON_TOKEN}',
  "json.records" = '$.payload',
  "json.when" = '$$.event = update',
  "event.time.field" = 'created_at',
  "event.time.unit" = 'iso8601',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'id'
);

INSERT INTO Languages
SELECT language, COUNT(*) AS posts, window_has_gap() AS incomplete
FROM Posts
WINDOW TUMBLING(10 sec)
GROUP BY language;
