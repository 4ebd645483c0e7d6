#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, pipes and disks: nothing is lost in silence, nothing is said about a reader that has seen enough."""
import contextlib
import csv
import io
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = sys.argv.pop(1)

SQL = "CREATE STREAM T (v LONG, w LONG);\nINSERT INTO O SELECT v, w FROM T;\n"
BOM = b"\xef\xbb\xbf"


def weir(*args, stdin=None, timeout=60, **more):
    return subprocess.run([WEIR, *map(str, args)], input=stdin, capture_output=True, text=True, timeout=timeout, **more)


def small_disk(limit=4096):
    """What a program may write to one file: as on a disk that is full behind it."""
    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return prepare


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.sql = self.tmp / "a.sql"
        self.sql.write_text(SQL)
        self.capture = self.tmp / "a.weircap"

    def write_capture(self, rows, pad=0, end="\n"):
        lines = [json.dumps({"weir_capture": 1, "started": 1700000000000, "sources": {}})]
        lines += [json.dumps({"at": 1700000000000 + i, "stream": "T", "text": json.dumps({"v": i, "w": i})}) for i in range(rows)]
        self.capture.write_text("\n".join(line.ljust(pad) for line in lines) + end)

    def piped(self, content, *args, **more):
        """Runs with a pipe that `content` comes through, named /dev/fd/N."""
        read, write = os.pipe()
        feeder = subprocess.Popen(["cat", str(content)], stdout=write)
        os.close(write)
        try:
            return weir(*[f"/dev/fd/{read}" if a is None else a for a in args], pass_fds=[read], **more)
        finally:
            os.close(read)
            feeder.wait()

    # A full disk

    def test_a_full_disk_leaves_the_script_as_it_was(self):
        text = "select a from T;\n" + "select aaaa, bbbb from T where cccc = 1;\n" * 500
        self.sql.write_text(text)
        done = weir("fmt", self.sql, preexec_fn=small_disk())
        self.assertEqual(done.returncode, 1)
        self.assertIn("it is as it was", done.stderr)
        self.assertEqual(self.sql.read_text(), text)
        self.assertEqual(list(self.tmp.iterdir()), [self.sql])

    def test_a_disk_that_is_really_full(self):
        disk = self.tmp / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)], capture_output=True).returncode != 0:
            self.skipTest("no file system may be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(disk)])
        script = disk / "a.sql"
        script.write_text("select v from T")
        with contextlib.suppress(OSError), open(disk / "rest", "wb", buffering=0) as rest:
            while rest.write(bytes(4096)):
                pass
        self.write_capture(5000)
        done = weir("fmt", script)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)
        self.assertEqual(script.read_text(), "select v from T")
        for option in ("-o", "--metrics"):
            done = weir("replay", self.capture, self.sql, option, disk / "out")
            self.assertEqual(done.returncode, 1, option)
            self.assertIn("No space left on device", done.stderr)
        self.assertFalse((disk / "out").exists() and (disk / "out").read_bytes().startswith(b"{\n"))

    def test_rows_and_counters_that_find_no_room_are_an_error(self):
        self.write_capture(1000)
        done = weir("replay", self.capture, self.sql, "-o", self.tmp / "rows", preexec_fn=small_disk())
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the rows: File too large", done.stderr)
        done = weir("replay", self.capture, self.sql, "-o", "/dev/full")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the rows: No space left on device", done.stderr)
        done = weir("replay", self.capture, self.sql, "--metrics", self.tmp / "m.json", preexec_fn=small_disk(10))
        self.assertEqual(done.returncode, 1)
        self.assertFalse((self.tmp / "m.json").exists())

    def test_counters_are_whole_or_not_there(self):
        metrics = self.tmp / "m.json"
        self.write_capture(3)
        self.assertEqual(weir("replay", self.capture, self.sql, "--metrics", metrics).returncode, 0)
        self.assertEqual(json.loads(metrics.read_text())["source.T.messages"], 3)
        metrics.unlink()
        refused = self.tmp / "refused.sql"
        refused.write_text("CREATE STREAM T (v LONG) WITH (type = 'source', extension = 'websocket', \"websocket.url\" = 'ws://127.0.0.1:1/',"
                           " \"websocket.tls.ca.file\" = '/none');\nINSERT INTO O SELECT v FROM T;\n")
        self.assertNotEqual(weir("run", refused, "--metrics", metrics, "--for", "1s").returncode, 0)
        self.assertFalse(metrics.exists())
        for place in (self.tmp / "none" / "m.json", self.tmp):
            done = weir("replay", self.capture, self.sql, "--metrics", place)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stdout, "", "said before the run")

    # Pipes

    def test_a_capture_through_a_pipe_replays_whole(self):
        self.write_capture(20000, pad=127)
        whole = weir("replay", self.capture, self.sql)
        self.assertEqual(len(whole.stdout.splitlines()), 20000)
        self.assertEqual(self.piped(self.capture, "replay", None, self.sql).stdout, whole.stdout)
        for name in ("-", "/dev/stdin"):
            through = weir("replay", name, self.sql, stdin=self.capture.read_text())
            self.assertEqual((through.returncode, through.stdout), (0, whole.stdout), name)
        fifo = self.tmp / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(["sh", "-c", 'cat "$0" > "$1"', str(self.capture), str(fifo)]):
            self.assertEqual(weir("replay", fifo, self.sql).stdout, whole.stdout)

    def test_columns_are_learnt_and_identifiers_are_the_same_through_a_pipe(self):
        self.write_capture(5000)
        self.sql.write_text("CREATE STREAM T (...);\nINSERT INTO O SELECT v, UUID() AS id FROM T;\n")
        whole = weir("replay", self.capture, self.sql)
        self.assertEqual(len(whole.stdout.splitlines()), 5000)
        self.assertEqual(weir("replay", "-", self.sql, stdin=self.capture.read_text()).stdout, whole.stdout)

    def test_a_capture_cut_short_is_told_through_a_pipe_too(self):
        self.write_capture(5, end='\n{"at":1700000000009,"stre')
        for done in (weir("replay", self.capture, self.sql), self.piped(self.capture, "replay", None, self.sql)):
            self.assertEqual(done.returncode, 0)
            self.assertIn("ends in the middle of a line; 5 messages were read", done.stderr)
        self.write_capture(5, end='\n{"at":1}\n')
        self.assertEqual(weir("replay", "-", self.sql, stdin=self.capture.read_text()).returncode, 1)

    def test_both_cannot_come_from_standard_input(self):
        done = weir("replay", "-", "-", stdin=SQL)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot both come from standard input", done.stderr)

    def test_a_reader_that_has_seen_enough_ends_it_quietly(self):
        self.write_capture(200000)
        long_script = self.tmp / "long.sql"
        long_script.write_text("CREATE STREAM T (v LONG);\n" + "SELECT v FROM T;\n" * 20000)
        for command in (["replay", self.capture, self.sql], ["replay", self.capture, self.sql, "-f", "table"], ["fmt", "-"], ["explain", long_script],
                        ["--help-all"], ["reference", "options"], ["demo", "--headless", "--for", "20s"]):
            read, write = os.pipe()
            with open(long_script) as script:
                running = subprocess.Popen([WEIR, *map(str, command)], stdin=script, stdout=write, stderr=subprocess.PIPE, text=True)
            os.close(write)
            self.assertTrue(os.read(read, 1), command)
            os.close(read)
            _, said = running.communicate(timeout=30)
            self.assertEqual(running.returncode, 0, command)
            for word in ("cannot", "closed", "full", "roken"):
                self.assertNotIn(word, said, command)

    def test_a_tap_and_a_recording_that_nobody_reads_on_end_quietly(self):
        exchange = subprocess.Popen([WEIR, "exchange", "--rate", "50"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(exchange.wait)
        self.addCleanup(exchange.terminate)
        self.addCleanup(exchange.stdout.close)
        url = exchange.stdout.readline().strip() + "/ws/btcusdt@trade"
        for command in (["tap", url, "--for", "20s"], ["record", url, "-o", "-", "--for", "20s", "--log-level", "off"]):
            running = subprocess.Popen([WEIR, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertTrue(running.stdout.readline())
            running.stdout.close()
            said = running.stderr.read()
            running.stderr.close()
            self.assertEqual(running.wait(timeout=15), 0, command)
            for word in ("cannot", "full", "ended"):
                self.assertNotIn(word, said, command)

    # Text

    def test_headings_are_quoted_as_cells_are(self):
        self.capture.write_text('{"weir_capture":1,"started":0,"sources":{}}\n'
                                + json.dumps({"at": 1, "stream": "T", "text": json.dumps({"s": "a,b", "p": 1.5, "q": 2})}) + "\n"
                                + json.dumps({"at": 2, "stream": "T", "text": json.dumps({"s": "", "p": None, "q": None})}) + "\n")
        self.sql.write_text('CREATE STREAM T (s STRING, p DOUBLE, q DOUBLE);\n'
                            'SELECT s AS "symbol, venue", p AS "5"" price", p * 2 AS "twice\ras much", ROUND(q, 2) FROM T INSERT INTO O;\n')
        done = subprocess.run([WEIR, "replay", str(self.capture), str(self.sql), "-f", "csv"], capture_output=True, timeout=30)
        self.assertEqual(done.stdout, b'"symbol, venue","5"" price","twice\ras much","ROUND(q, 2)"\n"a,b",1.5,3.0,2.0\n"",,,\n')
        rows = list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))
        self.assertEqual(rows[0], ["symbol, venue", '5" price', "twice\ras much", "ROUND(q, 2)"])
        self.assertEqual({len(row) for row in rows}, {4})

    def test_a_byte_order_mark_is_no_part_of_a_file(self):
        self.write_capture(3)
        self.capture.write_bytes(BOM + self.capture.read_bytes())
        self.sql.write_bytes(BOM + SQL.encode())
        self.assertEqual(len(weir("replay", self.capture, self.sql).stdout.splitlines()), 3)
        self.assertEqual(weir("check", self.sql).returncode, 0)
        self.assertIn("is a capture, not SQL", weir("check", self.capture).stderr)

    def test_explain_says_what_hidden_streams_are(self):
        self.sql.write_text("CREATE STREAM T (v LONG, o OBJECT);\nCREATE STREAM Q (v LONG);\nCREATE TABLE N (v LONG, w LONG);\n"
                            "SELECT a.v FROM T AS a LEFT JOIN Q AS b ON a.v = b.v WITHIN 1 sec JOIN N ON N.v = a.v INSERT INTO A;\n"
                            "SELECT a.v FROM T AS a ASOF JOIN Q AS b ON a.v = b.v TOLERANCE 2 sec INSERT INTO B;\n"
                            "SELECT u.value FROM T CROSS JOIN UNNEST(o) AS u INSERT INTO C;\n"
                            "SELECT a.v FROM PATTERN (a=T -> b=Q) WITHIN 1 sec INSERT INTO D;\n"
                            "SELECT x.v FROM (SELECT v FROM T WHERE v > 1) AS x INSERT INTO E;\n")
        lines = weir("explain", self.sql).stdout.splitlines()
        for line in ("#1 is the left join of T and Q within 1000 ms", "#2 is the join of #1 and the table N", "query A <- #2",
                     "#3 is the ASOF join of T and Q, tolerance 2000 ms", "query B <- #3", "#4 is T with the elements of an array, each in a row",
                     "#5 is the matches of a pattern over T and Q", "#6 is a query in FROM", "query #6 <- T", "query E <- #6"):
            self.assertIn(line, lines)

    def test_many_errors_on_one_line_take_no_time(self):
        for statement in ("SELECT FROM x;", "SELECT nope FROM T;", "SELECT a FROM Nope;", "SELECT \u201c FROM T;"):
            self.sql.write_text("CREATE STREAM T (v LONG);" + statement * 50000)
            for form in ("text", "json"):
                began = time.monotonic()
                done = weir("check", "--format", form, self.sql)
                took = time.monotonic() - began
                self.assertEqual(done.returncode, 1)
                self.assertGreater(len(done.stdout + done.stderr), 50000)
                self.assertLess(took, 10, f"{statement} as {form}: quadratic")


if __name__ == "__main__":
    unittest.main()
