-- Bluesky Jetstream: the URL subscribes; times are microseconds, posts lie among the changes of accounts.
CREATE STREAM Posts (
  did STRING,
  rkey STRING,
  language STRING,
  time_us LONG
) WITH (
  type = 'source',
  extension = 'websocket',
  format = 'json',
  "websocket.url" = 'wss://jetstream2.us-east.bsky.network/subscribe?wantedCollections=app.bsky.feed.post',
  "json.when" = '$.commit.operation = create',
  "json.mapping.rkey" = '$.commit.rkey',
  "json.mapping.language" = '$.commit.record.langs[0]',
  "event.time.field" = 'time_us',
  "event.time.unit" = 'us',
  "event.time.lateness.ms" = '1000',
  "dedupe.key" = 'did, rkey'
);

INSERT INTO Languages
SELECT language, COUNT(*) AS posts, window_has_gap() AS incomplete
FROM Posts
WINDOW TUMBLING(10 sec)
GROUP BY language;
