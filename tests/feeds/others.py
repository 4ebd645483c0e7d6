# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that act like feeds of stocks and homes, and like the protocols that many servers share."""
import asyncio
import fractions

from acting import HALF, TRADES, WINDOW, feed, parsed, vwap


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
             "readings": len(members), "incomplete": any(HALF - 1 <= t.number <= HALF for t in members)} for members in windows.values()]


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
