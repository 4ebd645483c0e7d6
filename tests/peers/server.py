# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python server: /feed sends 200 numbered messages to each client, compressed where it can read them, /board prints what it gets as JSON.
Prints its port first. server.py [json|msgpack|cbor]"""
import asyncio
import json
import sys
from datetime import datetime, timezone

import websockets

FORMAT = sys.argv[1] if len(sys.argv) > 1 else "json"
if FORMAT == "msgpack":
    import msgpack
    pack, unpack = msgpack.packb, msgpack.unpackb
elif FORMAT == "cbor":
    import cbor2
    pack, unpack = cbor2.dumps, cbor2.loads
else:
    pack, unpack = json.dumps, json.loads


def row(n):
    if FORMAT == "json":
        return {"n": n, "s": "näh", "p": n / 4}
    seconds = 1672531200 + n
    time = msgpack.Timestamp(seconds, 500_000_000) if FORMAT == "msgpack" else datetime.fromtimestamp(seconds + 0.5, timezone.utc)
    return {"n": n - 2**63, "s": "näh", "p": n / 3, "b": bytes([n, 255]), "o": {"k": [n, None, 1.5, {"x": True}]}, "t": time}


async def serve(socket, path):
    if path == "/board":
        async for message in socket:
            whole = unpack(message)
            assert pack(whole) == message or FORMAT == "json", "not the shortest form"
            print(json.dumps(whole, default=lambda value: value.hex()), flush=True)
        return
    for n in range(200):
        await socket.send(pack(row(n)))
    await socket.ping()
    await socket.wait_closed()


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
