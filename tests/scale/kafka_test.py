# SPDX-License-Identifier: GPL-3.0-or-later
"""Kafka as source and sink, against a real broker: nothing lost, nothing doubled, and every trouble told."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

import cluster

WEIR = str(pathlib.Path(sys.argv.pop(1)).resolve())
COLUMNS = "s STRING, p DOUBLE, q DOUBLE, t LONG"
VWAP = "INSERT INTO O SELECT s, window_start() AS w, VWAP(p, q) AS vwap, COUNT(*) AS n, window_has_gap() AS g FROM T WINDOW TUMBLING(1 sec) GROUP BY s;\n"


def options(**written):
    return ", ".join(f"\"{key.replace('_', '.', 9)}\" = '{value}'" for key, value in written.items())


def rows_of(text):
    return [json.loads(line)["row"] for line in text.splitlines()]


class Kafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.kafka = cluster.Kafka(cls.folder.name)
        cls.addClassCleanup(cls.kafka.stop)
        cls.kafka.start()

    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.tmp = pathlib.Path(held.name)
        self.topic = self.id().rsplit(".", 1)[1]

    def stream(self, name, kind, more="", topic=None, columns=COLUMNS, servers=None):
        return f"""CREATE STREAM {name} ({columns}) WITH (type = '{kind}', extension = 'kafka',
  "kafka.bootstrap.servers" = '{servers or self.kafka.address}', "kafka.topic" = '{topic or self.topic}'{more});
"""

    def weir(self, sql, *arguments, command="run", timeout=60):
        (self.tmp / "a.sql").write_text(sql)
        return subprocess.run([WEIR, command, "a.sql", *arguments], cwd=self.tmp, capture_output=True, text=True, timeout=timeout)

    def start(self, sql, *arguments, name="b"):
        (self.tmp / f"{name}.sql").write_text(sql)
        out, err = (self.tmp / f"{name}.out").open("w"), (self.tmp / f"{name}.err").open("w")
        self.addCleanup(out.close)
        self.addCleanup(err.close)
        process = subprocess.Popen([WEIR, "run", f"{name}.sql", *arguments], cwd=self.tmp, stdout=out, stderr=err)

        def end():
            if process.poll() is None:
                process.terminate()
            process.wait(20)
        self.addCleanup(end)
        return process

    def until(self, what, seconds=40):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it never came")
            time.sleep(0.05)

    def out(self, name="b"):
        return (self.tmp / f"{name}.out").read_text()

    def err(self, name="b"):
        return (self.tmp / f"{name}.err").read_text()

    def write_trades(self, count):
        """A file of trades, out of order by less than a second; returns its source."""
        r = random.Random(count)
        trades = [(r.choice("ABC"), round(r.uniform(90, 110), 2), r.randint(1, 50), 1_700_000_000_000 + 10 * i - r.randint(0, 900)) for i in range(count)]
        (self.tmp / "t.csv").write_text("".join(f"{s},{p},{q},{t}\n" for s, p, q, t in trades))
        return f"""CREATE STREAM F ({COLUMNS}) WITH (type = 'source', extension = 'file', format = 'csv', "file.path" = 't.csv',
  "event.time.field" = 't', "event.time.lateness.ms" = '1000');
"""

    def fill(self, count, more=""):
        done = self.weir(self.write_trades(count) + self.stream("K", "sink", more) + "INSERT INTO K SELECT * FROM F;\n", "--metrics", "m.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        metrics = json.loads((self.tmp / "m.json").read_text())
        self.assertEqual([metrics[f"sink.K.{name}"] for name in ("published", "sent", "failed", "dropped", "queued")], [count, count, 0, 0, 0])

    def test_what_goes_in_comes_out_and_its_vwap_is_that_of_the_file(self):
        self.kafka.create(self.topic, 1)
        self.fill(5000)
        wanted = self.weir(self.write_trades(5000) + VWAP.replace("FROM T", "FROM F"))
        source = self.stream("T", "source", """, "event.time.field" = 't', "event.time.lateness.ms" = '1000', "kafka.start" = 'earliest'""")
        self.start(source + VWAP, "--record", "c", "--for", "10s").wait(20)
        # A topic has no end: that a silence of 5 s moves the time on closes what is open.
        windows = rows_of(wanted.stdout)
        self.assertEqual(rows_of(self.out())[:len(windows)], windows)
        self.assertGreater(len(rows_of(self.out())), 100)
        replayed = subprocess.run([WEIR, "replay", "c", "b.sql"], cwd=self.tmp, capture_output=True, text=True, timeout=60)
        self.assertEqual(replayed.stdout, self.out(), replayed.stderr)

    def test_every_format(self):
        for form in ("msgpack", "cbor", "csv"):
            topic = f"{self.topic}.{form}"
            both = f", format = '{form}'"
            done = self.weir(self.write_trades(100) + self.stream("K", "sink", both, topic) + "INSERT INTO K SELECT * FROM F;\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.start(self.stream("T", "source", both + """, "kafka.start" = 'earliest'""", topic) + "INSERT INTO O SELECT * FROM T;\n", "--limit", "100", name=form).wait(20)
            self.assertEqual(sorted(r["t"] for r in rows_of(self.out(form))), sorted(r["t"] for r in rows_of(done.stdout)))

    def test_where_it_begins(self):
        self.kafka.create(self.topic, 2)
        self.fill(1000)
        begin = 1_700_000_000_000
        all_rows = "INSERT INTO O SELECT t FROM T;\n"
        self.start(self.stream("T", "source", f""", "kafka.start" = '{begin + 5000}'""") + all_rows, "--for", "3s", name="time").wait(20)
        times = [r["t"] for r in rows_of(self.out("time"))]
        # By the record's time, of each partition the first that is not older.
        self.assertLess(len(times), 700)
        self.assertGreater(len(times), 300)
        latest = self.start(self.stream("T", "source") + all_rows, "--for", "30s", name="latest")
        self.until(lambda: "connected" in self.err("latest"))
        time.sleep(1)
        self.fill(10)
        self.until(lambda: self.out("latest").count("\n") >= 10)
        latest.terminate()
        latest.wait(20)
        self.assertEqual(len(rows_of(self.out("latest"))), 10)

    def test_a_group_goes_on_where_its_sinks_have_got(self):
        self.kafka.create(self.topic, 2)
        self.kafka.create(self.topic + ".out", 1)
        self.fill(2000)
        sql = (self.stream("T", "source", """, "kafka.group.id" = 'g'""") + self.stream("K", "sink", topic=self.topic + ".out") +
               "INSERT INTO K SELECT * FROM T;\n")
        for turn in (1, 2):
            name = f"turn{turn}"
            run = self.start(sql, "--for", "60s", name=name)
            self.until(lambda: len(self.out(name).splitlines()) >= 2000)
            time.sleep(2 if turn == 1 else 0)
            run.terminate()
            self.assertIn(run.wait(20), (0, 130))
            self.fill(2000)
        copies = self.stream("C", "source", """, "kafka.start" = 'earliest'""", topic=self.topic + ".out") + "INSERT INTO O SELECT t FROM C;\n"
        self.start(copies, "--for", "4s", name="copies").wait(20)
        self.assertEqual(len(rows_of(self.out("copies"))), 4000)

    def test_a_broker_that_stands_still_loses_and_doubles_nothing(self):
        self.kafka.create(self.topic, 1)
        exchange = subprocess.Popen([WEIR, "exchange", "--rate", "200", "--symbols", "BTCUSDT", "--for", "60s"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(exchange.communicate, timeout=20)
        self.addCleanup(exchange.terminate)
        url = exchange.stdout.readline().strip() + "/ws/btcusdt@trade"
        trades = f"CREATE STREAM W (s STRING, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = '{url}', \"event.time.field\" = 'T');\n"
        writer = self.start(trades + self.stream("K", "sink", columns="s STRING, p DOUBLE, q DOUBLE, T LONG") + "INSERT INTO K SELECT s, p, q, T FROM W;\n",
                            "--for", "60s", "--metrics", "m.json", name="writer")
        reader = self.start(self.stream("T", "source", """, "event.time.field" = 'T', "kafka.start" = 'earliest'""", columns="s STRING, p DOUBLE, q DOUBLE, T LONG") +
                            VWAP + "INSERT INTO Each SELECT T FROM T;\n", "--for", "60s", name="reader")
        self.until(lambda: self.out("reader").count("\n") > 300)
        self.kafka.pause()
        time.sleep(5)
        self.kafka.go_on()
        time.sleep(4)
        writer.terminate()
        writer.wait(20)
        time.sleep(2)
        reader.terminate()
        reader.wait(20)
        metrics = json.loads((self.tmp / "m.json").read_text())
        sent = [json.loads(line)["row"] for line in self.out("writer").splitlines()]
        self.assertEqual(metrics["sink.K.sent"], len(sent))
        lines = [json.loads(line) for line in self.out("reader").splitlines()]
        self.assertEqual([line["row"]["T"] for line in lines if line["stream"] == "Each"], [row["T"] for row in sent])
        # A delay is no gap: every window but the first, which begins in its middle, is whole and says so.
        windows = [line["row"] for line in lines if line["stream"] == "O"]
        for window in windows[1:]:
            self.assertFalse(window["g"], window)
            self.assertEqual(window["n"], sum(window["w"] <= row["T"] < window["w"] + 1000 for row in sent))

    def test_a_silence_counts_once_a_broker_has_proven_it(self):
        self.kafka.create(self.topic, 1)
        source = self.stream("T", "source", """, "event.time.field" = 't', "event.time.lateness.ms" = '1000', "kafka.start" = 'earliest'""")
        self.fill(400)
        self.start(source + VWAP, "--for", "60s")
        self.until(lambda: self.out())
        self.kafka.pause()
        self.addCleanup(self.kafka.go_on)
        # More than event.time.idle.ms: nobody knows what has been written meanwhile, so nothing closes.
        before = len(rows_of(self.out()))
        time.sleep(8)
        self.assertEqual(len(rows_of(self.out())), before)
        self.kafka.go_on()
        # Nothing more is written, and yet the rest comes, whole.
        self.until(lambda: sum(row["n"] for row in rows_of(self.out())) == 400)
        self.assertFalse(any(row["g"] for row in rows_of(self.out())[3:]))

    def test_a_group_begins_when_its_broker_does(self):
        self.kafka.create(self.topic, 1)
        self.fill(30)
        self.kafka.stop()
        run = self.start(self.stream("T", "source", """, "kafka.group.id" = 'late'""") + "INSERT INTO O SELECT t FROM T;\n", "--limit", "30", "--for", "90s")
        self.until(lambda: "refused" in self.err())
        self.kafka.start()
        run.wait(60)
        self.assertEqual(len(rows_of(self.out())), 30, self.err())

    def test_a_broker_that_is_not_there_fails_rows_and_says_why(self):
        nowhere = f"127.0.0.1:{cluster.free_port()}"
        done = self.weir(self.write_trades(50) + self.stream("K", "sink", """, "kafka.message.timeout.ms" = '1500'""", servers=nowhere) + "INSERT INTO K SELECT * FROM F;\n",
                         "--metrics", "m.json")
        metrics = json.loads((self.tmp / "m.json").read_text())
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual((metrics["sink.K.published"], metrics["sink.K.failed"], metrics["sink.K.queued"]), (50, 50, 0))
        self.assertIn("Connection refused", done.stderr)
        done = self.weir(self.stream("T", "source", servers=nowhere) + "INSERT INTO O SELECT * FROM T;\n", "--for", "3s")
        self.assertIn("Connection refused", done.stderr)
        self.assertIn("does a broker listen there", done.stderr)

    def test_a_topic_that_is_not_there_and_comes_later(self):
        run = self.start(self.stream("T", "source", """, "kafka.start" = 'earliest'""") + "INSERT INTO O SELECT t FROM T;\n", "--limit", "20", "--for", "40s")
        self.until(lambda: f"there is no topic {self.topic}" in self.err())
        self.kafka.create(self.topic, 2)
        self.fill(20)
        run.wait(30)
        self.assertEqual(len(rows_of(self.out())), 20)

    def test_keys_and_times(self):
        self.kafka.create(self.topic, 4)
        self.weir(self.write_trades(500) + self.stream("K", "sink", columns="s STRING, w LONG, n LONG") +
                  "INSERT INTO K SELECT s, window_start() AS w, COUNT(*) AS n FROM F WINDOW TUMBLING(1 sec) GROUP BY s;\n")
        sql = self.stream("T", "source", """, "kafka.start" = 'earliest'""", columns="s STRING, n LONG")
        self.start(sql + "INSERT INTO O SELECT s, n FROM T;\n", "--for", "3s").wait(20)
        # By default the key is the first column of GROUP BY: a symbol's rows lie in one partition.
        self.assertEqual({row["s"] for row in rows_of(self.out())}, {"A", "B", "C"})

    def test_tap_shows_what_comes(self):
        self.kafka.create(self.topic, 1)
        tap = subprocess.Popen([WEIR, "tap", f"kafka://{self.kafka.address}/{self.topic}", "--for", "8s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(tap.communicate, timeout=20)
        self.addCleanup(tap.terminate)
        time.sleep(3)
        self.fill(10)
        shown, said = tap.communicate(timeout=20)
        self.assertEqual(len(shown.splitlines()), 10, said)
        self.assertEqual(sorted(json.loads(shown.splitlines()[0])), ["p", "q", "s", "t"])


if __name__ == "__main__":
    unittest.main()
