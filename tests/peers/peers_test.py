#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source and sink against servers that somebody else wrote: node's ws and Python's websockets, with Python's msgpack and cbor2,
where they are there."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

weir, here = sys.argv[1], pathlib.Path(__file__).parent
SQL = """CREATE STREAM T (%(source)s) WITH (type = 'source', extension = 'websocket', format = '%(format)s',
  "websocket.transport" = '%(transport)s', "websocket.url" = 'ws://127.0.0.1:%(port)s/feed');
CREATE STREAM O (%(sink)s) WITH (type = 'sink', extension = 'websocket', format = '%(format)s',
  "websocket.transport" = '%(transport)s', "websocket.url" = 'ws://127.0.0.1:%(port)s/board');
INSERT INTO O SELECT * FROM T WHERE s = 'näh' AND n %% 2 = 0;
"""
COLUMNS = "n LONG, s STRING, p DOUBLE"
BINARY = "n LONG, s STRING, p DOUBLE, b BYTES, o OBJECT, t %s"


def wanted(name, n, of_bytes):
    """The row of message n; `of_bytes` is how its bytes are told."""
    if name == "json":
        return {"n": n, "s": "näh", "p": n / 4}
    return {"n": n - 2**63, "s": "näh", "p": n / 3, "b": of_bytes(bytes([n, 255])), "o": {"k": [n, None, 1.5, {"x": True}]},
            "t": (1672531200 + n) * 1000 + 500}


def check(transport, name, command, env, form="json", learnt=False):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
    binary = form != "json"
    try:
        columns = BINARY % "TIMESTAMP" if binary else COLUMNS
        values = {"port": server.stdout.readline().strip(), "format": form, "source": "..." if learnt else columns, "sink": columns,
                  "transport": transport}
        with tempfile.TemporaryDirectory() as folder:
            sql = pathlib.Path(folder, "a.sql")
            sql.write_text(SQL % values)
            done = subprocess.run([weir, "run", str(sql), "-f", "jsonl", "--limit", "100", "--for", "10s"], capture_output=True, text=True, timeout=30)
        lines = [server.stdout.readline() for _ in range(100)]
    finally:
        server.terminate()
        server.wait()
    even = range(0, 200, 2)
    got = [json.loads(line) for line in lines if line]
    rows = [json.loads(line)["row"] for line in done.stdout.splitlines()]
    ok = (done.returncode == 0 and rows == [wanted(form, n, lambda b: base64.b64encode(b).decode()) for n in even]
          and got == [wanted(form, n, bytes.hex) for n in even])
    print(f"{name}, {transport}: {'passed' if ok else 'FAILED ' + done.stderr}")
    return ok


def has(python, module):
    return os.path.exists(python) and subprocess.run([python, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0


peers = []
node = shutil.which("node") or shutil.which("nodejs")
if node and os.path.isdir("/usr/share/nodejs/ws"):
    peers.append(("node ws", [node, str(here / "server.js")], dict(os.environ, WEIR_WS="/usr/share/nodejs/ws")))
for python in ("/usr/bin/python3", sys.executable):
    if not has(python, "websockets"):
        continue
    server = [python, str(here / "server.py")]
    peers.append(("python websockets", server, dict(os.environ)))
    for form, module in (("msgpack", "msgpack"), ("cbor", "cbor2")):
        if has(python, module):
            peers.append((f"python {module}", server + [form], dict(os.environ), form))
            peers.append((f"python {module}, columns learnt", server + [form], dict(os.environ), form, True))
    break
if not peers:
    print("no peer is installed: skipped")
sys.exit(0 if all([check(transport, *peer) for transport in ("qt", "direct") for peer in peers]) else 1)
