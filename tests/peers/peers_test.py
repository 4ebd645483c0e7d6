#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source and sink against servers that somebody else wrote: node's ws and Python's websockets, where they are there."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

weir, here = sys.argv[1], pathlib.Path(__file__).parent
SQL = """CREATE STREAM T (n LONG, s STRING, p DOUBLE) WITH (type = 'source', extension = 'websocket', format = 'json',
  "websocket.transport" = '%(transport)s', "websocket.url" = 'ws://127.0.0.1:%(port)s/feed');
CREATE STREAM O (n LONG, s STRING, p DOUBLE) WITH (type = 'sink', extension = 'websocket', format = 'json',
  "websocket.transport" = '%(transport)s', "websocket.url" = 'ws://127.0.0.1:%(port)s/board');
INSERT INTO O SELECT n, s, p FROM T WHERE n %% 2 = 0;
"""


def check(transport, name, command, env):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
    try:
        port = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            sql = pathlib.Path(folder, "a.sql")
            sql.write_text(SQL % {"port": port, "transport": transport})
            done = subprocess.run([weir, "run", str(sql), "-f", "jsonl", "--limit", "100", "--for", "10s"], capture_output=True, text=True, timeout=30)
        got = [json.loads(server.stdout.readline()) for _ in range(100)]
    finally:
        server.terminate()
        server.wait()
    wanted = [{"n": n, "s": "näh", "p": n / 4} for n in range(0, 200, 2)]
    rows = [json.loads(line)["row"] for line in done.stdout.splitlines()]
    ok = done.returncode == 0 and rows == wanted and got == wanted
    print(f"{name}, {transport}: {'passed' if ok else 'FAILED ' + done.stderr}")
    return ok


peers = []
node = shutil.which("node") or shutil.which("nodejs")
if node and os.path.isdir("/usr/share/nodejs/ws"):
    peers.append(("node ws", [node, str(here / "server.js")], dict(os.environ, WEIR_WS="/usr/share/nodejs/ws")))
for python in ("/usr/bin/python3", sys.executable):
    if os.path.exists(python) and subprocess.run([python, "-c", "import websockets"], stderr=subprocess.DEVNULL).returncode == 0:
        peers.append(("python websockets", [python, str(here / "server.py")], dict(os.environ)))
        break
if not peers:
    print("no peer is installed: skipped")
sys.exit(0 if all([check(transport, *peer) for transport in ("qt", "direct") for peer in peers]) else 1)
