#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Python's msgpack and cbor2 pack is read as they meant it, from captures with the messages in base64."""
import base64
import json
import math
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timezone
from decimal import Decimal

try:
    import cbor2
    import msgpack
except ImportError:
    # The interpreter that built the program may be another than Debian's, which has them.
    if sys.executable == "/usr/bin/python3" or not os.path.exists("/usr/bin/python3"):
        print("msgpack and cbor2 are not installed: skipped")
        sys.exit(0)
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

WEIR = sys.argv.pop(1)
COLUMNS = {"l": "LONG", "u": "STRING", "d": "DOUBLE", "f": "FLOAT", "s": "STRING", "b": "BYTES", "o": "OBJECT", "t": "TIMESTAMP", "y": "BOOL"}
SQL = """CREATE STREAM T (%s) WITH (type = 'source', extension = 'websocket', format = '%s', "websocket.url" = 'ws://unused');
INSERT INTO O SELECT * FROM T;
"""


def real(r):
    while True:
        value = struct.unpack("<d", r.randbytes(8))[0] if r.random() < 0.5 else r.randint(-10**9, 10**9) / r.choice((1, 4, 1000))
        if math.isfinite(value):
            return value


def text(r):
    return "".join(r.choice("aZ0 \"\\\n\x01\x7fäß日\U0001F600") for _ in range(r.choice((0, 3, 40, 300))))


def tree(r, depth):
    kind = r.randrange(7 if depth else 5)
    if kind == 5:
        return [tree(r, depth - 1) for _ in range(r.randrange(20))]
    if kind == 6:
        return {text(r): tree(r, depth - 1) for _ in range(r.randrange(5))}
    return (None, r.random() < 0.5, r.randint(-2**63, 2**64 - 1), real(r), text(r))[kind]


class Message:
    """A message as a format's library takes it, and the row that it must give."""

    def __init__(self, r, form):
        self.sent, self.row = {}, dict.fromkeys(COLUMNS)
        for column in COLUMNS:
            if r.random() < 0.2:
                if r.random() < 0.5:
                    self.sent[column] = None
                continue
            self.sent[column], self.row[column] = getattr(self, column)(r, form)
        self.sent["extra"] = tree(r, 2)
        if not any(column in self.sent for column in COLUMNS):
            self.sent["l"] = self.row["l"] = 1

    def l(self, r, form):
        value = r.randint(-2**63, 2**63 - 1) >> r.randrange(64)
        return value, value

    def u(self, r, form):
        value = r.randint(-2**63, 2**64 - 1) >> r.randrange(64)
        if form == "cbor" and r.random() < 0.3:
            value = r.randint(-2**127, 2**127)
        if form == "cbor" and r.random() < 0.3:
            fraction = Decimal(r.randint(-10**20, 10**20)).scaleb(-r.randrange(1, 30))
            return fraction, f"{fraction:f}"
        return value, str(value)

    def d(self, r, form):
        value = r.choice((real(r), r.randint(-2**53, 2**53), float("nan"), float("-inf")))
        return value, None if not math.isfinite(value) else value

    def f(self, r, form):
        value = struct.unpack("<f", struct.pack("<f", r.uniform(-1e6, 1e6)))[0]
        return value, value

    def s(self, r, form):
        value = text(r)
        return value, value

    def b(self, r, form):
        value = r.randbytes(r.choice((0, 1, 3, 300)))
        return value, base64.b64encode(value).decode()

    def o(self, r, form):
        value = r.choice((tree(r, 3), [1], {"x": 2}))
        return value, value

    def t(self, r, form):
        ms = r.randint(-10**12, 4 * 10**12)
        if form == "msgpack":
            return msgpack.Timestamp(ms // 1000, ms % 1000 * 1_000_000 + r.randrange(1_000_000)), ms
        when = datetime.fromtimestamp(ms // 1000, timezone.utc).replace(microsecond=ms % 1000 * 1000)
        return r.choice((when, cbor2.CBORTag(1, ms / 1000))), ms

    def y(self, r, form):
        value = r.random() < 0.5
        return value, value


class BinaryFormats(unittest.TestCase):
    def check(self, form, pack):
        r = random.Random(4)
        messages = [Message(r, form) for _ in range(1500)]
        with tempfile.TemporaryDirectory() as folder:
            sql, capture = pathlib.Path(folder, "a.sql"), pathlib.Path(folder, "a.weircap")
            sql.write_text(SQL % (", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()), form))
            lines = ['{"weir_capture":1,"started":0,"sources":{}}']
            lines += [json.dumps({"at": at, "stream": "T", "base64": base64.b64encode(pack(m.sent)).decode()}) for at, m in enumerate(messages)]
            capture.write_text("\n".join(lines) + "\n")
            done = subprocess.run([WEIR, "replay", str(capture), str(sql), "-f", "jsonl"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line)["row"] for line in done.stdout.splitlines()]
        self.assertEqual(len(rows), len(messages), done.stderr)
        for row, message in zip(rows, messages):
            # A float of 32 bits has digits of its own.
            if row["f"] is not None:
                row["f"] = struct.unpack("<f", struct.pack("<f", row["f"]))[0]
            self.assertEqual(row, message.row)
            for column in row:
                self.assertIs(type(row[column]) is bool, type(message.row[column]) is bool)

    def test_msgpack(self):
        self.check("msgpack", msgpack.packb)

    def test_cbor(self):
        self.check("cbor", cbor2.dumps)

    def test_cbor_in_its_canonical_form(self):
        self.check("cbor", lambda sent: cbor2.dumps(sent, canonical=True))


if __name__ == "__main__":
    unittest.main()
