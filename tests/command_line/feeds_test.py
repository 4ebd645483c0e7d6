#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds on the command line: exit codes of sources and sinks, recordings, replays at a pace, captures that are served."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = sys.argv.pop(1)
# Nothing listens there: the discard port, on loopback.
NOBODY = "ws://127.0.0.1:9/"


def weir(*args, timeout=30, env=None):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=timeout, env=env)


def source(url, options="", columns="s STRING, p DOUBLE"):
    return (f"CREATE STREAM T ({columns}) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" = '{url}',"
            f" \"websocket.reconnect.delay.ms\" = '50'{options});\n")


def sink(url, options=""):
    return (f"CREATE STREAM R (s STRING) WITH (type = 'sink', extension = 'websocket', format = 'json', \"websocket.url\" = '{url}',"
            f" \"websocket.reconnect.delay.ms\" = '50'{options});\nINSERT INTO R SELECT s FROM T;\n")


class Feeds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.sql = self.tmp / "a.sql"
        self.metrics = self.tmp / "metrics.json"

    def start(self, *args):
        process = subprocess.Popen([WEIR, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def end():
            process.terminate()
            process.communicate(timeout=10)
        self.addCleanup(end)
        return process

    def exchange(self, *args):
        process = self.start("exchange", "--rate", "50", "--for", "30s", *args)
        return process.stdout.readline().strip()

    def run_sql(self, text, *args, **more):
        self.sql.write_text(text)
        return weir("run", self.sql, "--metrics", self.metrics, *args, **more)

    def metric(self, name):
        return json.loads(self.metrics.read_text())[name]

    def capture(self, lines, started=0):
        path = self.tmp / "c.weircap"
        path.write_text("".join(json.dumps(line) + "\n" for line in [{"weir_capture": 1, "started": started, "sources": {}}, *lines]))
        return path

    def test_a_loss_without_reconnect_is_3(self):
        url = self.exchange("--fault", "close:1001@1s")
        done = self.run_sql(source(f"{url}/ws/btcusdt@trade", ", \"websocket.reconnect\" = 'false'") + "SELECT s FROM T INSERT INTO O;", "--for", "20s")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("closed with code 1001", done.stderr)

    def test_a_refused_sink_is_4_and_a_refused_source_wins(self):
        url = self.exchange("--fault", "401@0s/30s")
        good = self.exchange()
        feed = f"{good}/ws/btcusdt@trade"
        done = self.run_sql(source(feed) + sink(f"{url}/dashboard"), "--for", "20s")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("401 Unauthorized", done.stderr)
        self.assertIn("hint: check the header values and the token", done.stderr)
        both = self.run_sql(source(f"{url}/ws/btcusdt@trade") + sink(f"{url}/dashboard"), "--for", "20s")
        self.assertEqual(both.returncode, 3, both.stderr)

    def test_rows_that_failed_are_4(self):
        feed = f"{self.exchange()}/ws/btcusdt@trade"
        done = self.run_sql(source(feed) + sink(NOBODY, ", \"websocket.reconnect.max.attempts\" = '1'"), "--for", "2s")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("rows could not be sent", done.stderr)
        self.assertIn(f"R: {self.metric('sink.R.failed')} of {self.metric('sink.R.published')} rows could not be sent", done.stderr)
        self.assertGreater(self.metric("sink.R.failed"), 0)
        self.assertEqual(self.metric("sink.R.published"), sum(self.metric(f"sink.R.{n}") for n in ("sent", "failed", "dropped", "queued")))
        without = self.run_sql(source(feed) + sink(NOBODY), "--for", "1s", "--no-sinks")
        self.assertEqual(without.returncode, 0, without.stderr)

    def test_hints_come_with_every_attempt(self):
        done = self.run_sql(source(NOBODY) + "SELECT s FROM T INSERT INTO O;", "--for", "500ms")
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"Failed to connect to WebSocket {NOBODY}: Connection refused", done.stderr)
        self.assertIn("hint: check the URL and that the server runs", done.stderr)

    def test_bad_messages_are_told(self):
        url = self.exchange("--fault", "garbage@0.3s/1s")
        done = self.run_sql(source(f"{url}/ws/btcusdt@trade") + "SELECT s FROM T INSERT INTO O;", "--for", "2s")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(self.metric("source.T.rejected"), 0)
        self.assertIn("could not be decoded; the last one: not valid JSON", done.stderr)

    def test_every_entry_of_the_log_is_one(self):
        url = self.exchange("--fault", "garbage@0.3s/1s")
        text = source(f"{url}/ws/btcusdt@trade") + "SELECT s FROM T INSERT INTO O;"
        done = self.run_sql(text, "--for", "2s", "--log-format", "json", "--metrics-listen", "127.0.0.1:0")
        messages = [json.loads(line)["message"] for line in done.stderr.splitlines()]
        self.assertTrue(any("counters at" in m for m in messages) and any("could not be decoded" in m for m in messages), messages)
        self.assertEqual(self.run_sql(text, "--for", "1s", "--log-level", "off").stderr, "")

    def test_learning_says_why_it_waits(self):
        done = self.run_sql(source(NOBODY, columns="...") + "SELECT s FROM T INSERT INTO O;", "--for", "1s")
        self.assertIn(f"Failed to connect to WebSocket {NOBODY}: Connection refused", done.stderr)
        self.assertIn("T: attempt 2", done.stderr)

    def test_check_warns_of_a_variable_that_is_not_set(self):
        self.sql.write_text(source("ws://127.0.0.1:9/${env:WEIR_NOPE}") + "SELECT s FROM T INSERT INTO O;")
        env = {k: v for k, v in os.environ.items() if k != "WEIR_NOPE"}
        done = weir("check", self.sql, env=env)
        self.assertEqual(done.returncode, 0)
        self.assertIn("warning", done.stderr)
        self.assertIn("environment variable 'WEIR_NOPE' is not set (needed by websocket.url)", done.stderr)
        run = weir("run", self.sql, env=env)
        self.assertEqual(run.returncode, 1)
        self.assertIn("environment variable 'WEIR_NOPE' is not set", run.stderr)
        self.assertEqual(weir("check", self.sql, env=dict(env, WEIR_NOPE="x")).stderr, "")

    def test_a_header_is_not_shown_beside_an_error(self):
        self.sql.write_text(source(NOBODY, ", \"websocket.headers.Authorization\" = 'Bearer s3cr3t', bogus = '1'").replace("\n", " "))
        done = weir("check", self.sql)
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown option 'bogus'", done.stderr)
        self.assertNotIn("s3cr3t", done.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_ends_a_recording_loudly(self):
        url = self.exchange()
        for args in (["run", self.sql, "--record", "/dev/full"], ["record", f"{url}/ws/btcusdt@trade", "-o", "/dev/full"]):
            self.sql.write_text(source(f"{url}/ws/btcusdt@trade") + "SELECT s FROM T INSERT INTO O;")
            done = weir(*args, "--for", "2s")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("the recording ended: cannot write /dev/full", done.stderr)

    def test_record_of_a_url_and_of_a_file(self):
        url = f"{self.exchange()}/ws/btcusdt@trade"
        one, two = self.tmp / "one.weircap", self.tmp / "two.weircap"
        self.assertEqual(weir("record", url, "-o", one, "--for", "1s").returncode, 0)
        self.sql.write_text(source(url) + "SELECT s, COUNT(*) AS n FROM T WINDOW TUMBLING(200 ms) GROUP BY s INSERT INTO O;")
        self.assertEqual(weir("record", self.sql, "-o", two, "--for", "1s").returncode, 0)
        for path, name in ((one, "Stream"), (two, "T")):
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            self.assertEqual(list(lines[0]["sources"]), [name])
            self.assertTrue(any(line.get("stream") == name and "text" in line for line in lines[1:]))
            self.assertEqual(lines[-1]["event"], "advance")
        live = weir("run", self.sql, "--record", self.tmp / "live.weircap", "--for", "1500ms", "-f", "jsonl")
        replayed = weir("replay", self.tmp / "live.weircap", self.sql, "-f", "jsonl")
        self.assertNotEqual(live.stdout, "")
        self.assertEqual(live.stdout, replayed.stdout)

    def test_a_replay_at_a_pace_prints_as_it_goes(self):
        capture = self.capture([{"at": i * 400, "stream": "T", "text": json.dumps({"s": str(i)})} for i in range(20)])
        self.sql.write_text("CREATE STREAM T (s STRING);\nSELECT s FROM T INSERT INTO O;\n")
        began = time.monotonic()
        process = self.start("replay", capture, self.sql, "--speed", "1", "--metrics", self.metrics, "-f", "jsonl")
        self.assertIn('"s":"0"', process.stdout.readline())
        self.assertIn('"s":"1"', process.stdout.readline())
        self.assertLess(time.monotonic() - began, 4)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertGreater(self.metric("source.T.messages"), 1)

    def test_a_paced_replay_closes_windows_when_their_time_comes(self):
        capture = self.capture([{"at": 10, "stream": "T", "text": '{"s":"a"}'}, {"at": 60000, "event": "advance"}])
        self.sql.write_text("CREATE STREAM T (s STRING);\nSELECT COUNT(*) AS n FROM T WINDOW TUMBLING(500 ms) INSERT INTO O;\n")
        process = self.start("replay", capture, self.sql, "--speed", "1", "-f", "jsonl")
        began = time.monotonic()
        self.assertIn('"n":1', process.stdout.readline())
        self.assertLess(time.monotonic() - began, 10)

    def test_a_served_capture_goes_on_behind_a_loss(self):
        capture = self.capture([*({"at": i, "stream": "T", "text": json.dumps({"s": str(i)})} for i in range(5)), {"at": 5, "stream": "T", "event": "close"},
                                {"at": 6, "stream": "T", "event": "open"}, *({"at": i, "stream": "T", "text": json.dumps({"s": str(i)})} for i in range(6, 10))])
        server = self.start("replay", capture, "unused.sql", "--serve", "127.0.0.1:0")
        url = server.stdout.readline().strip()
        done = self.run_sql(source(f"{url}/T") + "SELECT s FROM T INSERT INTO O;", "--limit", "9", "--for", "20s", "-f", "jsonl")
        self.assertEqual([json.loads(line)["row"]["s"] for line in done.stdout.splitlines()], ["0", "1", "2", "3", "4", "6", "7", "8", "9"])
        # The recording's end may count as another, when it comes before the limit is seen.
        self.assertIn(self.metric("source.T.gaps"), (1, 2))

    def test_tap_sends_what_it_is_told(self):
        capture = self.capture([{"at": 0, "stream": "T", "text": "hello"}, {"at": 1, "stream": "T", "base64": "/wA="}])
        server = self.start("replay", capture, "unused.sql", "--serve", "127.0.0.1:0")
        url = server.stdout.readline().strip()
        done = weir("tap", f"{url}/T", "-H", "X-Key: abc", "-x", "subscribe", "--for", "5s")
        self.assertEqual(done.stdout, "hello\nbase64:/wA=\n")

    def test_tap_writes_a_line_for_each_message(self):
        capture = self.capture([{"at": 0, "stream": "T", "text": '{"a": "x y",\n "b": 2}'}, {"at": 1, "stream": "T", "base64": "Cg=="},
                                {"at": 2, "stream": "T", "text": "one\r\ntwo"}, {"at": 3, "stream": "T", "text": '{"b": 1}'}])
        url = self.start("replay", capture, "--serve", "127.0.0.1:0").stdout.readline().strip()
        self.assertEqual(weir("tap", f"{url}/T", "--for", "5s").stdout, '{"a":"x y","b":2}\nbase64:Cg==\none\\r\\ntwo\n{"b": 1}\n')

    def test_time_and_signals_hold_while_columns_are_learnt(self):
        silent = f"{self.exchange('--fault', 'silence@0s/30s')}/ws/btcusdt@trade"
        learning = source(silent, columns="...") + "SELECT s FROM T INSERT INTO O;"
        began = time.monotonic()
        done = self.run_sql(learning, "--for", "1s")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(time.monotonic() - began, 10)
        process = self.start("run", self.sql)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        self.assertEqual(process.returncode, 130)
        refused = f"{self.exchange('--fault', '401@0s/30s')}/ws/btcusdt@trade"
        done = self.run_sql(source(refused, columns="...") + "SELECT s FROM T INSERT INTO O;", "--for", "10s")
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_columns_are_learnt_over_the_connection_that_stays(self):
        lines = [{"at": i * 20, "stream": "T", "text": json.dumps({"s": str(i), "p": i + 0.5})} for i in range(150)]
        server = self.start("replay", self.capture(lines), "unused.sql", "--serve", "127.0.0.1:0", "--speed", "1")
        url = server.stdout.readline().strip()
        # A second connection would get the capture from its start again, and the first messages would be lost or doubled.
        done = self.run_sql(source(f"{url}/T", columns="...") + "SELECT s, p FROM T INSERT INTO O;", "--limit", "150", "--for", "20s", "-f", "jsonl", "--record", self.tmp / "r.weircap")
        self.assertEqual([json.loads(line)["row"]["s"] for line in done.stdout.splitlines()], [str(i) for i in range(150)], done.stderr)
        replayed = weir("replay", self.tmp / "r.weircap", self.sql, "-f", "jsonl")
        self.assertEqual(replayed.stdout, done.stdout)

    def test_a_signal_closes_the_window_as_a_user_would(self):
        self.sql.write_text(source(f"{self.exchange()}/ws/btcusdt@trade") + "SELECT s FROM T INSERT INTO O;")
        data = self.tmp / "data"
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(self.tmp))
        window = subprocess.Popen([WEIR, "--data-folder", str(data), "--run", str(self.sql)], stderr=subprocess.DEVNULL, env=env)
        time.sleep(2)
        window.send_signal(signal.SIGTERM)
        self.assertEqual(window.wait(timeout=15), 130)
        self.assertIn(str(self.sql), (data / "session.json").read_text())

    def test_a_killed_recording_lacks_its_last_moments_only(self):
        capture = self.tmp / "r.weircap"
        self.sql.write_text(source(f"{self.exchange()}/ws/btcusdt@trade") + "SELECT s FROM T INSERT INTO O;")
        process = self.start("run", self.sql, "--record", capture, "-f", "jsonl")
        for _ in range(3):
            process.stdout.readline()
        time.sleep(1.5)
        process.kill()
        process.wait(timeout=10)
        done = weir("replay", capture, self.sql, "-f", "jsonl")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(len(done.stdout.splitlines()), 30)

    def test_a_closed_terminal_ends_a_recording_in_order(self):
        capture = self.tmp / "r.weircap"
        process = self.start("record", f"{self.exchange()}/ws/btcusdt@trade", "-o", capture)
        time.sleep(1)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=10), 130)
        self.assertEqual(json.loads(capture.read_text().splitlines()[-1])["event"], "advance")

    def test_a_hangup_that_nohup_ignores_stays_ignored(self):
        process = subprocess.Popen([WEIR, "exchange", "--for", "2s"], stdout=subprocess.PIPE, text=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=10), 0)
        process.stdout.close()

    def test_a_torn_capture_gives_what_it_holds(self):
        capture = self.capture([{"at": i, "stream": "T", "text": json.dumps({"s": str(i)})} for i in range(20)])
        self.sql.write_text("CREATE STREAM T (s STRING);\nSELECT s FROM T INSERT INTO O;\n")
        whole = capture.read_text()
        for length in range(len(whole) - 40, len(whole) - 2):
            capture.write_text(whole[:length])
            done = weir("replay", capture, self.sql, "-f", "jsonl")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), whole[:length].count("\n") - 1)
            if not whole[:length].endswith("\n"):
                self.assertIn(f"{capture}: warning: the capture ends in the middle of a line; {len(done.stdout.splitlines())} messages were read", done.stderr)
        server = self.start("replay", capture, "--serve", "127.0.0.1:0")
        self.assertEqual(len(weir("tap", server.stdout.readline().strip() + "/T", "--for", "5s").stdout.splitlines()), 19)
        # A last line without an end may be whole, and wrong for another reason; one in the middle is wrong in any case.
        for wrong in (whole + '{"at":1,"stream":"T","text":"early"}', whole + '{"at":99,"stream":"X","text":"unknown"}', whole + "{torn\n"):
            capture.write_text(wrong)
            done = weir("replay", capture, self.sql, "-f", "jsonl")
            self.assertEqual(done.returncode, 1)
            self.assertIn("E023", done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), 20)

    def test_nothing_to_run_is_an_error(self):
        done = self.run_sql("-- nothing yet\n", "--for", "5s")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing to run", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
