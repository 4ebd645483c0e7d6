#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stopped processes: a program that stood still gives no wrong window, a server that froze is found out, replays agree."""
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
STOPPED = 2.5  # seconds: more than a stall takes to be one


class Stalls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    def start(self, *args, **more):
        process = subprocess.Popen([WEIR, *map(str, args)], stderr=subprocess.PIPE, text=True, **more)

        def end():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.communicate(timeout=20)
        self.addCleanup(end)
        return process

    def run_with_stop(self, victim_is_server, options="", event_options="", seconds=8):
        exchange = self.start("exchange", "--rate", "50", "--symbols", "BTCUSDT", "--for", "60s", stdout=subprocess.PIPE)
        url = exchange.stdout.readline().strip() + "/ws/btcusdt@trade"
        sql = self.tmp / "p.sql"
        common = f"type = 'source', extension = 'websocket', \"websocket.url\" = '{url}'{options}"
        window = "window_start() AS ws, COUNT(*) AS n, window_has_gap() AS g"
        sql.write_text(f"""
CREATE STREAM E (p DOUBLE, T LONG) WITH ({common}, "event.time.field" = 'T'{event_options});
CREATE STREAM A (p DOUBLE) WITH ({common});
INSERT INTO ByEvent SELECT {window} FROM E WINDOW TUMBLING(1 sec);
INSERT INTO ByArrival SELECT {window} FROM A WINDOW TUMBLING(1 sec);
""")
        out = (self.tmp / "out").open("w")
        weir = self.start("run", sql, "-f", "jsonl", "--for", f"{seconds}s", "--record", self.tmp / "cap", "--metrics", self.tmp / "m.json", stdout=out)
        # Not before rows have come.
        until = time.monotonic() + 10
        while (self.tmp / "out").stat().st_size == 0 and time.monotonic() < until:
            time.sleep(0.02)
        victim = exchange if victim_is_server else weir
        os.kill(victim.pid, signal.SIGSTOP)
        time.sleep(STOPPED)
        os.kill(victim.pid, signal.SIGCONT)
        _, said = weir.communicate(timeout=30)
        self.assertEqual(weir.returncode, 0, said)
        rows = [json.loads(line) for line in (self.tmp / "out").read_text().splitlines()]
        replayed = subprocess.run([WEIR, "replay", self.tmp / "cap", sql, "-f", "jsonl"], capture_output=True, text=True, timeout=30)
        self.assertEqual(replayed.stdout, (self.tmp / "out").read_text())
        metrics = json.loads((self.tmp / "m.json").read_text())
        of = {name: [r["row"] for r in rows if r["stream"] == name] for name in ("ByEvent", "ByArrival")}
        return of, metrics, said

    def test_a_program_that_stood_still(self):
        of, metrics, said = self.run_with_stop(False)
        self.assertIn("stood still", said)
        self.assertEqual(metrics["query.ByEvent.late"], 0)
        whole = [r for r in of["ByEvent"][1:]]
        # The machine may be slow, but a window without a mark has its trades: 50 a second.
        for row in whole:
            self.assertFalse(row["g"], row)
            self.assertGreater(row["n"], 40, row)
        marked = [r for r in of["ByArrival"][1:] if r["g"]]
        self.assertTrue(marked, of["ByArrival"])
        for row in of["ByArrival"][1:]:
            if not row["g"]:
                self.assertLess(row["n"], 60, row)

    def test_a_server_that_froze_for_a_while(self):
        of, metrics, _ = self.run_with_stop(True)
        self.assertEqual(metrics["query.ByEvent.late"], 0)
        self.assertEqual(metrics["source.E.gaps"], 0)
        self.assertEqual([r for r in of["ByEvent"][1:] if r["g"]], [])

    def test_a_server_that_froze_for_too_long(self):
        of, metrics, said = self.run_with_stop(True, ", \"websocket.ping.timeout.ms\" = '800', \"websocket.reconnect.delay.ms\" = '100'",
                                                ", \"event.time.idle.ms\" = '300'")
        self.assertIn("no answer to a ping in 0.8 s", said)
        self.assertEqual(metrics["query.ByEvent.late"], 0)
        for name in ("ByEvent", "ByArrival"):
            self.assertTrue([r for r in of[name][1:] if r["g"]], of[name])
            for row in of[name][1:]:
                self.assertTrue(row["g"] or row["n"] > 40, row)


if __name__ == "__main__":
    unittest.main(verbosity=1)
