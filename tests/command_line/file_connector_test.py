# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as sources and sinks: what is read, in which order, how it ends, and what is said of what cannot be read."""
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

WEIR = str(pathlib.Path(sys.argv.pop(1)).resolve())
CSV = """time,symbol,qty,price,note
1000,A,1,10,x
1500,B,2,20,"a, ""b""
c"
1200,A,3,20,y
2500,A,1,30,z
3000,B,1,40,z
4000,A,1,50,z
"""
WINDOWS = [(2000, "A", 17.5), (2000, "B", 20.0), (3000, "A", 30.0), (4000, "B", 40.0)]
QUERY = "SELECT symbol, VWAP(price, qty) AS vwap FROM T WINDOW TUMBLING(1 sec) GROUP BY symbol INSERT INTO O;"


def source(path, form="csv", more='"csv.header" = \'true\','):
    return f"""CREATE STREAM T (symbol STRING, price DOUBLE, qty DOUBLE, time LONG) WITH (type = 'source', extension = 'file',
  format = '{form}', {more} "file.path" = '{path}', "event.time.field" = 'time', "event.time.lateness.ms" = '500');
"""


class Files(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.tmp = pathlib.Path(held.name)

    def weir(self, sql, *arguments, command="run", **more):
        (self.tmp / "a.sql").write_text(sql)
        return subprocess.run([WEIR, command, "a.sql", *arguments], cwd=self.tmp, capture_output=True, text=True, timeout=60, **more)

    def windows(self, sql, *arguments, **more):
        done = self.weir(sql, *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [(row["at"], row["row"]["symbol"], row["row"]["vwap"]) for row in rows]

    def test_a_csv_with_a_heading_is_read_by_names_and_runs_to_its_end(self):
        (self.tmp / "t.csv").write_text(CSV)
        self.assertEqual(self.windows(source("t.csv") + QUERY), WINDOWS)
        # What is still open is no window yet.
        self.assertEqual(self.windows(source("t.csv") + QUERY, "--flush"), WINDOWS + [(5000, "A", 50.0)])

    def test_packed_files_and_standard_input_are_read_as_they_are(self):
        (self.tmp / "t.csv").write_text(CSV)
        # Appended to, it has two members.
        half = CSV.index("1200")
        (self.tmp / "t.csv.gz").write_bytes(gzip.compress(CSV[:half].encode()) + gzip.compress(CSV[half:].encode()))
        subprocess.run(["zstd", "-q", "t.csv"], cwd=self.tmp, check=True)
        for path in ("t.csv.gz", "t.csv.zst"):
            self.assertEqual(self.windows(source(path) + QUERY), WINDOWS)
        self.assertEqual(self.windows(source("-") + QUERY, input=CSV), WINDOWS)

    def test_several_files_merge_by_event_time(self):
        lines = CSV.replace('"a, ""b""\nc"', "b").splitlines(True)
        (self.tmp / "t-1.csv").write_text(lines[0] + "".join(lines[2::2]))
        (self.tmp / "t-2.csv").write_text(lines[0] + "".join(lines[1::2]))
        self.assertEqual(self.windows(source("t-*.csv") + QUERY), WINDOWS)

    def test_json_is_lines_or_one_array(self):
        head, *rows = [line.split(",") for line in CSV.replace('"a, ""b""\nc"', "b").splitlines()]
        records = [dict(zip(head[:4], (int(r[0]), r[1], float(r[2]), float(r[3])))) for r in rows]
        json_source = source("t.json", "json", "")
        for text in ("\n".join(map(json.dumps, records)), json.dumps(records), json.dumps(records, indent=2), "\ufeff" + json.dumps(records)):
            (self.tmp / "t.json").write_text(text)
            self.assertEqual(self.windows(json_source + QUERY), WINDOWS)
        # Columns that nobody wrote are learnt from the file.
        learnt = json_source.replace("symbol STRING, price DOUBLE, qty DOUBLE, time LONG", "...")
        self.assertEqual(self.windows(learnt + QUERY), WINDOWS)
        done = self.weir(learnt.replace("t.json", "-") + QUERY, input="{}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("it can be read only once", done.stderr)

    def test_the_same_rows_as_a_replay_of_what_the_file_holds(self):
        (self.tmp / "t.csv").write_text(CSV)
        rows = self.weir(source("t.csv") + QUERY).stdout
        plain = [line for line in CSV.replace('"a, ""b""\nc"', "b").splitlines()[1:]]
        latest, lines = 0, ['{"weir_capture":1,"started":1000,"sources":{}}']
        for line in plain:
            time, symbol, qty, price, _ = line.split(",")
            latest = max(latest, int(time))
            lines.append(json.dumps({"at": latest, "stream": "T", "text": f"{symbol},{price},{qty},{time}"}))
        lines.append('{"at":4000,"stream":"T","event":"end"}')
        (self.tmp / "c.weircap").write_text("\n".join(lines) + "\n")
        (self.tmp / "a.sql").write_text(source("t.csv") + QUERY)
        done = subprocess.run([WEIR, "replay", "c.weircap", "a.sql"], cwd=self.tmp, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout, rows)

    def test_bad_rows_are_counted_and_told_with_their_place(self):
        (self.tmp / "t.csv").write_text(CSV + "oops,A,1,1,z\n9999999999999,A,1,1,z\n4100,A,1,1,z\n")
        done = self.weir(source("t.csv") + QUERY, "--metrics", "m.json")
        self.assertIn("'time' wants LONG, got oops (t.csv, line 9)", done.stderr)
        metrics = json.loads((self.tmp / "m.json").read_text())
        self.assertEqual((metrics["source.T.rejected"], metrics["source.T.from_future"]), (1, 1))
        self.assertEqual(self.weir(source("t.csv") + QUERY, "--strict").returncode, 1)

    def test_what_cannot_be_read_is_said_at_its_place(self):
        (self.tmp / "t.csv").write_text(CSV)
        whole = gzip.compress(CSV.encode() * 1000)
        (self.tmp / "cut.csv.gz").write_bytes(whole[:len(whole) // 2])
        (self.tmp / "damaged.csv.gz").write_bytes(whole[:50] + b"x" * 50 + whole[100:])
        (self.tmp / "open.json").write_text('[{"time": 1},')
        for path, form, words in (("none.csv", "csv", "there is no such file"), ("*.none", "csv", "no file is named like"),
                                  (".", "csv", "it is a folder"), ("cut.csv.gz", "csv", "cut.csv.gz: it ends in the middle"),
                                  ("damaged.csv.gz", "csv", "damaged.csv.gz: damaged"), ("open.json", "json", "the array is not closed")):
            done = self.weir(source(path, form, "" if form == "json" else '"csv.header" = \'true\',') + QUERY)
            self.assertEqual(done.returncode, 1, path)
            self.assertIn(words, done.stderr)
        done = self.weir(source("t.csv").replace("symbol STRING", "ticker STRING") + QUERY.replace("symbol", "ticker"))
        self.assertIn("t.csv, line 1: there is no column 'ticker'", done.stderr)
        self.assertIn("the file has time, symbol, qty, price and note", done.stderr)

    def test_options_are_checked_for_their_connector(self):
        for text, words in ((source("t.csv").replace('"file.path"', '"websocket.url" = \'ws://h/\', "file.path"'), "is for extension 'websocket'"),
                            (source("t.csv", "bytes", ""), "have no end that a file could show"),
                            (source("t.csv", "csv", '"file.pace" = \'fast\','), "Invalid value 'fast' for file.pace"),
                            (source("t.csv").replace('"file.path" = \'t.csv\',', ""), "Missing required property: file.path")):
            done = self.weir(text, command="check")
            self.assertEqual(done.returncode, 1, text)
            self.assertIn(words, done.stderr)

    def sink(self, path, more=""):
        return f"""CREATE STREAM O (symbol STRING, vwap DOUBLE) WITH (type = 'sink', extension = 'file', format = 'csv',
  "csv.header" = 'true', {more} "file.path" = '{path}');
"""

    def test_a_sink_appends_whole_lines(self):
        (self.tmp / "t.csv").write_text(CSV)
        wanted = ["symbol,vwap"] + [f"{symbol},{vwap}" for _, symbol, vwap in WINDOWS]
        self.weir(source("t.csv") + self.sink("o.csv") + QUERY)
        self.assertEqual((self.tmp / "o.csv").read_text().splitlines(), wanted)
        self.assertEqual((self.tmp / "o.csv").stat().st_mode & 0o777, 0o600)
        # Half a line that somebody left is not continued.
        with open(self.tmp / "o.csv", "a") as out:
            out.write("half")
        self.weir(source("t.csv") + self.sink("o.csv") + QUERY)
        self.assertEqual((self.tmp / "o.csv").read_text().splitlines(), wanted + ["half"] + wanted[1:])

    def test_a_file_is_put_aside_at_its_size(self):
        (self.tmp / "t.csv").write_text("time,symbol,qty,price\n" + "".join(f"{n * 1000},{'S' * 100},1,1\n" for n in range(1, 101)))
        done = self.weir(source("t.csv") + self.sink("o.csv", "\"file.rotate\" = '2 kB',") + QUERY)
        self.assertEqual(done.returncode, 0, done.stderr)
        parts = sorted(self.tmp.glob("o*.csv"))
        self.assertGreater(len(parts), 3)
        self.assertTrue(all(part.stat().st_size <= 2000 and part.read_text().startswith("symbol,vwap\n") for part in parts))
        self.assertEqual(sum(len(part.read_text().splitlines()) - 1 for part in parts), 99)

    def test_a_full_disk_fails_rows_and_says_so(self):
        (self.tmp / "t.csv").write_text(CSV)
        done = self.weir(source("t.csv") + self.sink("/dev/full") + QUERY, "--metrics", "m.json")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("cannot write /dev/full: No space left on device", done.stderr)
        metrics = json.loads((self.tmp / "m.json").read_text())
        self.assertEqual(metrics["sink.O.published"], metrics["sink.O.sent"] + metrics["sink.O.failed"])
        self.assertEqual(metrics["sink.O.sent"], 0)
        self.assertEqual(self.weir(source("t.csv") + self.sink("none/o.csv") + QUERY).returncode, 4)


if __name__ == "__main__":
    unittest.main()
