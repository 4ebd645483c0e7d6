#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every example of resources/examples against a server that acts like its feed, through a forced disconnect, and compares
the rows. feeds_test.py WEIR ROOT [FILE...]"""
import os
import sys

sys.dont_write_bytecode = True

try:
    import websockets
except ModuleNotFoundError:
    # Debian's is there for Debian's Python alone.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    sys.exit("python3-websockets is missing: script/bootstrap installs it")

import asyncio
import json
import pathlib
import re
import tempfile
import time

import acting
import catalogue
import exchanges  # noqa: F401: fills the table
import others  # noqa: F401
import steps  # noqa: F401

WEIR, ROOT, NAMES = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]), sys.argv[3:]
EXAMPLES = ROOT / "resources" / "examples"
# As in tests/support: over the other transport too.
TRANSPORT = os.environ.get("WEIR_TEST_TRANSPORT")
AT_ONCE = 8
SECONDS = 30
# What goes wrong shows at once.
SECONDS_OF_A_FLAW = 10


def text_of(feed):
    if not feed.page:
        return (EXAMPLES / feed.file).read_text()
    text = blocks(feed.page)[feed.file]
    # A block that is about a source alone shows what comes from it.
    return text if "SELECT" in text else text + "INSERT INTO Out SELECT * FROM Trades;"


def blocks(page):
    return dict(re.findall(r"^```sql (\S+)\n(.*?)^```$", (ROOT / "docs/howto" / page).read_text(), re.S | re.M))


def addressed(text, server):
    """The example as it is, but for where it connects to, and heartbeats that come so often that a test can wait for one."""
    if TRANSPORT:
        text = text.replace("extension = 'websocket',", f"extension = 'websocket',\n  \"websocket.transport\" = '{TRANSPORT}',")
    text = re.sub(r"wss?://[^/?']+", f"ws://{server.address}", text)
    text = re.sub(r"(GET|POST|PUT) https://[^/?']+", rf"\1 http://{server.http_address}", text)
    return re.sub(r"(heartbeat\.interval\.ms\" = )'\d+'", r"\1'300'", text)


async def trouble_of(feed, text, seconds=SECONDS):
    """What went wrong, or nothing."""
    async with acting.Server(feed) as server:
        with tempfile.TemporaryDirectory() as folder:
            sql, metrics = pathlib.Path(folder, "a.sql"), pathlib.Path(folder, "m.json")
            sql.write_text(addressed(text, server))
            process = await asyncio.create_subprocess_exec(
                WEIR, "run", str(sql), "-f", "jsonl", "--limit", str(len(feed.rows)), "--for", f"{seconds}s", "--metrics", str(metrics),
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=dict(os.environ, **feed.env))
            try:
                out, told = await asyncio.wait_for(process.communicate(), seconds + 20)
            except asyncio.TimeoutError:
                return "it does not end"
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            counted = json.loads(metrics.read_text()) if metrics.exists() else {}
        told = told.decode()
        if server.cuts:
            return f"the server cut it off: {server.cuts}\n{told}"
        if process.returncode != 0:
            return f"exit code {process.returncode}\n{told}"
        rows = [json.loads(line)["row"] for line in out.decode().splitlines()]
        if rows != feed.rows:
            wrong = next((i for i, pair in enumerate(zip(rows, feed.rows)) if pair[0] != pair[1]), min(len(rows), len(feed.rows)))
            return f"row {wrong} of {len(feed.rows)}:\n  came   {rows[wrong:wrong + 1]}\n  wanted {feed.rows[wrong:wrong + 1]}\n{told}"
        if server.connections != feed.connections:
            return f"{server.connections} connections and not {feed.connections}\n{told}"
        rejected = {name: value for name, value in counted.items() if name.endswith(".rejected") and value}
        if rejected:
            return f"messages were rejected: {rejected}\n{told}"
        return ""


async def check(feed, turns):
    text = text_of(feed)
    async with turns:
        began = time.monotonic()
        trouble = await trouble_of(feed, text)
        took = time.monotonic() - began
    print(f"{feed.file}: {'FAILED: ' + trouble if trouble else f'passed in {took:.1f} s'}", flush=True)
    return not trouble


async def check_flaw(feed, turns):
    """A test that cannot fail says nothing: the example with a mistake in it must be found out."""
    text = text_of(feed)
    was, is_now = feed.flaw
    assert was in text, f"{feed.file}: no {was}"
    async with turns:
        trouble = await trouble_of(feed, text.replace(was, is_now), SECONDS_OF_A_FLAW)
    # A text that is refused shows nothing about the comparison.
    found = bool(trouble) and "error[E" not in trouble
    print(f"{feed.file} with {is_now or 'nothing'} for {was}: {'found out' if found else 'FAILED: ' + (trouble or 'passed all the same')}", flush=True)
    return found


async def main():
    turns = asyncio.Semaphore(AT_ONCE)
    there = {file.name for file in EXAMPLES.glob("*.sql")} | set(blocks("any-feed.md"))
    troubles = catalogue.trouble(ROOT)
    if there != set(acting.TABLE):
        troubles.append(f"without a server: {sorted(there - set(acting.TABLE))}, without a file: {sorted(set(acting.TABLE) - there)}")
    for trouble in troubles:
        print(f"FAILED: {trouble}")
    good = not troubles or bool(NAMES)
    chosen = [feed for name, feed in acting.TABLE.items() if name in there and (not NAMES or name in NAMES)]
    done = await asyncio.gather(*(check_flaw(feed, turns) for feed in chosen if feed.flaw), *(check(feed, turns) for feed in chosen))
    print(f"{sum(done)} of {len(done)}")
    return good and bool(done) and all(done)


sys.exit(0 if asyncio.run(main()) else 1)
