#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the program as a user does: exit codes, what goes to stdout, replays that are the same to the byte."""
import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

WEIR = sys.argv.pop(1)

SQL = """CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE);
SELECT s, SUM(p * q) / SUM(q) AS vwap FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO V;
"""


def weir(*args, stdin=None, timeout=60):
    return subprocess.run([WEIR, *map(str, args)], input=stdin, capture_output=True, text=True, timeout=timeout)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.tmp = pathlib.Path(self.folder.name)
        self.sql = self.tmp / "a.sql"
        self.sql.write_text(SQL)
        lines = [{"weir_capture": 1, "started": 0, "sources": {}}]
        lines += [{"at": i * 10, "stream": "T", "text": json.dumps({"s": "AB"[i % 2], "p": i, "q": 1})} for i in range(300)]
        lines.append({"at": 4000, "event": "advance"})
        self.capture = self.tmp / "a.weircap"
        self.capture.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def tearDown(self):
        self.folder.cleanup()

    def test_check_names_file_line_and_column(self):
        self.sql.write_text("SELECT a FROM Nope;\n")
        done = weir("check", self.sql)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{self.sql}:1:15: error[E004]: unknown stream 'Nope'", done.stderr)
        self.assertEqual(done.stdout, "")
        as_json = weir("check", "--format", "json", self.sql)
        self.assertEqual(json.loads(as_json.stdout)[0]["code"], "E004")

    def test_a_secret_shows_nowhere(self):
        token = "s3cr3t-planted-token"
        env = dict(os.environ, PLANTED=token)
        with subprocess.Popen([WEIR, "exchange", "--for", "20s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as exchange:
            url = exchange.stdout.readline().strip()
            self.sql.write_text(
                "CREATE STREAM B (s STRING, p DOUBLE) WITH (type = 'source', extension = 'websocket', format = 'json',"
                f" \"websocket.url\" = '{url}/ws/btcusdt@trade?key=${{env:PLANTED}}', \"websocket.headers.Authorization\" = 'Bearer ${{env:PLANTED}}');"
                "CREATE STREAM R (s STRING) WITH (type = 'source', extension = 'websocket',"
                " \"websocket.url\" = 'ws://127.0.0.1:9/x?key=${env:PLANTED}', \"websocket.headers.Authorization\" = '${env:PLANTED}');"
                "SELECT s, p FROM B INSERT INTO O; SELECT s FROM R INSERT INTO P;")
            said = ""
            for command in (["run", self.sql, "--for", "3s", "-f", "jsonl", "--record", self.tmp / "c.weircap", "--metrics", self.tmp / "m.json"],
                            ["explain", self.sql], ["check", self.sql], ["check", "--format", "json", self.sql]):
                done = subprocess.run([WEIR, *map(str, command)], capture_output=True, text=True, timeout=30, env=env)
                said += done.stdout + done.stderr
            tapped = subprocess.run([WEIR, "tap", f"ws://127.0.0.1:9/x?key={token}", "-H", f"Authorization: {token}", "--for", "1s"],
                                    capture_output=True, text=True, timeout=30)
            said += tapped.stdout + tapped.stderr
            with subprocess.Popen([WEIR, "run", str(self.sql), "--metrics-listen", "127.0.0.1:0", "--log-format", "json", "--log-level", "debug"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env) as run:
                url = json.loads(next(line for line in run.stderr if "counters at" in line))["message"].split()[-1]
                time.sleep(1.5)
                with urllib.request.urlopen(url, timeout=5) as answer:
                    page = answer.read().decode()
                run.terminate()
                said += page + run.stderr.read()
            self.assertIn("weir_connection_up", page)
            exchange.terminate()
        said += (self.tmp / "c.weircap").read_text() + (self.tmp / "m.json").read_text()
        self.assertIn("BTCUSDT", said)
        self.assertIn("Connection refused", said)
        self.assertNotIn(token, said)

    def test_a_capture_is_served_again(self):
        with subprocess.Popen([WEIR, "replay", str(self.capture), "--serve", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True) as server:
            url = server.stdout.readline().strip()
            done = weir("tap", url + "/T", "--for", "10s")
            server.terminate()
        self.assertEqual(done.returncode, 3)
        self.assertEqual([json.loads(line)["p"] for line in done.stdout.splitlines()], list(range(300)))

    def test_a_replay_sends_on_request_only(self):
        with subprocess.Popen([WEIR, "exchange", "--for", "30s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as exchange:
            url = exchange.stdout.readline().strip()
            self.sql.write_text("CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE);"
                                f"CREATE STREAM D (s STRING, p DOUBLE) WITH (type = 'sink', extension = 'websocket', format = 'json', \"websocket.url\" = '{url}/dashboard');"
                                "INSERT INTO D SELECT s, p FROM T;")
            metrics = self.tmp / "m.json"
            quiet = weir("replay", self.capture, self.sql, "--metrics", metrics)
            self.assertEqual(quiet.returncode, 0, quiet.stderr)
            self.assertFalse([key for key in json.loads(metrics.read_text()) if key.startswith("sink.")])
            sent = weir("replay", self.capture, self.sql, "--sinks", "--metrics", metrics)
            exchange.terminate()
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertEqual(sent.stdout, quiet.stdout)
        figures = json.loads(metrics.read_text())
        self.assertEqual([figures[f"sink.D.{name}"] for name in ("published", "sent", "failed", "dropped", "queued")], [300, 300, 0, 0, 0])

    def test_columns_are_learnt_from_a_live_feed(self):
        with subprocess.Popen([WEIR, "exchange", "--for", "20s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as exchange:
            url = exchange.stdout.readline().strip()
            self.sql.write_text("CREATE STREAM B (...) WITH (type = 'source', extension = 'websocket', format = 'json',"
                                f" \"websocket.url\" = '{url}/ws/btcusdt@trade'); SELECT s, p::DOUBLE * q::DOUBLE AS value FROM B INSERT INTO O;")
            done = weir("run", self.sql, "--limit", "3", "--for", "10s", "-f", "jsonl")
            exchange.terminate()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["row"]["s"], "BTCUSDT")

    def test_formatting_is_stable(self):
        self.sql.write_text("-- why\nselect s,p from T where p>1 -- because\n")
        self.assertEqual(weir("fmt", "--check", self.sql).returncode, 1)
        self.assertEqual(weir("fmt", self.sql).returncode, 0)
        self.assertEqual(self.sql.read_text(), "-- why\nSELECT s, p\nFROM T\nWHERE p > 1; -- because\n")
        self.assertEqual(weir("fmt", "--check", self.sql).returncode, 0)

    def test_usage_is_2(self):
        self.assertEqual(weir("replay").returncode, 2)
        self.assertEqual(weir("run", self.sql, "-f", "xml").returncode, 2)

    def test_lengths_of_time(self):
        for wrong in ("-5s", "nan", "inf", "1e300h", "25d", "5 apples", "", "s"):
            done = weir("demo", "--headless", f"--for={wrong}")
            self.assertEqual(done.returncode, 2, wrong)
            self.assertLess(done.stderr.count("\n"), 4, done.stderr)
        self.assertEqual(weir("exchange", "--for=0.00001d").returncode, 0)
        limit = weir("run", self.sql, "--limit", "0")
        self.assertEqual(limit.returncode, 2)
        self.assertIn("at least 1, found 0", limit.stderr)
        self.assertEqual(weir("--screenshot", "x.png", "--screenshot-after=-1").returncode, 2)

    def test_what_cannot_be_read_or_run_is_an_error(self):
        for command in (["check"], ["run"], ["fmt"], ["explain"]):
            done = weir(*command, self.tmp)
            self.assertEqual(done.returncode, 1)
            self.assertIn("it is a folder", done.stderr)
        done = weir("check", "/dev/zero", timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("16 MB", done.stderr)
        for text in ("", "-- nothing\n", "CREATE STREAM T (s STRING);"):
            done = weir("run", "-", stdin=text, timeout=10)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("nothing to run", done.stderr)
            self.sql.write_text(text)
            done = weir("record", self.sql, "-o", self.tmp / "new.weircap", timeout=10)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("nothing to record", done.stderr)
        self.assertFalse((self.tmp / "new.weircap").exists())

    def test_a_wrong_capture_is_named(self):
        with self.capture.open("a") as file:
            file.write("no JSON\n")
        for more in ([self.sql], ["--serve", "127.0.0.1:0"]):
            done = weir("replay", self.capture, *more)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{self.capture}: error[E023]: capture line 303: not valid JSON", done.stderr)

    def test_no_output_is_written_over_an_input(self):
        link = self.tmp / "link"
        link.symlink_to(self.sql)
        before = self.sql.read_text(), self.capture.read_text()
        for command in (["run", self.sql, "-o", self.sql], ["run", self.sql, "--record", link], ["run", link, "--metrics", self.sql],
                        ["replay", self.capture, self.sql, "-o", self.capture], ["record", self.sql, "-o", link],
                        ["run", self.sql, "-o", self.tmp / "x", "--record", f"{self.tmp}/./x"]):
            done = weir(*command)
            self.assertEqual(done.returncode, 2, command)
        self.assertEqual((self.sql.read_text(), self.capture.read_text()), before)
        self.assertFalse((self.tmp / "x").exists())

    def test_formatting_keeps_links_rights_and_neighbours(self):
        link = self.tmp / "link.sql"
        link.symlink_to(self.sql.name)
        neighbour = self.tmp / "a.sql.new"
        neighbour.write_text("mine")
        self.sql.write_text("select s from T")
        self.sql.chmod(0o640)
        self.assertEqual(weir("fmt", link).returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.sql.read_text(), "SELECT s FROM T;\n")
        self.assertEqual(self.sql.stat().st_mode & 0o777, 0o640)
        self.assertEqual(neighbour.read_text(), "mine")
        self.assertEqual(sorted(p.name for p in self.tmp.iterdir()), ["a.sql", "a.sql.new", "a.weircap", "link.sql"])

    def test_a_full_standard_output_is_an_error(self):
        for command in (["fmt", "-"], ["explain", self.sql], ["check", "--format", "json", self.sql], ["reference", "options"], ["--version"], ["exchange", "--for", "1s"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([WEIR, *map(str, command)], input=SQL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
            self.assertEqual(done.returncode, 1, command)
            self.assertIn("cannot write to standard output", done.stderr)

    def test_check_gives_utf8_for_stray_bytes(self):
        self.sql.write_bytes(b"SELECT \xff\xfe FROM Nope\xc3;\n")
        done = subprocess.run([WEIR, "check", "--format", "json", str(self.sql)], capture_output=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(json.loads(done.stdout.decode("utf-8")))

    def test_a_header_is_not_told(self):
        done = weir("tap", "ws://127.0.0.1:1/", "-H", "s3cr3t-without-colon")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no colon", done.stderr)
        self.assertNotIn("s3cr3t", done.stderr)

    def test_no_source(self):
        done = weir("run", self.sql)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no source feeds T", done.stderr)
        self.assertEqual(weir("check", self.sql).returncode, 0)

    def test_replays_are_the_same_to_the_byte(self):
        runs = [weir("replay", self.capture, self.sql).stdout for _ in range(2)]
        self.assertEqual(runs[0], runs[1])
        rows = [json.loads(line) for line in runs[0].splitlines()]
        self.assertEqual(len(rows), 6)
        self.assertEqual(rows[0], {"stream": "V", "at": 1000, "row": {"s": "A", "vwap": 49.0}})

    def test_csv_limit_and_metrics(self):
        metrics = self.tmp / "m.json"
        done = weir("replay", self.capture, self.sql, "-f", "csv", "--limit", "2", "--metrics", metrics)
        self.assertEqual(done.stdout, "s,vwap\nA,49.0\nB,50.0\n")
        self.assertEqual(done.returncode, 0)
        self.assertIn("source.T.messages", json.loads(metrics.read_text()))

    def test_live_run_recorded_and_replayed_gives_the_same_rows(self):
        exchange = subprocess.Popen([WEIR, "exchange", "--rate", "50", "--for", "30s"], stdout=subprocess.PIPE, text=True)
        try:
            url = exchange.stdout.readline().strip()
            self.assertTrue(url.startswith("ws://127.0.0.1:"))
            self.sql.write_text(f"""CREATE STREAM B (s STRING, p DOUBLE, q DOUBLE) WITH (type = 'source', extension = 'websocket',
              format = 'json', "websocket.url" = '{url}/ws/btcusdt@trade/ethusdt@trade');
              CREATE STREAM D (s STRING, vwap DOUBLE) WITH (type = 'sink', extension = 'websocket', format = 'json',
              "websocket.url" = '{url}/dashboard');
              INSERT INTO D SELECT s, SUM(p * q) / SUM(q) AS vwap FROM B WINDOW TUMBLING(500 ms) GROUP BY s;
              INSERT INTO Roll SELECT s, AVG(p) AS a FROM B WINDOW TIME(300 ms) GROUP BY s;""")
            capture = self.tmp / "live.weircap"
            metrics = self.tmp / "m.json"
            live = weir("run", self.sql, "--for", "3s", "--record", capture, "--metrics", metrics)
            self.assertEqual(live.returncode, 0, live.stderr)
            self.assertGreater(len(live.stdout.splitlines()), 50)
            again = weir("replay", capture, self.sql)
            self.assertEqual(again.stdout, live.stdout)
            counted = json.loads(metrics.read_text())
            self.assertEqual(counted["sink.D.published"], counted["sink.D.sent"])
            self.assertGreater(counted["sink.D.sent"], 4)
        finally:
            exchange.terminate()
            exchange.wait(10)
            exchange.stdout.close()

    def test_refused_source_ends_with_3(self):
        self.sql.write_text("""CREATE STREAM B (s STRING) WITH (type = 'source', extension = 'websocket',
          "websocket.url" = 'ws://127.0.0.1:1/x', "websocket.reconnect" = 'false'); SELECT s FROM B INSERT INTO O;""")
        done = weir("run", self.sql, "--for", "20s")
        self.assertEqual(done.returncode, 3)
        self.assertIn("Failed to connect to WebSocket ws://127.0.0.1:1/x: Connection refused", done.stderr)

    def test_a_source_that_ended_counts_even_when_time_is_up(self):
        self.sql.write_text("""CREATE STREAM B (s STRING) WITH (type = 'source', extension = 'websocket',
          "websocket.url" = 'ws://127.0.0.1:1/x', "websocket.reconnect" = 'false');
          CREATE STREAM C (s STRING) WITH (type = 'source', extension = 'websocket', "websocket.url" = 'ws://127.0.0.1:1/y');
          SELECT s FROM B INSERT INTO O; SELECT s FROM C INSERT INTO P;""")
        self.assertEqual(weir("run", self.sql, "--for", "1s").returncode, 3)

    def test_counters_are_answered_to_prometheus(self):
        demo = subprocess.Popen([WEIR, "demo", "--headless", "--for", "20s", "--metrics-listen", "127.0.0.1:0"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            url = next(line for line in demo.stderr if "counters at" in line).split()[-1]
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
                    page = answer.read().decode()
                if 'weir_connection_up{connection="BinanceTrades"} 1' in page and 'weir_source_messages_total{source="BinanceTrades"} 0' not in page:
                    break
                time.sleep(0.2)
            samples = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
            self.assertGreater(float(samples['weir_source_messages_total{source="BinanceTrades"}']), 0)
            self.assertEqual(float(samples['weir_connection_stale{connection="BinanceTrades"}']), 0)
            self.assertGreater(float(samples["process_resident_memory_bytes"]), 1e6)
            self.assertIn("# TYPE weir_sink_queued gauge", page)
            types = [line for line in page.splitlines() if line.startswith("# TYPE")]
            self.assertEqual(len(types), len(set(types)))
            with self.assertRaises(urllib.error.HTTPError):
                urllib.request.urlopen(url + "/nothing", timeout=5)
        finally:
            demo.send_signal(signal.SIGTERM)
            self.assertEqual(demo.wait(10), 130)
            demo.stderr.close()
        done = weir("demo", "--headless", "--for", "1s", "--metrics-listen", "nowhere")
        self.assertEqual(done.returncode, 2)
        self.assertIn("ADDRESS:PORT", done.stderr)

    def test_log_as_json_by_level_and_category(self):
        self.sql.write_text("""CREATE STREAM B (s STRING) WITH (type = 'source', extension = 'websocket',
          "websocket.url" = 'ws://127.0.0.1:1/x', "websocket.reconnect" = 'false'); SELECT s FROM B INSERT INTO O;""")
        lines = [json.loads(line) for line in weir("run", self.sql, "--log-format", "json", "--log-level", "debug").stderr.splitlines()]
        self.assertEqual([line["level"] for line in lines], ["debug", "error"])
        self.assertEqual(lines[1]["category"], "connection")
        self.assertEqual(lines[1]["subject"], "B")
        self.assertIn("Connection refused", lines[1]["message"])
        self.assertIn("check the URL", lines[1]["hint"])
        self.assertRegex(lines[1]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.assertEqual(weir("run", self.sql, "--log-level", "debug,connection=off").stderr, "")
        wrong = weir("run", self.sql, "--log-level", "loud")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("'loud' is not LEVEL", wrong.stderr)

    def test_progress_stays_off_standard_output(self):
        master, slave = pty.openpty()
        demo = subprocess.Popen([WEIR, "demo", "--headless", "--for", "3s"], stdout=subprocess.PIPE, stderr=slave, text=True)
        os.close(slave)
        rows = demo.stdout.read().splitlines()
        demo.wait(20)
        demo.stdout.close()
        seen = b""
        try:
            while chunk := os.read(master, 65536):
                seen += chunk
        except OSError:
            pass
        os.close(master)
        self.assertGreater(len(rows), 3)
        for row in rows:
            json.loads(row)
        self.assertIn(b"BinanceTrades live", seen)
        self.assertRegex(seen, rb"BinanceTrades live \d+/s")
        self.assertIn(b"\r\x1b[K", seen)
        # Into a pipe there is no such line.
        self.assertNotIn("\x1b", weir("demo", "--headless", "--for", "2s").stderr)

    def test_without_a_display_it_says_what_works(self):
        env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
        done = subprocess.run([WEIR], capture_output=True, text=True, timeout=20, env=env)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no display", done.stderr)
        self.assertIn("weir run FILE", done.stderr)

    def test_a_home_that_cannot_be_written_is_no_obstacle(self):
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen", HOME="/dev/null", XDG_DATA_HOME="/dev/null/data", XDG_CONFIG_HOME="/dev/null/config",
                   XDG_RUNTIME_DIR="/dev/null/run", DBUS_SESSION_BUS_ADDRESS="unix:path=/dev/null/bus")
        picture = self.tmp / "window.png"
        done = subprocess.run([WEIR, "--screenshot", picture, "--screenshot-after", "3", "demo"], capture_output=True, text=True, timeout=30, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(picture.stat().st_size, 10_000)
        done = subprocess.run([WEIR, "demo", "--headless", "--for", "2s"], capture_output=True, text=True, timeout=30, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout)
        # Without a keychain a secret is an error that names it, not a crash.
        self.sql.write_text("CREATE STREAM T (n LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = 'ws://127.0.0.1:1/${secret:nothing}'); SELECT n FROM T;")
        done = subprocess.run([WEIR, "run", str(self.sql), "--for", "1s"], capture_output=True, text=True, timeout=30, env=env)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing", done.stderr)

    def test_signals_drain(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen([WEIR, "exchange", "--rate", "200", "--for", "30s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as exchange:
                url = exchange.stdout.readline().strip()
                metrics = self.tmp / "drained.json"
                self.sql.write_text(
                    f"CREATE STREAM B (s STRING, p DOUBLE) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = '{url}/ws/btcusdt@trade');"
                    f"CREATE STREAM D (s STRING, p DOUBLE) WITH (type = 'sink', extension = 'websocket', \"websocket.url\" = '{url}/dashboard');"
                    "INSERT INTO D SELECT s, p FROM B;")
                run = subprocess.Popen([WEIR, "run", str(self.sql), "--metrics", str(metrics)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(2)
                run.send_signal(number)
                self.assertEqual(run.wait(10), 130)
                counted = json.loads(metrics.read_text())
                self.assertGreater(counted["sink.D.sent"], 50)
                self.assertEqual(counted["sink.D.sent"], counted["sink.D.published"])
                self.assertEqual(counted["sink.D.failed"] + counted["sink.D.queued"], 0)
                exchange.terminate()

    def test_one_window_for_each_folder(self):
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(self.tmp))
        folder = self.tmp / "data"
        first = subprocess.Popen([WEIR, "--data-folder", folder], env=env, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 15
            while time.monotonic() < deadline:
                second = subprocess.run([WEIR, "--data-folder", folder, self.sql], env=env, capture_output=True, text=True, timeout=20) \
                    if (folder / "results.sqlite").exists() else None
                if second:
                    break
                time.sleep(0.2)
            self.assertEqual(second.returncode, 0)
            self.assertIn("runs already", second.stderr)
            while time.monotonic() < deadline and self.sql.name not in ((folder / "session.json").read_text() if (folder / "session.json").exists() else ""):
                time.sleep(0.2)
            self.assertIn(self.sql.name, (folder / "session.json").read_text())
        finally:
            first.kill()
            first.wait(10)
        # After a crash the place is free again.
        third = subprocess.Popen([WEIR, "--data-folder", folder], env=env, stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        self.assertIsNone(third.poll())
        third.kill()
        third.wait(10)

    def test_demo_headless(self):
        done = weir("demo", "--headless", "--for", "3s", "--stream", "Dashboard")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(len(done.stdout.splitlines()), 3)
        self.assertIn("DEMO DATA", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
