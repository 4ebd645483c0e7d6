# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables from files: whole before the first row of anything, watched, loaded again, and the same in a replay."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = str(pathlib.Path(sys.argv.pop(1)).resolve())
TRADES = "time,symbol,price\n1000,A,10\n1500,B,20\n2000,C,30\n"
TRADES_SQL = """CREATE STREAM T (symbol STRING, price DOUBLE, time LONG) WITH (type = 'source', extension = 'file', format = 'csv',
  "csv.header" = 'true', "file.path" = 't.csv', "event.time.field" = 'time');
"""
JOIN = "INSERT INTO O SELECT T.symbol AS s, N.name AS name FROM T LEFT JOIN N ON T.symbol = N.symbol;\n"


def table(options, columns="symbol STRING, name STRING"):
    return f"CREATE TABLE N ({columns}) WITH (extension = 'file', {options});\n"


CSV_TABLE = table("""format = 'csv', "csv.header" = 'true', "file.path" = 'n.csv'""")


class TableFiles(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.tmp = pathlib.Path(held.name)
        (self.tmp / "t.csv").write_text(TRADES)
        (self.tmp / "n.csv").write_text("note,name,symbol\nx,Ann,A\ny,Bob,B\n")

    def weir(self, sql, *arguments):
        (self.tmp / "a.sql").write_text(sql)
        return subprocess.run([WEIR, *arguments], cwd=self.tmp, capture_output=True, text=True, timeout=60)

    def names(self, sql, *arguments):
        done = self.weir(sql, *(arguments or ("run", "a.sql")))
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line)["row"] for line in done.stdout.splitlines()]
        return [(row["s"], row["name"]) for row in rows]

    def test_a_table_is_whole_before_the_first_row(self):
        self.assertEqual(self.names(CSV_TABLE + TRADES_SQL + JOIN), [("A", "Ann"), ("B", "Bob"), ("C", None)])
        # Where the text stands does not matter.
        self.assertEqual(self.names(TRADES_SQL + JOIN + CSV_TABLE), [("A", "Ann"), ("B", "Bob"), ("C", None)])

    def test_json_several_files_and_columns_that_nobody_wrote(self):
        (self.tmp / "n-1.json").write_text('[{"symbol": "A", "name": "old"}, {"symbol": "B", "name": "Bea"}]')
        (self.tmp / "n-2.json").write_text('{"symbol": "A", "name": "Ada"}\n{"symbol": "C", "name": "Cy"}\n')
        json_table = table("\"file.path\" = 'n-*.json'")
        wanted = [("A", "Ada"), ("B", "Bea"), ("C", "Cy")]
        self.assertEqual(self.names(json_table + TRADES_SQL + JOIN), wanted)
        self.assertEqual(self.names(json_table.replace("symbol STRING, name STRING", "...") + TRADES_SQL + JOIN), wanted)

    def test_what_cannot_be_read_is_an_error_at_its_place(self):
        for content, said in ((None, "there is no such file"), ("name\nAnn\n", "there is no column 'symbol'")):
            (self.tmp / "n.csv").unlink(missing_ok=True)
            if content is not None:
                (self.tmp / "n.csv").write_text(content)
            done = self.weir(CSV_TABLE + TRADES_SQL + JOIN, "run", "a.sql")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("a.sql:1:", done.stderr)
            self.assertIn(said, done.stderr)
        (self.tmp / "n.csv").write_text("symbol,n\nA,1\nB,two\n")
        done = self.weir(CSV_TABLE.replace("name STRING", "n LONG") + TRADES_SQL + JOIN.replace("name", "n"), "run", "a.sql")
        self.assertEqual(done.returncode, 1)
        self.assertIn("n.csv, line 3", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_what_makes_no_sense_is_refused(self):
        for options, said in ((""""file.path" = '-', format = 'csv'""", "standard input"),
                              (""""file.path" = 'n.csv', "file.pace" = '1'""", "no pace"),
                              (""""file.path" = 'n.csv', "dedupe.key" = 'symbol'""", "loaded whole"),
                              (""""file.path" = 'n.csv', type = 'sink'""", "no sink")):
            done = self.weir(table(options) + TRADES_SQL + JOIN, "check", "a.sql")
            self.assertEqual(done.returncode, 1, options)
            self.assertIn(said, done.stderr)
        over = "CREATE TABLE N (symbol STRING) WITH (extension = 'websocket', \"websocket.url\" = 'ws://127.0.0.1:1');\n"
        done = self.weir(over, "check", "a.sql")
        self.assertIn("loaded whole", done.stderr)
        done = self.weir(CSV_TABLE + TRADES_SQL + "INSERT INTO N SELECT symbol, 'x' AS name FROM T;\n", "check", "a.sql")
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_a_capture_without_the_table_takes_the_file(self):
        capture = [{"weir_capture": 1, "started": 1000, "sources": {}}]
        capture += [{"at": 1000 + i, "stream": "T", "text": json.dumps({"symbol": s, "price": 1})} for i, s in enumerate("AB")]
        (self.tmp / "c").write_text("".join(json.dumps(line) + "\n" for line in capture))
        sql = CSV_TABLE + "CREATE STREAM T (symbol STRING, price DOUBLE);\n" + JOIN
        self.assertEqual(self.names(sql, "replay", "c", "a.sql"), [("A", "Ann"), ("B", "Bob")])
        # One that holds rows of it goes by them, as it does for any other stream.
        capture.insert(1, {"at": 1000, "stream": "N", "text": "A,Abe"})
        (self.tmp / "c").write_text("".join(json.dumps(line) + "\n" for line in capture))
        (self.tmp / "n.csv").unlink()
        self.assertEqual(self.names(sql, "replay", "c", "a.sql"), [("A", "Abe"), ("B", None)])

    def test_a_changed_file_is_loaded_again_and_a_replay_agrees(self):
        exchange = subprocess.Popen([WEIR, "exchange", "--rate", "100", "--symbols", "BTCUSDT", "--for", "60s"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(exchange.communicate, timeout=20)
        self.addCleanup(exchange.terminate)
        url = exchange.stdout.readline().strip() + "/ws/btcusdt@trade"
        names = self.tmp / "n.csv"
        names.write_text("symbol,name\nBTCUSDT,first\n")
        (self.tmp / "a.sql").write_text(f"""{CSV_TABLE}
CREATE STREAM T (s STRING) WITH (type = 'source', extension = 'websocket', "websocket.url" = '{url}');
INSERT INTO O SELECT N.name AS name FROM T LEFT JOIN N ON T.s = N.symbol;
""")
        out = (self.tmp / "out").open("w")
        self.addCleanup(out.close)
        run = subprocess.Popen([WEIR, "run", "a.sql", "--record", "c", "--for", "20s"], cwd=self.tmp, stdout=out, stderr=subprocess.PIPE, text=True)

        def seen():
            return [json.loads(line)["row"]["name"] for line in (self.tmp / "out").read_text().splitlines(True) if line.endswith("\n")]

        def wait_for(name):
            until = time.monotonic() + 15
            while name not in seen()[-1:]:
                self.assertLess(time.monotonic(), until, f"{name} never came: {seen()[-3:]}")
                time.sleep(0.05)
        wait_for("first")
        # As editors save: a file beside it takes its place.
        (self.tmp / "new").write_text("symbol,name\nBTCUSDT,second\n")
        os.replace(self.tmp / "new", names)
        wait_for("second")
        # What is broken, or gone, leaves the table as it was, and is told.
        names.write_text("symbol\nBTCUSDT\n")
        time.sleep(2.5)
        names.unlink()
        time.sleep(2.5)
        self.assertEqual(seen()[-1], "second")
        # A key that is not there any more is gone.
        names.write_text("symbol,name\nETHUSDT,third\n")
        wait_for(None)
        run.terminate()
        said = run.communicate(timeout=20)[1]
        self.assertEqual(run.returncode, 130, said)
        self.assertIn("the table stays as it was: n.csv, line 1: there is no column 'name'", said)
        self.assertIn("no such file", said)
        replayed = subprocess.run([WEIR, "replay", "c", "a.sql"], cwd=self.tmp, capture_output=True, text=True, timeout=60)
        self.assertEqual(replayed.stdout, (self.tmp / "out").read_text(), replayed.stderr)
        # The recording holds what the run went by, whatever has become of the file.
        names.unlink()
        replayed = subprocess.run([WEIR, "replay", "c", "a.sql"], cwd=self.tmp, capture_output=True, text=True, timeout=60)
        self.assertEqual(replayed.stdout, (self.tmp / "out").read_text(), replayed.stderr)


if __name__ == "__main__":
    unittest.main()
