# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python server: /feed sends 200 numbered messages to each client, compressed where it can read them, /board prints what it gets. Prints its port first."""
import asyncio
import json

import websockets


async def serve(socket, path):
    if path == "/board":
        async for message in socket:
            print(message, flush=True)
        return
    for n in range(200):
        await socket.send(json.dumps({"n": n, "s": "näh", "p": n / 4}))
    await socket.ping()
    await socket.wait_closed()


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
