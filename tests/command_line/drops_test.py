#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run without a window drops is told: the first of each kind when it happens, all of them at the end; --strict makes it 1."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

WEIR = sys.argv.pop(1)

QUERY = "SELECT s, COUNT(*) AS n FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO V;\n"
# What each message makes of itself, and what has to be told of it: the kind's options, its messages, first line, last line.
GOOD = [(t * 100, {"s": "a", "t": t * 100, "k": t}) for t in range(30)]
KINDS = {
    "late": ("", [(3000, {"s": "a", "t": 500, "k": 99}), (3001, {"s": "a", "t": 600, "k": 98})],
             "V: a row came too late for its window and was dropped", "V: 2 rows came too late for their windows and were dropped"),
    "no event time": ("", [(3000, {"s": "a", "k": 99})], "T: a row had no event time and was dropped", "T: 1 of 31 rows had no event time"),
    "future": ("", [(3000, {"s": "a", "t": 9_000_000, "k": 99})], "T: a row lay too far in the future and was dropped", "T: 1 of 31 rows lay too far in the future"),
    "duplicates": (", \"dedupe.key\" = 'k'", [(3000, {"s": "a", "t": 2950, "k": 1})], "T: a row was a repeat (dedupe.key) and was dropped",
                   "T: 1 of 31 rows were repeats (dedupe.key) and were dropped"),
    "field mismatch": (", \"json.on.mismatch\" = 'null'", [(3000, {"s": {"x": 1}, "t": 2950, "k": "x"})], "T: a member had the wrong type and became NULL",
                       "had the wrong type and became NULL"),
    "rejected": ("", [(3000, "{broken")], "T: a message could not be decoded: ", "T: 1 of 31 messages could not be decoded; the last one: "),
}


class Drops(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.sql, self.capture = self.tmp / "a.sql", self.tmp / "a.weircap"

    def replay(self, options, messages, *args, query=QUERY):
        self.sql.write_text("CREATE STREAM T (s STRING, t LONG, k LONG) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" ="
                            f" 'ws://127.0.0.1:9/', \"event.time.field\" = 't'{options});\n" + query)
        lines = [{"weir_capture": 1, "started": 0, "sources": {}}]
        lines += [{"at": at, "stream": "T", "text": m if isinstance(m, str) else json.dumps(m)} for at, m in messages]
        lines.append({"at": 60000, "event": "advance"})
        self.capture.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return subprocess.run([WEIR, "replay", self.capture, self.sql, "-f", "jsonl", *args], capture_output=True, text=True, timeout=60)

    def test_each_kind_is_told_at_once_and_at_the_end(self):
        clean = self.replay("", GOOD)
        self.assertEqual((clean.returncode, clean.stderr), (0, ""))
        for name, (options, messages, first, last) in KINDS.items():
            with self.subTest(name):
                done = self.replay(options, GOOD + messages)
                told = done.stderr.splitlines()
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(told[0].startswith(first), done.stderr)
                self.assertIn(last, told[-1])
                self.assertTrue(all(line.startswith("{") for line in done.stdout.splitlines()), done.stdout)

    def test_strict_makes_each_kind_a_failure(self):
        self.assertEqual(self.replay("", GOOD, "--strict").returncode, 0)
        for name, (options, messages, _, _) in KINDS.items():
            with self.subTest(name):
                done = self.replay(options, GOOD + messages, "--strict")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("--strict", done.stderr)
                plain = self.replay(options, GOOD + messages)
                self.assertEqual(done.stdout, plain.stdout)

    def test_strict_leaves_other_codes_alone(self):
        done = self.replay(", error.strategy = 'fail'", GOOD + [(3000, "{broken")], "--strict")
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_the_log_has_them_and_can_be_silent(self):
        options, messages, _, _ = KINDS["late"]
        done = self.replay(options, GOOD + messages, "--log-format", "json")
        entries = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual([(e["level"], e["category"], e["subject"]) for e in entries], [("warning", "feed", "V")] * 2)
        self.assertIn("event.time.lateness.ms", entries[0]["hint"])
        silent = self.replay(options, GOOD + messages, "--log-level", "off", "--strict")
        self.assertEqual((silent.returncode, silent.stderr), (1, ""))
        # Repeats are dropped because somebody asked for it.
        options, messages, _, _ = KINDS["duplicates"]
        self.assertEqual(self.replay(options, GOOD + messages, "--log-level", "warning").stderr, "")

    def test_rows_late_for_a_hidden_window_count_in_the_stream_it_is_made_for(self):
        query = "SELECT MAX(n) AS most FROM (SELECT s, COUNT(*) AS n FROM T WINDOW TUMBLING(1 sec) GROUP BY s) WINDOW TUMBLING(5 sec) INSERT INTO V;\n"
        done = self.replay("", GOOD + KINDS["late"][1], "--strict", query=query)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("V: 2 rows came too late", done.stderr)

    def test_rules_of_a_written_stream_count_for_all_its_writers(self):
        query = ("CREATE STREAM V (s STRING, t LONG) WITH (\"event.time.field\" = 't');\n"
                 "INSERT INTO V SELECT s, t FROM T WHERE t < 1000; INSERT INTO V SELECT s, CAST(NULL AS LONG) AS t FROM T WHERE t = 1500;\n"
                 "INSERT INTO V SELECT s, CAST(NULL AS LONG) AS t FROM T WHERE t > 2700; SELECT COUNT(*) AS n FROM V WINDOW TUMBLING(1 sec) INSERT INTO O;\n")
        done = self.replay("", GOOD, "--strict", query=query)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("V: 3 rows had no event time and were dropped", done.stderr)

    def test_state_that_is_let_go_is_told(self):
        # Repeats of what DISTINCT no longer remembers would go out again.
        done = self.replay("", [(i, {"s": "a", "t": i, "k": i}) for i in range(100_007)], "--strict", "-o", self.tmp / "rows",
                           query="SELECT DISTINCT k FROM T INSERT INTO V;\n")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("V: 7 pieces of state (matches that had begun, groups, keys) were let go at their bound", done.stderr)

    def test_a_kind_is_told_once_while_it_runs(self):
        # The first of many thousands comes before the rows behind it have been printed.
        late = [(4000 + i, {"s": "a", "t": 500, "k": i}) for i in range(20000)]
        done = self.replay("", GOOD + late)
        self.assertEqual(len(done.stderr.splitlines()), 3, done.stderr)  # with its hint
        self.assertIn("V: 20000 rows came too late", done.stderr)

    def test_live_runs_tell_at_once(self):
        with subprocess.Popen([WEIR, "exchange", "--rate", "50", "--for", "30s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as exchange:
            url = exchange.stdout.readline().strip()
            self.sql.write_text("CREATE STREAM T (s STRING, nope LONG) WITH (type = 'source', extension = 'websocket', format = 'json', "
                                f"\"websocket.url\" = '{url}/ws/btcusdt@trade', \"event.time.field\" = 'nope'); SELECT s FROM T INSERT INTO O;")
            with subprocess.Popen([WEIR, "run", self.sql, "--strict", "--for", "20s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
                told = next(line for line in run.stderr if line.startswith("T: a row had no event time"))
                self.assertTrue(told)
                run.terminate()
                self.assertRegex(run.stderr.read(), r"T: (\d+) of \1 rows? had no event time and w")
                self.assertEqual(run.wait(10), 130)
            strict = subprocess.run([WEIR, "run", self.sql, "--strict", "--for", "1s"], capture_output=True, text=True, timeout=20)
            self.assertEqual(strict.returncode, 1, strict.stderr)
            self.assertEqual(strict.stdout, "")
            exchange.terminate()

    def test_the_demo_needs_no_window_for_it(self):
        self.assertEqual(subprocess.run([WEIR, "demo", "--strict"], capture_output=True, timeout=20).returncode, 2)
        done = subprocess.run([WEIR, "demo", "--headless", "--strict", "--for", "1s"], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
