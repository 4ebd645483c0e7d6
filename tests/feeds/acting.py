# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers that act like a feed share: the trades that they tell of, strict listening, the forced end, and the table of feeds."""
import asyncio
import base64
import collections
import dataclasses
import datetime
import fractions
import gzip
import hashlib
import hmac
import json
import time
import urllib.parse

from websockets.exceptions import ConnectionClosed
from websockets.legacy.server import serve

START = 1_700_000_000_000
# What real servers demand within many seconds must come within these.
PATIENCE = 8
MOST_MESSAGES_A_SECOND = 40
WINDOW = 10_000


class Violation(Exception):
    """The client did what the exchange would cut it for."""


@dataclasses.dataclass(frozen=True)
class Trade:
    number: int
    ms: int  # after START
    price: str
    size: str

    @property
    def id(self):
        return 1000 + self.number

    @property
    def at(self):
        return START + self.ms

    @property
    def iso(self):
        return iso(self.at)

    @property
    def is_buy(self):
        return self.number % 3 != 0

    def of(self, symbols):
        return symbols[self.number % len(symbols)]


def iso(ms, zone="Z"):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + zone


TRADES = [Trade(i, i * 400, f"{42000 + (i * 37 % 100) / 4:.2f}", f"{0.25 + (i * 13 % 40) / 8:.3f}") for i in range(60)]
# Far ahead of the others: it closes every window before it.
LAST = Trade(60, 60_000, "1.00", "1.000")
HALF = len(TRADES) // 2


def lost(at):
    """Whether the connection is lost in the window of that instant."""
    return any(at // WINDOW == trade.at // WINDOW for trade in TRADES[HALF - 1 : HALF + 1])


def vwap(*symbols, size=lambda trade: float(trade.size), price=lambda trade: float(trade.price), newest_first=False):
    """The rows that an example must give: exact sums, rounded once. The window in which the connection was lost is incomplete, and
    the first one too where the first message begins with a later trade."""
    windows = {}
    for trade in TRADES:
        windows.setdefault((trade.at // WINDOW, trade.of(symbols)), []).append(trade)
    rows = []
    for (_, symbol), members in sorted(windows.items(), key=lambda item: item[0][0]):
        sizes = [fractions.Fraction(size(trade)) for trade in members]
        value = sum(fractions.Fraction(price(trade)) * part for trade, part in zip(members, sizes))
        rows.append({"symbol": symbol, "vwap": float(value / sum(sizes)), "volume": float(sum(sizes)), "trades": len(members),
                     "incomplete": lost(members[0].at) or (newest_first and members[0].at // WINDOW == START // WINDOW)})
    return rows


@dataclasses.dataclass
class Feed:
    file: str
    act: object
    rows: list
    env: dict = dataclasses.field(default_factory=dict)
    subprotocols: tuple = ()
    http: object = None  # answers what is asked before a connection: (method, path, headers, body) -> (status, JSON)
    connections: int = 2
    page: str = ""  # of docs/howto, which shows the file; without it the file is an example
    # A change to the example after which the test must fail: it holds what the feed is special for.
    flaw: tuple = ()


TABLE = {}


def feed(file, rows, **more):
    """An entry of the table: the example, what it must answer, and how the server acts."""

    def add(act):
        assert file not in TABLE, file
        TABLE[file] = Feed(file, act, rows, **more)
        return act

    return add


def fits(got, wanted):
    """Whether it is exactly that; a function stands for what it says yes to."""
    if callable(wanted):
        return bool(wanted(got))
    if isinstance(wanted, dict):
        return isinstance(got, dict) and got.keys() == wanted.keys() and all(fits(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(fits, got, wanted))
    return type(got) is type(wanted) and got == wanted


def parsed(message):
    try:
        return json.loads(message)
    except ValueError:
        raise Violation(f"not JSON: {message!r}") from None


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def is_now(ms):
    """Whether a time is that of now, as a signature wants it."""
    return abs(time.time() * 1000 - float(ms)) < 20_000


def signature(secret, text, digest=hashlib.sha256):
    return hmac.new(secret.encode(), text.encode(), digest).digest()


def in_base64(data):
    return base64.b64encode(data).decode()


class Client:
    """One connection of the client, from the server's side."""

    def __init__(self, socket, server, number):
        self.socket, self.server, self.number = socket, server, number
        split = urllib.parse.urlsplit(socket.path)
        self.path, self.query = split.path, dict(urllib.parse.parse_qsl(split.query))
        self.headers = socket.request_headers
        self.pack = lambda text: text
        self.unpack = lambda message: message
        self._rules = []
        self._heartbeats = None
        self._inbox = asyncio.Queue()
        self._times = collections.deque(maxlen=MOST_MESSAGES_A_SECOND)
        self._reader = asyncio.create_task(self._read())
        self._broken = None

    @property
    def is_first(self):
        return self.number == 1

    async def say(self, *messages):
        for message in messages:
            await self.socket.send(message if isinstance(message, (str, bytes)) else self.pack(compact(message)))

    async def hear_text(self):
        message = self._inbox.get_nowait() if not self._inbox.empty() else await self._next()
        if message is None:
            raise self._broken or ConnectionClosed(None, None)
        return message

    async def _next(self):
        try:
            return await asyncio.wait_for(self._inbox.get(), PATIENCE)
        except asyncio.TimeoutError:
            raise Violation("nothing came") from None

    async def hear(self, wanted=None):
        """The next message; it must be exactly this one."""
        got = parsed(await self.hear_text())
        self.check(wanted is None or fits(got, wanted), f"not what was wanted: {got}")
        return got

    def check(self, holds, why):
        if not holds:
            raise Violation(why)

    def quiet(self):
        """What the client said too early counts against it."""
        self.check(self._inbox.empty(), "said before it was its turn")

    def answer(self, when, reply=None):
        """Messages that are exactly `when` (a text, JSON or a function of the message) are answered."""
        self._rules.append((when, reply))

    def heartbeat(self, when, reply=None, counts=lambda: True):
        """The same; one must come before the connection's end, one that `counts`."""
        self._heartbeats = self._heartbeats or asyncio.Event()

        def beat(message):
            if counts():
                self._heartbeats.set()
            return reply(message) if callable(reply) else reply

        self.answer(when, beat)

    async def _read(self):
        try:
            async for message in self.socket:
                now = time.monotonic()
                self.check(len(self._times) < MOST_MESSAGES_A_SECOND or now - self._times[0] > 1, "too many messages")
                self._times.append(now)
                message = self.unpack(message)
                for when, reply in self._rules:
                    if not (message == when if isinstance(when, str) else fits(parsed(message), when)):
                        continue
                    said = reply(message) if callable(reply) else reply
                    if said is not None:
                        await self.say(said)
                    break
                else:
                    self._inbox.put_nowait(message)
        except Violation as why:
            self._broken = why
        except ConnectionClosed:
            pass
        finally:
            self._inbox.put_nowait(None)

    async def play(self, make, trades=TRADES, last=LAST, repeats=3, bundle=1, between=None, closing=1001):
        """Half of the trades, then the forced end; on the next connection the newest ones again, the rest, and the last."""
        half = len(trades) // 2
        part = trades[:half] if self.is_first else trades[half - repeats :]
        groups = [part[i : i + bundle] for i in range(0, len(part), bundle)] + ([] if self.is_first or last is None else [[last]])
        for i, group in enumerate(groups):
            made = make(group[0] if bundle == 1 else group)
            await self.say(*(made if isinstance(made, tuple) else (made,)))
            if between and i % 7 == 0:
                await between()
        if self.is_first:
            if self._heartbeats:
                try:
                    await asyncio.wait_for(self._heartbeats.wait(), PATIENCE)
                except asyncio.TimeoutError:
                    raise Violation("no heartbeat") from None
            self.leftover()
            await self.end(closing)
        else:
            await self.socket.wait_closed()
            await self._reader
            self.leftover()

    def leftover(self):
        if self._broken:
            raise self._broken
        said = [message for message in list(self._inbox._queue) if message is not None]
        self.check(not said, f"nobody asked for {said[:1]}")

    async def end(self, code):
        """Without a code the connection breaks with no word."""
        if code is None:
            # An end without a reset, which could take along what was sent before it.
            self.socket.transport.write_eof()
            await asyncio.wait_for(self.socket.wait_closed(), PATIENCE)
        else:
            await self.socket.close(code, "maintenance")

    async def close(self, why):
        self._reader.cancel()
        try:
            await self.socket.close(1008, why[:100])
        except ConnectionClosed:
            pass


class Server:
    """Serves one feed at a port of the system's choosing, and notes what its clients did wrong."""

    def __init__(self, feed):
        self.feed, self.connections, self.cuts, self.ended = feed, 0, [], 0
        self.memory = {}  # what a handler keeps over connections

    async def __aenter__(self):
        self._websocket = await serve(self._client, "127.0.0.1", 0, compression=None, ping_interval=None, subprotocols=self.feed.subprotocols or None)
        self.address = f"127.0.0.1:{self._websocket.sockets[0].getsockname()[1]}"
        self._http = await asyncio.start_server(self._request, "127.0.0.1", 0)
        self.http_address = f"127.0.0.1:{self._http.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        for server in (self._websocket, self._http):
            server.close()
            await server.wait_closed()

    async def _client(self, socket, *_):
        self.connections += 1
        client = Client(socket, self, self.connections)
        try:
            client.check(not self.feed.subprotocols or socket.subprotocol, "no subprotocol was agreed on")
            pong = await socket.ping()
            playing = asyncio.create_task(self.feed.act(client))
            try:
                # Whoever plays by the rules answers pings.
                await asyncio.wait_for(pong, PATIENCE)
            except asyncio.TimeoutError:
                raise Violation("a ping was not answered") from None
            except ConnectionClosed:
                pass
            finally:
                await playing
        except Violation as why:
            self.cuts.append(f"connection {client.number}: {why}")
            await client.close(str(why))
        except ConnectionClosed:
            pass
        except Exception as error:
            self.cuts.append(f"connection {client.number}: the server itself failed: {error!r}")
            await client.close("error")

    async def _request(self, reader, writer):
        try:
            method, path, _ = (await reader.readline()).decode().split(" ", 2)
            headers = {}
            while line := (await reader.readline()).decode().strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            try:
                status, answer = self.feed.http(self, method, path, headers, body) if self.feed.http else (404, {})
            except Violation as why:
                self.cuts.append(f"{method} {path}: {why}")
                status, answer = 400, {"msg": str(why)}
            text = compact(answer).encode()
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
            await writer.drain()
        finally:
            writer.close()


def zipped(text):
    return gzip.compress(text.encode())
