# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that act like feeds of stocks and homes, and like the protocols that many servers share."""
import asyncio
import fractions
import hashlib

from acting import START, TRADES, WINDOW, Trade, Violation, compact, feed, fits, in_base64, iso, lost, parsed, vwap


@feed("finnhub.sql", rows=vwap("AAPL", "BINANCE:BTCUSDT"), env={"FINNHUB_TOKEN": "sandbox_c0ffee"})
async def finnhub(client):
    client.check(client.query == {"token": "sandbox_c0ffee"}, "wrong token")
    symbols = ("AAPL", "BINANCE:BTCUSDT")
    for symbol in symbols:
        await client.hear({"type": "subscribe", "symbol": symbol})
    await client.play(lambda group: {"type": "trade", "data": [{"c": None, "p": float(t.price), "s": t.of(symbols), "t": t.at, "v": float(t.size)} for t in group]}, bundle=2,
                      repeats=0, between=lambda: client.say({"type": "ping"}))


def readings():
    windows = {}
    for trade in TRADES:
        windows.setdefault(trade.at // WINDOW, []).append(trade)
    return [{"sensor": "sensor.power", "mean": float(sum(fractions.Fraction(t.price) for t in members) / len(members)), "peak": max(float(t.price) for t in members),
             "readings": len(members), "incomplete": lost(members[0].at)} for members in windows.values()]


@feed("home-assistant.sql", rows=readings(), env={"HASS_TOKEN": "ey.long.lived"})
async def home_assistant(client):
    client.check(client.path == "/api/websocket", client.path)
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"type": "auth_required", "ha_version": "2024.11.3"})
    await client.hear({"type": "auth", "access_token": "ey.long.lived"})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"type": "auth_ok", "ha_version": "2024.11.3"})
    newest = [0]

    def grows(number):
        was, newest[0] = newest[0], number
        return type(number) is int and number > was

    call = await client.hear({"id": grows, "type": "subscribe_events", "event_type": "state_changed"})
    client.heartbeat({"id": grows, "type": "ping"}, lambda message: {"id": parsed(message)["id"], "type": "pong"})
    await client.say({"id": call["id"], "type": "result", "success": True, "result": None})

    def event(entity, state, unit, at):
        told = {"entity_id": entity, "state": state, "attributes": {"unit_of_measurement": unit}, "last_changed": at, "last_updated": at}
        return {"id": call["id"], "type": "event", "event": {"event_type": "state_changed", "origin": "LOCAL", "time_fired": at, "context": {"id": "01"},
                                                                "data": {"entity_id": entity, "old_state": None, "new_state": told}}}

    def changes(t):
        at = t.iso.replace("Z", "+00:00")
        return event("sensor.power", t.price, "W", at), event("sensor.attic", "21.5", "°C", at), event("sensor.power", "unavailable", "W", at)

    await client.play(changes, repeats=0)


@feed("graphql-ws.sql", rows=vwap("ACME"), env={"GRAPHQL_TOKEN": "sesame"}, subprotocols=("graphql-transport-ws",))
async def graphql(client):
    client.check(client.path == "/subscriptions", client.path)
    await client.hear({"type": "connection_init", "payload": {"token": "sesame"}})
    await asyncio.sleep(0.1)
    client.quiet()  # 4401: Unauthorized
    await client.say({"type": "connection_ack"})
    await client.hear({"id": "1", "type": "subscribe", "payload": {"query": 'subscription { trades(symbol: "ACME") { symbol id price size time } }'}})

    async def ping():
        await client.say({"type": "ping"})
        await client.hear({"type": "pong"})

    await client.play(lambda t: {"id": "1", "type": "next", "payload": {"data": {"trades": {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "time": t.iso}}}},
                      between=ping)


@feed("phoenix.sql", rows=vwap("ACME"), env={"PHOENIX_TOKEN": "sesame"})
async def phoenix(client):
    client.check(client.path == "/socket/websocket" and client.query == {"vsn": "2.0.0", "token": "sesame"}, client.path)
    await client.hear(["1", "1", "trades:ACME", "phx_join", {}])
    await client.say(["1", "1", "trades:ACME", "phx_reply", {"status": "ok", "response": {}}])
    client.heartbeat([None, lambda number: number.isdigit() and int(number) > 1, "phoenix", "heartbeat", {}],
                     lambda message: [None, parsed(message)[1], "phoenix", "phx_reply", {"status": "ok", "response": {}}])
    await client.play(lambda t: ["1", None, "trades:ACME", "trade", {"id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}],
                      between=lambda: client.say([None, None, "trades:ACME", "presence_state", {}]))


@feed("actioncable.sql", rows=vwap("ACME"), subprotocols=("actioncable-v1-json", "actioncable-unsupported"))
async def actioncable(client):
    client.check(client.path == "/cable" and client.headers.get("Origin") == "https://rails.example.com", "not allowed origin")
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"type": "welcome"})
    identifier = '{"channel":"TradesChannel","symbol":"ACME"}'
    await client.hear({"command": "subscribe", "identifier": identifier})
    await client.say({"identifier": identifier, "type": "confirm_subscription"})
    await client.play(lambda t: {"identifier": identifier, "message": {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}},
                      between=lambda: client.say({"type": "ping", "message": 1700000000}))


@feed("alpaca.sql", rows=vwap("AAPL", "MSFT"), env={"ALPACA_KEY": "PKEXAMPLE", "ALPACA_SECRET": "c0ffee"})
async def alpaca(client):
    symbols = ("AAPL", "MSFT")
    client.check(client.path == "/v2/iex", client.path)
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say([{"T": "success", "msg": "connected"}])
    await client.hear({"action": "auth", "key": "PKEXAMPLE", "secret": "c0ffee"})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say([{"T": "success", "msg": "authenticated"}])
    await client.hear({"action": "subscribe", "trades": ["AAPL", "MSFT"], "quotes": ["AAPL"]})
    await client.say([{"T": "subscription", "trades": ["AAPL", "MSFT"], "quotes": ["AAPL"], "bars": []}])

    # Quotes and trades lie in one array; a quote has "t" and "s" too, under another meaning.
    def mixed(group):
        out = []
        for t in group:
            out.append({"T": "q", "S": "AAPL", "ax": "Q", "ap": 1.5, "as": 1, "bx": "K", "bp": 1.25, "bs": 2, "p": 0.5, "s": 7, "t": t.iso, "c": ["R"], "z": "C"})
            out.append({"T": "t", "S": t.of(symbols), "i": t.id, "x": "D", "p": float(t.price), "s": float(t.size), "t": t.iso.replace("000Z", "000123Z"), "c": ["@"], "z": "C"})
        return out

    await client.play(mixed, bundle=3)


@feed("polygon.sql", rows=vwap("AAPL", "MSFT"), env={"POLYGON_KEY": "c0ffee"}, flaw=("$.ev = T", "$.ev"))
async def polygon(client):
    symbols = ("AAPL", "MSFT")
    client.check(client.path == "/stocks", client.path)
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say([{"ev": "status", "status": "connected", "message": "Connected Successfully"}])
    await client.hear({"action": "auth", "params": "c0ffee"})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say([{"ev": "status", "status": "auth_success", "message": "authenticated"}])
    await client.hear({"action": "subscribe", "params": "T.AAPL,T.MSFT,A.AAPL"})
    await client.say([{"ev": "status", "status": "success", "message": f"subscribed to: {name}"} for name in ("T.AAPL", "T.MSFT", "A.AAPL")])

    def mixed(group):
        bar = {"ev": "A", "sym": "AAPL", "i": "bar", "v": 200, "vw": 42.5, "p": 9.0, "s": 5, "t": group[0].at, "e": group[0].at}
        return [bar] + [{"ev": "T", "sym": t.of(symbols), "x": 4, "i": str(t.id), "z": 3, "p": float(t.price), "s": float(t.size), "c": [0], "t": t.at, "q": t.number} for t in group]

    await client.play(mixed, bundle=3)


BLOCKS = [Trade(i, i * 12_000, "1.00", str(15_000_000 + i * 104_729 % 15_000_000)) for i in range(40)]


def gas():
    minutes = {}
    for block in BLOCKS:
        minutes.setdefault(block.at // 60_000, []).append(int(block.size))
    # A block has no time that a source could read, so gaps go by arrival: all of these lies before the first message came.
    return [{"blocks": len(used), "gas": sum(used), "fullness": sum(used) / (30_000_000 * len(used)), "incomplete": True} for used in minutes.values()]


@feed("ethereum.sql", rows=gas())
async def ethereum(client):
    await client.hear({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]})
    subscription = f"0x9cef478923ff08bf67fde6c64013158{client.number}"
    await client.say({"jsonrpc": "2.0", "id": 1, "result": subscription})
    await client.play(lambda t: {"jsonrpc": "2.0", "method": "eth_subscription",
                                 "params": {"subscription": subscription, "result": {"number": hex(t.id), "hash": f"0x{t.id:064x}", "timestamp": hex(t.at // 1000), "gasUsed": hex(int(t.size)),
                                                                                       "gasLimit": hex(30_000_000), "baseFeePerGas": "0x7", "miner": "0x0"}}},
                      trades=BLOCKS, last=Trade(60, 600_000, "1.00", "1"))


def negotiated(server, method, path, headers, body):
    if (method, path) != ("POST", "/hub/negotiate?negotiateVersion=1"):
        raise Violation("not how a connection is negotiated")
    token = f"05265228-1e2c-46c5-82a1-6a5bcc3f014{len(server.memory)}"
    server.memory[token] = True
    return 200, {"connectionToken": token, "connectionId": "x", "negotiateVersion": 1,
                 "availableTransports": [{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}]}


@feed("signalr.sql", rows=vwap("ACME"), http=negotiated)
async def signalr(client):
    def record(value):
        return compact(value) + "\x1e"

    async def hear(wanted):
        text = await client.hear_text()
        client.check(text.endswith("\x1e") and fits(parsed(text[:-1]), wanted), f"not what was wanted: {text!r}")

    client.check(client.path == "/hub" and client.server.memory.pop(client.query.get("id"), False), "No Connection with that ID")
    await hear({"protocol": "json", "version": 1})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say(record({}))
    await hear({"type": 1, "invocationId": "0", "target": "Subscribe", "arguments": ["ACME"]})
    client.heartbeat(record({"type": 6}))
    await client.say(record({"type": 3, "invocationId": "0", "result": None}) + record({"type": 6}))

    def trades(group):
        told = [record({"type": 1, "target": "trade", "arguments": [{"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}]}) for t in group]
        return record({"type": 1, "target": "news", "arguments": [{"symbol": "ACME", "id": 1, "price": 1, "size": 1, "ts": START}]}) + "".join(told) + record({"type": 6})

    await client.play(trades, bundle=3)


@feed("socket-io.sql", rows=vwap("ACME"))
async def socket_io(client):
    client.check(client.path == "/socket.io/" and client.query == {"EIO": "4", "transport": "websocket"}, client.path)
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say('0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
    client.check(await client.hear_text() == "40", "not the namespace")
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say('40{"sid":"wZX3oN0bSVIhsaknAAAI"}')
    client.check(await client.hear_text() == '42["subscribe","ACME"]', "not the subscription")

    async def ping():
        await client.say("2")
        client.check(await client.hear_text() == "3", "no pong")
        await client.say('42["news",{"symbol":"ACME","id":1,"price":1,"size":1,"ts":1700000000000}]')

    await client.play(lambda t: "42" + compact(["trade", {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}]), between=ping)


@feed("dxlink.sql", rows=vwap("AAPL"), env={"DXLINK_TOKEN": "c0ffee"})
async def dxlink(client):
    async def turn(wanted, *answers):
        await client.hear(wanted)
        await asyncio.sleep(0.05)
        client.quiet()
        await client.say(*answers)

    client.check(client.path == "/dxlink-ws", client.path)
    client.heartbeat({"type": "KEEPALIVE", "channel": 0})
    await turn({"type": "SETUP", "channel": 0, "version": str, "keepaliveTimeout": 60, "acceptKeepaliveTimeout": 60},
               {"type": "SETUP", "channel": 0, "version": "1.0", "keepaliveTimeout": 60, "acceptKeepaliveTimeout": 60}, {"type": "AUTH_STATE", "channel": 0, "state": "UNAUTHORIZED"})
    await turn({"type": "AUTH", "channel": 0, "token": "c0ffee"}, {"type": "AUTH_STATE", "channel": 0, "state": "AUTHORIZED"})
    await turn({"type": "CHANNEL_REQUEST", "channel": 1, "service": "FEED", "parameters": {"contract": "AUTO"}},
               {"type": "CHANNEL_OPENED", "channel": 1, "service": "FEED", "parameters": {"contract": "TICKER"}})
    await turn({"type": "FEED_SETUP", "channel": 1, "acceptDataFormat": "FULL", "acceptEventFields": {"TimeAndSale": ["eventSymbol", "sequence", "price", "size", "time"]}},
               {"type": "FEED_CONFIG", "channel": 1, "dataFormat": "FULL", "aggregationPeriod": 0.1})
    await client.hear({"type": "FEED_SUBSCRIPTION", "channel": 1, "add": [{"type": "TimeAndSale", "symbol": "AAPL"}]})
    await client.play(lambda group: {"type": "FEED_DATA", "channel": 1,
                                     "data": [{"eventType": "TimeAndSale", "eventSymbol": "AAPL", "sequence": t.id, "price": float(t.price), "size": float(t.size), "time": t.at}
                                              for t in group]}, bundle=2, between=lambda: client.say({"type": "KEEPALIVE", "channel": 0}))


@feed("wamp.sql", rows=vwap("ACME"), subprotocols=("wamp.2.json",))
async def wamp(client):
    await client.hear([1, "realm1", {"roles": {"subscriber": {}}}])
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say([2, 9129137332, {"roles": {"broker": {}}}])
    await client.hear([32, 1, {}, "com.example.trades"])
    await client.say([33, 1, 5512315355])
    await client.play(lambda t: [36, 5512315355, 4429313566 + t.id, {}, [], {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}])


WORDS = ("short", "größer", "a line of text", "…")


def chats():
    rooms = {}
    for t in TRADES:
        rooms.setdefault((t.at // WINDOW, t.of(("GENERAL", "help"))), []).append(t)
    return [{"room": room, "messages": len(members), "authors": len({t.number % 5 for t in members}), "characters": sum(len(WORDS[t.number % 4]) for t in members),
             "incomplete": lost(members[0].at)} for (_, room), members in rooms.items()]


@feed("rocket-chat.sql", rows=chats(), env={"ROCKETCHAT_TOKEN": "c0ffee"})
async def rocket_chat(client):
    client.check(client.path == "/websocket", client.path)
    await client.say({"server_id": "0"})
    await client.hear({"msg": "connect", "version": "1", "support": ["1"]})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"msg": "connected", "session": "TzuDRtsC4HeFM8Gdk"})
    await client.hear({"msg": "method", "method": "login", "id": "1", "params": [{"resume": "c0ffee"}]})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"msg": "added", "collection": "users", "id": "u", "fields": {"username": "weir"}}, {"msg": "result", "id": "1", "result": {"id": "u", "token": "c0ffee"}})
    await client.hear({"msg": "sub", "id": "2", "name": "stream-room-messages", "params": ["__my_messages__", False]})
    await client.say({"msg": "ready", "subs": ["2"]})

    async def ping():
        await client.say({"msg": "ping"})
        await client.hear({"msg": "pong"})

    await client.play(lambda t: {"msg": "changed", "collection": "stream-room-messages", "id": "id",
                                 "fields": {"eventName": "__my_messages__", "args": [{"_id": f"m{t.id}", "rid": t.of(("GENERAL", "help")), "msg": WORDS[t.number % 4], "ts": {"$date": t.at},
                                                                                       "u": {"_id": "u", "username": f"user{t.number % 5}"}}]}}, between=ping)


@feed("pusher.sql", rows=vwap("ACME"), env={"PUSHER_KEY": "app-key"})
async def pusher(client):
    client.check(client.path == "/app/app-key" and client.query == {"protocol": "7", "client": "weir", "version": "1.0"}, client.path)
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"event": "pusher:connection_established", "data": compact({"socket_id": "123.456", "activity_timeout": 120})})
    await client.hear({"event": "pusher:subscribe", "data": {"channel": "trades"}})
    await client.say({"event": "pusher_internal:subscription_succeeded", "channel": "trades", "data": "{}"})

    async def ping():
        await client.say({"event": "pusher:ping", "data": {}})
        await client.hear({"event": "pusher:pong", "data": {}})
        await client.say({"event": "news", "channel": "trades", "data": compact({"symbol": "ACME", "id": 1, "price": 1, "size": 1, "ts": START})})

    await client.play(lambda t: {"event": "trade", "channel": "trades", "data": compact({"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at})}, between=ping)


@feed("centrifugo.sql", rows=vwap("ACME"), env={"CENTRIFUGO_TOKEN": "c0ffee"})
async def centrifugo(client):
    client.check(client.path == "/connection/websocket", client.path)
    await client.hear({"id": 1, "connect": {"token": "c0ffee"}})
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"id": 1, "connect": {"client": "3c3a8b0d", "version": "5.4.0", "ping": 25, "pong": True}})
    await client.hear({"id": 2, "subscribe": {"channel": "trades:ACME"}})
    await client.say({"id": 2, "subscribe": {}})

    async def ping():
        await client.say({})
        await client.hear({})

    def trades(group):
        return "\n".join(compact({"push": {"channel": "trades:ACME", "pub": {"data": {"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at}, "offset": t.number}}})
                         for t in group)

    await client.play(trades, bundle=3, between=ping)


def posts():
    languages = {}
    for t in TRADES:
        languages.setdefault((t.at // WINDOW, t.of(("en", "de", "ja"))), []).append(t)
    return [{"language": language, "posts": len(members), "incomplete": lost(members[0].at)} for (_, language), members in languages.items()]


@feed("mastodon.sql", rows=posts(), env={"MASTODON_TOKEN": "c0ffee"})
async def mastodon(client):
    client.check(client.path == "/api/v1/streaming" and client.query == {"stream": "public"}, client.path)
    client.check(client.headers.get("Authorization") == "Bearer c0ffee", "unauthorized")

    def told(event, payload):
        return {"stream": ["public"], "event": event, "payload": payload}

    await client.play(lambda t: (told("update", compact({"id": str(t.id), "created_at": t.iso, "language": t.of(("en", "de", "ja")), "content": "<p>\"quoted\"</p>", "account": {"id": "1"}})),
                                 told("delete", str(t.id))))


SCENES = ("Intro", "Game", "Break")


@feed("obs.sql", env={"OBS_PASSWORD": "supersecret"}, subprotocols=("obswebsocket.json",),
      rows=[{"scene": SCENES[t.number % 3], "before": SCENES[(t.number - 1) % 3] if t.number else None} for t in TRADES])
async def obs(client):
    def digest(text):
        return in_base64(hashlib.sha256(text.encode()).digest())

    salt, challenge = "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=", "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"op": 0, "d": {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1, "authentication": {"challenge": challenge, "salt": salt}}})
    await client.hear({"op": 1, "d": {"rpcVersion": 1, "eventSubscriptions": 4, "authentication": digest(digest("supersecret" + salt) + challenge)}})
    await client.say({"op": 2, "d": {"negotiatedRpcVersion": 1}})

    def changed(t):
        name = SCENES[t.number % 3]
        return [{"op": 5, "d": {"eventType": kind, "eventIntent": 4, "eventData": {"sceneName": name, "sceneUuid": f"uuid-{t.number}"}}}
                for kind in ("SceneCreated", "CurrentProgramSceneChanged")]

    await client.play(lambda t: tuple(changed(t)), repeats=0, last=None)


@feed("bluesky.sql", rows=posts())
async def bluesky(client):
    client.check(client.path == "/subscribe" and client.query == {"wantedCollections": "app.bsky.feed.post"}, client.path)

    def told(t):
        account = {"did": f"did:plc:{t.number}", "time_us": t.at * 1000, "kind": "identity", "identity": {"did": f"did:plc:{t.number}", "handle": "x.bsky.social", "seq": t.id, "time": t.iso}}
        commit = {"rev": "3l3f6nzl3cv2s", "collection": "app.bsky.feed.post", "rkey": str(t.id)}
        created = {**commit, "operation": "create", "cid": "bafy", "record": {"$type": "app.bsky.feed.post", "createdAt": t.iso, "langs": [t.of(("en", "de", "ja"))], "text": "…"}}
        return (account, {"did": "did:plc:a", "time_us": t.at * 1000, "kind": "commit", "commit": created},
                {"did": "did:plc:a", "time_us": t.at * 1000, "kind": "commit", "commit": {**commit, "operation": "delete"}})

    await client.play(told)


def channels():
    windows = {}
    for t in TRADES:
        windows.setdefault((t.at // WINDOW, t.of(("41771983423143937", "41771983423143938"))), []).append(t)
    return [{"channel": channel, "messages": len(members), "authors": len({t.number % 5 for t in members}), "incomplete": lost(members[0].at)}
            for (_, channel), members in windows.items()]


@feed("discord.sql", rows=channels(), env={"DISCORD_TOKEN": "c0ffee"})
async def discord(client):
    client.check(client.path == "/" and client.query == {"v": "10", "encoding": "json"}, client.path)
    numbers = [0]

    def dispatch(kind, data):
        numbers.append(numbers[-1] + 1)
        return {"t": kind, "s": numbers[-1], "op": 0, "d": data}

    def is_newest(message):
        # What is under way meanwhile may not have been seen.
        client.check(parsed(message)["d"] in numbers[1:], f"not a number of this session: {message}")
        return {"t": None, "s": None, "op": 11, "d": None}

    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"t": None, "s": None, "op": 10, "d": {"heartbeat_interval": 41250, "_trace": []}})
    await client.hear({"op": 2, "d": {"token": "c0ffee", "intents": 513, "properties": {"os": "linux", "browser": "weir", "device": "weir"}}})
    await client.say(dispatch("READY", {"v": 10, "user": {"id": "1"}, "session_id": "x", "id": "1", "channel_id": "1", "timestamp": iso(START)}))
    # One is asked for, another must come without asking.
    asked, came = [], []
    client.heartbeat({"op": 1, "d": lambda number: True}, is_newest, lambda: came.append(1) or len(came) > len(asked))

    async def hurry():
        asked.append(1)
        await client.say({"t": None, "s": None, "op": 1, "d": None})

    await client.play(lambda t: dispatch("MESSAGE_CREATE", {"id": str(t.id), "channel_id": t.of(("41771983423143937", "41771983423143938")), "content": "",
                                                              "author": {"id": f"u{t.number % 5}"}, "timestamp": iso(t.at, "+00:00")}), between=hurry)


@feed("stomp.sql", rows=vwap("ACME"), env={"STOMP_USER": "guest", "STOMP_PASSWORD": "c0ffee"}, subprotocols=("v12.stomp",))
async def stomp(client):
    async def hear(command, headers):
        text = await client.hear_text()
        lines = text.removesuffix("\n\n\0").split("\n")
        client.check(text.endswith("\n\n\0") and lines[0] == command and dict(line.split(":", 1) for line in lines[1:]) == headers, f"not the frame {command}: {text!r}")

    client.check(client.path == "/ws", client.path)
    await hear("CONNECT", {"accept-version": "1.2", "host": "/", "login": "guest", "passcode": "c0ffee", "heart-beat": "10000,10000"})
    await asyncio.sleep(0.1)
    client.quiet()
    client.heartbeat("\n")
    await client.say("CONNECTED\nserver:RabbitMQ/3.13.0\nsession:session-a{1\nheart-beat:10000,10000\nversion:1.2\n\n\0")
    await hear("SUBSCRIBE", {"id": "0", "destination": "/topic/trades", "ack": "auto", "receipt": "ready"})
    await client.say("RECEIPT\nreceipt-id:ready\n\n\0")

    def message(t):
        body = compact({"symbol": "ACME", "id": t.id, "price": float(t.price), "size": float(t.size), "ts": t.at})
        return f"MESSAGE\nsubscription:0\ndestination:/topic/trades\nmessage-id:T_0@@session@@{t.id}\ncontent-type:application/json\ncontent-length:{len(body)}\n\n{body}\0"

    await client.play(message, between=lambda: client.say("\n"))
