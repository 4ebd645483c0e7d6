# SPDX-License-Identifier: GPL-3.0-or-later
"""The same SQL on a real Flink, fed by an edge through a real Kafka: equal to what the program itself gives, whoever is killed on the way."""
import collections
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import cluster

WEIR = str(pathlib.Path(sys.argv.pop(1)).resolve())
WINDOW = str(pathlib.Path(sys.argv.pop(1)).resolve())
BEGAN = 1_700_000_000_000
# Rows of this key come last, and move time so far that everything before them is over.
LAST = "LAST"

TRADES = """CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE, n LONG, i INT, t LONG, o OBJECT, b BOOL, x STRING) WITH (type = 'source', extension = 'file',
  "file.path" = 'trades.jsonl', "event.time.field" = 't', "event.time.lateness.ms" = '2000');
"""
QUOTES = """CREATE STREAM U (s STRING, bid DOUBLE, t LONG) WITH (type = 'source', extension = 'file',
  "file.path" = 'quotes.jsonl', "event.time.field" = 't');
"""

# What does not ask for the order of arrival, over trades out of order.
OUT_OF_ORDER = TRADES + """
SELECT s, SUM(p * q) / SUM(q) AS vwap, SUM(q) AS vol, COUNT(*) AS n, window_end() AS e FROM T WINDOW TUMBLING(10 s) GROUP BY s INSERT INTO Tumbled;
SELECT s, VWAP(p, q) AS vwap, SUM(n) AS sum, COUNT(DISTINCT i) AS n, window_start() AS w FROM T WINDOW HOP(60 s, 20 s) GROUP BY s INSERT INTO Hopped;
SELECT s, AVG(p) AS mean, MIN(x) AS least, MAX(n) AS most, window_end() AS e FROM T WINDOW CUMULATE(15 s, 60 s) GROUP BY s INSERT INTO Grown;
SELECT s, SUM(q) AS vol, COUNT(*) AS n, window_start() AS w, window_end() AS e FROM T WHERE i < 3 WINDOW SESSION(400 ms) GROUP BY s INSERT INTO Sessions;
SELECT s, FIRST(p) AS open, MAX(p) AS high, MIN(p) AS low, LAST(p) AS close, ARG_MAX(t, q) AS big, ARG_MIN(x, p) AS small, STDDEV(p) AS sd,
  VWAP_STDDEV(p, q) AS vsd, VARIANCE(p) AS var, STDDEV_SAMP(p) AS ssd, MEDIAN(p) AS mid, PERCENTILE(p, 0.9) AS p9, COUNT(*) FILTER (WHERE q > 5) AS nf,
  AND(b) AS allb, OR(b) AS anyb, window_end() AS window_end, window_has_gap() AS gap
  FROM T WINDOW TUMBLING(10 s) GROUP BY s HAVING COUNT(*) > 3 INSERT INTO Bars;
SELECT s, AVG(high) AS mean, MAX(window_end) AS latest, COUNT(*) AS n, window_has_gap() AS gap FROM Bars WINDOW HOP(30 s, 10 s) GROUP BY s INSERT INTO Means;
SELECT * FROM Bars INSERT INTO BarsSeen;
SELECT s, LAST(p) AS close FROM T WINDOW TUMBLING(10 s) GROUP BY s INSERT INTO Closes;
SELECT s, TRUNC(p * 1e30) AS big, TRUNC(p * 1e30, 1) AS big1, TRUNC(-p * 1.5, 1) AS t1, -1.5 * -p AS neg, POWER(0 * p, 0.5) AS zero, q // 0.7 AS whole,
  ROUND(p * 1e20, 1) AS r, -p // 0.3 AS nw, s LIKE 'A\\_%' AS lk FROM T WHERE p > 95 INSERT INTO Edges;
SELECT s, SUM(q) AS vol, window_end() AS e FROM T WINDOW TUMBLING(10 s) GROUP BY s ORDER BY vol DESC LIMIT 2 INSERT INTO Top;
SELECT COUNT(*) AS n, window_end() AS e FROM T WINDOW TUMBLING(1 s) INSERT INTO Counts;
SELECT UPPER(s) AS k, i % 2 AS odd, SUM(p) AS sum FROM T WINDOW TUMBLING(20 s) GROUP BY k, odd HAVING odd = 1 INSERT INTO Keyed;
SELECT s, p FROM T WHERE p > 109 INSERT INTO Odd;
SELECT s, p FROM T WHERE p < 91 INSERT INTO Odd;
SELECT s, n + 1 AS a, n * n - i AS b, p / q AS c, o ->> 'x' AS ox, CAST(o.y.z AS LONG) AS oy, CAST(x AS DOUBLE) AS xd, CAST(x AS LONG) AS xl,
  CAST(p AS LONG) AS pl, CAST(n AS INT) AS ni, CAST(b AS STRING) AS bs, CAST(n AS STRING) AS ns, UPPER(s) || 'é''x' AS u, ROUND(p, 2) AS r, n % 7 AS md,
  GREATEST(p, q) AS g, LEAST(i, NULL, n) AS le, DATE_TRUNC('hour', t) AS dt, DATE_TRUNC('month', t) AS dm, DATE_TRUNC('week', t) AS dw,
  EXTRACT(HOUR FROM t) AS eh, EXTRACT(DOW FROM t) AS ed, EXTRACT(EPOCH FROM t) AS ee, EXTRACT(MILLISECOND FROM t) AS em, EXTRACT(WEEK FROM t) AS ew,
  event_timestamp() AS at, CASE WHEN p > 100 THEN 1 ELSE 0 END AS k, s IN ('A', 'B') AS isin, s LIKE 'A%' AS lk, n BETWEEN 1 AND 5 AS bt, n // 7 AS nd,
  -n AS neg, ABS(p - 100) AS ab, COALESCE(x, 'none') AS co, NULLIF(i, 2) AS nl, IF(b, 'y', 'n') AS yn, LENGTH(x) AS lx, TRIM(x) AS tx,
  SUBSTRING(s || 'weir', 2, 2) AS sb, LPAD(s, 4, '*') AS lp, CONCAT(s, x, '!') AS cc, CONTAINS(s, 'A') AS cn, STARTS_WITH(s, 'A') AS st, LN(p - 100) AS lnx,
  SQRT(p - 100) AS sq, POWER(p, 0.5) AS pw, SIGN(p - 100) AS sg, FLOOR(p) AS fl, CEIL(p) AS ce, TRUNC(-p, 1) AS tr, REPLACE(s, 'A', 'Z') AS rp,
  REVERSE(s || 'x') AS rv, POSITION('a', 'banana') AS po, NOT b AS nb, b AND i > 2 AS bai, b OR NULL AS bo, SIN(p) AS sn, EXP(i) AS ex, LOG10(q) AS lg
  FROM T WHERE p IS NOT NULL INSERT INTO Functions;
"""

# What does, over trades in order.
IN_ORDER = TRADES + QUOTES + """
SELECT s, p - LAG(p) OVER (PARTITION BY s) AS d FROM T INSERT INTO Changes;
SELECT s, SUM(q) AS run, COUNT(*) AS c, MAX(p) AS m, VWAP(p, q) AS v FROM T GROUP BY s INSERT INTO Running;
SELECT s, MAX(p) AS m, COUNT(*) AS n FROM T WINDOW TIME(5 s) GROUP BY s INSERT INTO Rolled;
SELECT a.s, a.t, a.p, b.bid FROM T AS a ASOF LEFT JOIN U AS b ON a.s = b.s TOLERANCE 300 ms INSERT INTO Matched;
SELECT a.s, a.t, b.bid FROM T AS a ASOF JOIN U AS b ON a.s = b.s WHERE b.bid > a.p INSERT INTO Above;
SELECT a.s, a.t, b.t AS t2, b.bid FROM T AS a JOIN U AS b ON a.s = b.s WITHIN 50 ms INSERT INTO Near;
SELECT a.s, a.t AS t1, b.t AS t2, a.p AS p1, b.p AS p2 FROM PATTERN (EVERY a = T[i = 1] -> b = T[s = a.s AND p > a.p * 1.05]) WITHIN 10 s INSERT INTO Jumps;
SELECT a.s, a.t AS t1, b.t AS t2, c.t AS t3
  FROM PATTERN (EVERY a = T[i = 1] -> b = T[s = a.s AND p > a.p * 1.05] -> c = T[s = a.s AND p < a.p]) WITHIN 10 s INSERT INTO Peaks;
"""


def write_feeds(folder, in_order):
    r = random.Random(5)
    trades, quotes = (folder / "trades.jsonl").open("w"), (folder / "quotes.jsonl").open("w")
    rows = [dict(s=r.choice("AB" if k % 50 else ["A", None]) if k % 3 else "AC", p=None if r.random() < .01 else round(r.uniform(90, 110), 2), q=r.randint(1, 50) / 2,
                 n=r.randint(-10**10, 10**10) if k % 100 else 9223372036854775807, i=r.randint(0, 5), t=BEGAN + 20 * k - (0 if in_order else r.randint(0, 1500)),
                 o={"x": r.choice(["s", 1.5, None, True, {"k": [1]}]), "y": {"z": r.choice(["12", 13, "x"])}}, b=r.choice([True, False, None]),
                 x=r.choice(["1.5", " 7 ", "+3", "abc", "1e3", "12.0", "NaN", None])) for k in range(3000)]
    rows.append(dict(rows[-1], s=LAST, t=BEGAN + 200_000))
    for k, row in enumerate(rows):
        print(json.dumps(row), file=trades)
        if k % 4 == 0:
            print(json.dumps(dict(s=r.choice(["A", "B", "AC"]), bid=round(r.uniform(90, 110), 2), t=BEGAN + 20 * k + 1)), file=quotes)
    print(json.dumps(dict(s=LAST, bid=1, t=BEGAN + 200_000)), file=quotes)
    trades.close()
    quotes.close()


def close(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)) and not isinstance(b, bool):
        return a == b or abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def order(row):
    return json.dumps([round(v, 6) if isinstance(v, float) else v for v in row.values()])


class Flink(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in ("kafka", "flink"):
            held = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            cls.addClassCleanup(held.cleanup)
            end = getattr(cluster, name.capitalize())(held.name)
            cls.addClassCleanup(end.stop)
            end.start()
            setattr(cls, name, end)

    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.tmp = pathlib.Path(held.name)
        self.prefix = self.id().rsplit(".", 1)[1]

    def weir(self, *arguments, timeout=90):
        return subprocess.run([WEIR, *map(str, arguments)], cwd=self.tmp, capture_output=True, text=True, timeout=timeout)

    def start(self, name, *arguments):
        out, err = (self.tmp / f"{name}.out").open("w"), (self.tmp / f"{name}.err").open("w")
        process = subprocess.Popen([WEIR, *map(str, arguments)], cwd=self.tmp, stdout=out, stderr=err)
        out.close()
        err.close()

        def end():
            if process.poll() is None:
                process.terminate()
            process.wait(30)
        self.addCleanup(end)
        return process

    def until(self, what, seconds=60):
        end = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), end, "it never came")
            time.sleep(0.1)
        return found

    def edge(self, file="a.sql"):
        done = self.weir("edge", file, "--kafka", self.kafka.address, "--prefix", self.prefix)
        self.assertEqual(done.returncode, 0, done.stderr)

    def deploy(self, *more, file="a.sql"):
        done = self.weir("deploy", file, "--flink", self.flink.gateway, "--kafka", self.kafka.address, "--prefix", self.prefix, *more, timeout=200)
        self.assertEqual(done.returncode, 0, done.stderr)
        job = done.stdout.split()[-1]
        self.addCleanup(lambda: self.weir("cancel", job, "--flink", self.flink.jobs))
        return job

    def topic(self, stream):
        """All records of a topic, as text, in no order."""
        (self.tmp / "read.sql").write_text(f"""CREATE STREAM R (message STRING) WITH (type = 'source', extension = 'kafka', format = 'text', "kafka.start" = 'earliest',
  "kafka.bootstrap.servers" = '{self.kafka.address}', "kafka.topic" = '{self.prefix}.{stream}');
SELECT message FROM R INSERT INTO O;
""")
        done = self.weir("run", "read.sql", "--for", "2s", "--no-progress")
        return [json.loads(json.loads(line)["row"]["message"]) for line in done.stdout.splitlines()]

    def compare(self, script, in_order):
        write_feeds(self.tmp, in_order)
        (self.tmp / "a.sql").write_text(script)
        own = self.weir("run", "a.sql", "--no-progress")
        self.assertEqual(own.returncode, 0, own.stderr)
        wanted = collections.defaultdict(list)
        for line in own.stdout.splitlines():
            row = json.loads(line)
            wanted[row["stream"]].append(row["row"])
        self.edge()
        self.deploy()
        for stream, rows in wanted.items():
            rows = sorted((row for row in rows if row.get("s") != LAST), key=order)
            got = []

            def arrived():
                got[:] = [row for row in self.topic(stream) if row.get("s") != LAST]
                return len(got) >= len(rows)
            with self.subTest(stream=stream):
                self.until(arrived)
                got.sort(key=order)
                self.assertEqual(len(got), len(rows))
                for a, b in zip(rows, got):
                    self.assertEqual({k for k in a if not close(a[k], b.get(k))}, set(), f"{a}\n{b}")

    def test_what_time_orders_is_equal_out_of_order(self):
        self.compare(OUT_OF_ORDER, in_order=False)

    def test_what_arrival_orders_is_equal_in_order(self):
        self.compare(IN_ORDER, in_order=True)

    def exchange(self, rate=20, **more):
        port = cluster.free_port()
        process = self.start("exchange", "exchange", "--port", port, "--rate", rate, *(f"--{k}={v}" for k, v in more.items()))
        self.until(lambda: cluster.listens(port))
        return f"ws://127.0.0.1:{port}", process

    def live(self, url, query):
        (self.tmp / "a.sql").write_text(f"""CREATE STREAM T (s STRING, t LONG, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'source', extension = 'websocket',
  "websocket.url" = '{url}/ws/btcusdt@trade/ethusdt@trade', "event.time.field" = 'T', "event.time.lateness.ms" = '300', "event.time.idle.ms" = '1000');
{query}
""")

    def start_edge(self, name="edge"):
        return self.start(name, "edge", "a.sql", "--kafka", self.kafka.address, "--prefix", self.prefix, "--no-progress")

    VWAP = "SELECT s, VWAP(p, q) AS vwap, COUNT(*) AS n, window_end() AS e, window_has_gap() AS gap FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO Vwap;"

    def trades(self):
        """The trades in the feed's topic, each window's, those of a window that is not over left out."""
        records = self.topic("T")
        self.assertTrue(any(r.get("__hb") for r in records))
        until = max(r["__at"] for r in records if r.get("__hb"))
        windows = collections.defaultdict(list)
        for r in records:
            if "s" in r and (r["__at"] // 1000 + 1) * 1000 <= until:
                windows[r["s"], (r["__at"] // 1000 + 1) * 1000].append(r)
        return windows, [r for r in records if "__gap_from" in r]

    def check_windows(self, windows, rows):
        """Every window that is over, once, with all of its trades."""
        got = collections.Counter((row["s"], row["e"]) for row in rows)
        self.assertEqual([key for key, times in got.items() if times > 1], [])
        by_window = {(row["s"], row["e"]): row for row in rows}
        self.assertGreater(len(windows), 6)
        for key, trades in windows.items():
            self.assertIn(key, by_window)
            self.assertEqual(by_window[key]["n"], len(trades), key)
            volume = sum(t["q"] for t in trades)
            self.assertTrue(abs(by_window[key]["vwap"] / (sum(t["p"] * t["q"] for t in trades) / volume) - 1) < 1e-12)

    def test_the_whole_chain(self):
        url, _ = self.exchange()
        self.live(url, self.VWAP)
        edge = self.start_edge()
        self.deploy()
        (self.tmp / "board.sql").write_text(f"""CREATE STREAM Vwap (s STRING, vwap DOUBLE, n LONG, e LONG, gap BOOL) WITH (type = 'source', extension = 'kafka',
  "kafka.bootstrap.servers" = '{self.kafka.address}', "kafka.topic" = '{self.prefix}.Vwap', "kafka.start" = 'earliest', "event.time.field" = 'e');
CREATE STREAM Board (s STRING, vwap DOUBLE, n LONG, e LONG, gap BOOL) WITH (type = 'sink', extension = 'websocket', "websocket.url" = '{url}/dashboard');
SELECT * FROM Vwap INSERT INTO Board;
""")
        board = self.start("board", "run", "board.sql", "--metrics", "board.json", "--no-progress", "--limit", "30")
        self.assertEqual(board.wait(90), 0, (self.tmp / "board.err").read_text())
        self.assertGreaterEqual(json.loads((self.tmp / "board.json").read_text())["sink.Board.sent"], 30)
        edge.send_signal(signal.SIGTERM)
        edge.wait(20)
        time.sleep(2)
        windows, _ = self.trades()
        self.check_windows(windows, self.topic("Vwap"))

    def test_an_edge_that_is_killed_leaves_a_marked_gap(self):
        url, _ = self.exchange()
        self.live(url, self.VWAP)
        edge = self.start_edge()
        self.deploy()
        self.until(lambda: len(self.topic("Vwap")) > 6)
        edge.kill()
        edge.wait()
        killed = time.time() * 1000
        time.sleep(3)
        edge = self.start_edge("again")
        back = time.time() * 1000
        self.until(lambda: any(row["e"] > back + 3000 for row in self.topic("Vwap")))
        edge.send_signal(signal.SIGTERM)
        edge.wait(20)
        time.sleep(2)
        windows, marks = self.trades()
        rows = self.topic("Vwap")
        self.check_windows(windows, rows)
        lost = [m for m in marks if m["__gap_from"] > killed - 2000]
        self.assertLessEqual(min(m["__gap_from"] for m in lost), killed)
        self.assertGreaterEqual(max(m["__gap_to"] for m in lost), back)
        flagged = {row["e"] for row in rows if row["gap"]}
        # The window of the kill, that of the new start, and the first of all.
        touched = {e for _, e in windows if e - 1000 < back and e > killed}
        self.assertTrue(touched)
        self.assertTrue(touched <= flagged, (touched, flagged))
        first = min(e for _, e in windows)
        self.assertEqual({e for e in flagged if e > first and e <= killed - 1500}, set())
        self.assertEqual({e for e in flagged if e > back + 2500}, set())

    def test_a_broker_that_stops_loses_and_doubles_nothing(self):
        url, _ = self.exchange(rate=200)
        self.live(url, "SELECT s, t FROM T INSERT INTO O;")
        edge = self.start_edge()
        time.sleep(3)
        self.kafka.pause()
        time.sleep(5)
        self.kafka.go_on()
        time.sleep(3)
        edge.send_signal(signal.SIGTERM)
        edge.wait(30)
        ids = collections.defaultdict(list)
        records = self.topic("T")
        for record in records:
            if "s" in record:
                ids[record["s"]].append(record["t"])
        self.assertEqual(set(ids), {"BTCUSDT", "ETHUSDT"})
        for symbol, seen in ids.items():
            self.assertGreater(len(seen), 1500)
            self.assertEqual(sorted(seen), list(range(min(seen), max(seen) + 1)), symbol)
        # A broker that is away is a delay: the only marks are those of the beginning.
        first = min(r["__at"] for r in records if "s" in r)
        self.assertEqual([r for r in records if "__gap_from" in r and r["__gap_to"] > first], [])

    def test_a_task_manager_that_is_killed_exactly_once(self):
        url, _ = self.exchange()
        self.live(url, self.VWAP)
        edge = self.start_edge()
        job = self.deploy("--exactly-once")
        self.until(lambda: len(self.topic("Vwap")) > 4)
        self.flink.kill("taskmanager")
        time.sleep(2)
        self.flink.start_taskmanager()
        known = len(self.topic("Vwap"))
        self.until(lambda: len(self.topic("Vwap")) > known + 20, 120)
        edge.send_signal(signal.SIGTERM)
        edge.wait(20)
        stopped = self.weir("stop", job[:8], "--savepoint", self.flink.savepoints, "--flink", self.flink.jobs)
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertIn("savepoint-", stopped.stdout)
        windows, _ = self.trades()
        self.check_windows(windows, self.topic("Vwap"))
        # From the savepoint it goes on, and gives nothing again.
        rows = len(self.topic("Vwap"))
        self.deploy("--exactly-once", "--from", stopped.stdout.strip())
        time.sleep(4)
        self.assertEqual(len(self.topic("Vwap")), rows)

    def test_the_window_deploys_and_shows(self):
        url, _ = self.exchange()
        self.live(url, self.VWAP)
        self.start_edge()
        where = dict(WEIR_FLINK=self.flink.gateway, WEIR_JOBS=self.flink.jobs, WEIR_KAFKA=self.kafka.address, WEIR_PREFIX=self.prefix,
                     WEIR_SCRIPT=str(self.tmp / "a.sql"), QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8")
        done = subprocess.run([WINDOW, "aJobIsStartedWatchedAndSeen"], env={**os.environ, **where}, capture_output=True, text=True, timeout=280)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("0 failed, 0 skipped", done.stdout)
        self.assertEqual(self.weir("cancel", self.prefix + ".desk", "--flink", self.flink.jobs).returncode, 0)

    def test_what_is_wrong_is_told(self):
        self.live("ws://127.0.0.1:1", self.VWAP)
        where = ("--kafka", self.kafka.address, "--prefix", self.prefix)
        for url, said in (("http://127.0.0.1:1", "cannot reach Flink's SQL gateway"), (self.flink.jobs, "Not found: /v1/sessions"),
                          (f"http://{self.kafka.address}", "Flink's SQL gateway")):
            done = self.weir("deploy", "a.sql", "--flink", url, *where)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(said, done.stderr)
        done = self.weir("deploy", "a.sql", "--flink", self.flink.gateway, *where, "--from", "/nowhere/savepoint")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere/savepoint", done.stderr)
        # No topic can be called so: each attempt fails, and the next one is made.
        (self.tmp / "kafka.sql").write_text(f"""CREATE STREAM T (s STRING) WITH (type = 'source', extension = 'websocket', "websocket.url" = 'ws://127.0.0.1:1/x');
CREATE STREAM O (s STRING) WITH (type = 'sink', extension = 'kafka', "kafka.bootstrap.servers" = '{self.kafka.address}', "kafka.topic" = 'o');
SELECT s FROM T INSERT INTO O;
""")
        done = self.weir("deploy", "kafka.sql", "--flink", self.flink.gateway, "--kafka", self.kafka.address, "--prefix", "no topic", timeout=200)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stderr, "fails and is started again: .+\nhint: weir cancel [0-9a-f]+ ends it")
        job = re.search("weir cancel ([0-9a-f]+)", done.stderr)[1]
        self.assertIn(job, self.weir("jobs", "--flink", self.flink.jobs).stdout)
        self.assertEqual(self.weir("cancel", job, "--flink", self.flink.jobs).returncode, 0)
        self.assertIn("CANCELED", self.weir("jobs", "--flink", self.flink.jobs).stdout)
        done = self.weir("cancel", job, "--flink", self.flink.jobs)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no job", done.stderr)


if __name__ == "__main__":
    unittest.main()
