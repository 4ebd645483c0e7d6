# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the steps of docs/howto/any-feed.md: each does what its section says, and wants what it says."""
import asyncio
import time

from acting import START, TRADES, Violation, compact, feed, is_now, parsed, signature, vwap, zipped

FEW = TRADES[:20]


def plain(t):
    return {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}


ROWS = [plain(t) for t in FEW]


def step(file, rows=ROWS, **more):
    return feed(file, rows, page="any-feed.md", **more)


def at_path(client):
    client.check(client.path == "/v1", client.path)


async def pause(client):
    await asyncio.sleep(0.1)
    client.quiet()


async def greet(client):
    at_path(client)
    await pause(client)
    session = f"a8{client.number}"
    await client.say({"event": "welcome", "session": session})
    await client.hear({"op": "login", "token": "c0ffee", "session": session})
    await pause(client)
    await client.say({"event": "login", "ok": True})
    await client.hear({"op": "subscribe", "topic": "trades.ACME"})
    await client.say({"event": "subscribed", "topic": "trades.ACME"})


def lives(client):
    """Heartbeats whose number grows by one, and a check with a number that must come back."""
    newest = [0]

    def follows(number):
        newest[0] += 1
        return number == newest[0]

    # Opening messages do not count: none of them says SEQ().
    client.heartbeat({"id": follows, "op": "ping"}, lambda message: {"op": "pong", "id": parsed(message)["id"]})
    numbers = iter(range(2**53 + 1, 2**60))

    async def look():
        number = next(numbers)
        await client.say({"op": "check", "nonce": number})
        await client.hear({"op": "alive", "nonce": number})

    return look


@step("dialogue.sql", env={"FEED_TOKEN": "c0ffee"})
async def dialogue(client):
    await greet(client)
    await client.play(plain, trades=FEW, last=None, repeats=0)


SYMBOLS = ("ACME", "ZORK", "BOLT")


@step("symbols.sql", rows=[{**plain(t), "symbol": t.of(SYMBOLS)} for t in FEW])
async def symbols(client):
    at_path(client)
    await client.hear({"op": "subscribe", "topics": ["trades.ACME", "trades.ZORK"]})
    began = time.monotonic()
    await pause(client)
    await client.hear({"op": "subscribe", "topics": ["trades.BOLT"]})
    client.check(time.monotonic() - began > 0.15, "too fast")
    await client.play(lambda t: {**plain(t), "symbol": t.of(SYMBOLS)}, trades=FEW, last=None, repeats=0)


@step("signature.sql", env={"FEED_KEY": "k", "FEED_SECRET": "s3cr3t"})
async def signed(client):
    at_path(client)
    call = await client.hear({"op": "login", "key": "k", "time": is_now, "sign": str})
    client.check(call["sign"] == signature("s3cr3t", f"{call['time']}/v1").hex(), "wrong signature")
    client.check(abs(time.time() * 1000 - call["time"]) < 20_000, "too old")
    await client.say({"event": "login", "ok": True})
    await client.play(plain, trades=FEW, last=None, repeats=0)


@step("alive.sql")
async def alive(client):
    at_path(client)
    look = lives(client)
    await client.play(plain, trades=FEW, last=None, repeats=0, between=look)


def token(server, method, path, headers, body):
    if (method, path, headers.get("x-key"), parsed(body)) != ("POST", "/tokens", "k", {"scope": "market"}):
        raise Violation("not how a token is asked for")
    name = f"t+{len(server.memory)}="
    server.memory[name] = True
    return 200, {"data": {"token": name}}


@step("address.sql", env={"FEED_KEY": "k"}, http=token)
async def address(client):
    at_path(client)
    client.check(client.server.memory.pop(client.query.get("token"), False), "token is invalid")
    await client.play(plain, trades=FEW, last=None, repeats=0)


@step("framing.sql")
async def framing(client):
    at_path(client)
    await client.play(lambda group: zipped("\n".join(compact({"topic": "trades.ACME", "trade": plain(t)}) for t in group)), trades=FEW, last=None, repeats=0, bundle=4)


@step("records.sql")
async def records(client):
    at_path(client)
    await client.play(lambda group: {"kind": "market", "books": {"ACME": {"venue": "X", "deals": [
        deal for t in group for deal in ({"k": "t", "i": t.id, "p": t.price, "q": t.size, "t": t.at}, {"k": "q", "p": "1.5", "t": START})]}}},
                      trades=FEW, last=None, repeats=0, bundle=4)


@step("whole.sql", rows=vwap("ACME"), env={"FEED_TOKEN": "c0ffee"})
async def whole(client):
    look = lives(client)
    await greet(client)
    await client.play(plain, between=look)
