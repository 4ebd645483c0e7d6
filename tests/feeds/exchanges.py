# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that act like exchanges. An entry: the example, the rows that it must give, and what the server does with a client."""
import asyncio
import json
import time

from acting import HALF, START, TRADES, Violation, compact, feed, in_base64, is_now, iso, parsed, signature, vwap, zipped


@feed("binance.sql", rows=vwap("BTCUSDT", "ETHUSDT"))
async def binance(client):
    client.check(client.path == "/stream" and client.query == {"streams": "btcusdt@trade/ethusdt@trade"}, client.path)

    def trade(t):
        symbol = t.of(("BTCUSDT", "ETHUSDT"))
        return {"stream": symbol.lower() + "@trade", "data": {"e": "trade", "E": t.at, "s": symbol, "t": t.number // 2, "p": t.price, "q": t.size,
                                                                "T": t.at, "m": not t.is_buy, "M": True}}

    await client.play(trade)


@feed("coinbase.sql", rows=vwap("BTC-USD"), flaw=('"dedupe.key" =', '"sequence.partition" = \'product_id\', "sequence.key" ='))
async def coinbase(client):
    await client.hear({"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["matches", "heartbeat"]})
    await client.say({"type": "subscriptions", "channels": [{"name": name, "product_ids": ["BTC-USD"]} for name in ("matches", "heartbeat")]})
    first = []

    def trade(t):
        # The newest trade before the subscription comes once more, under a name of its own.
        kind = "match" if first else "last_match"
        first.append(t)
        return {"type": kind, "trade_id": t.id, "sequence": t.number, "maker_order_id": "m", "taker_order_id": "n", "side": "sell" if t.is_buy else "buy",
                "size": t.size, "price": t.price, "product_id": "BTC-USD", "time": t.iso}

    async def pulse():
        await client.say({"type": "heartbeat", "sequence": 90, "last_trade_id": 0, "product_id": "BTC-USD", "time": "2023-11-14T22:13:20.000000Z"})

    await client.play(trade, repeats=1, between=pulse)


@feed("kraken.sql", rows=vwap("BTC/USD"), flaw=('"dedupe.key" = \'symbol, trade_id\'', '"event.time.idle.ms" = \'5000\''))
async def kraken(client):
    await client.say({"channel": "status", "type": "update", "data": [{"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 12393906104898154338}]})
    await client.hear({"method": "subscribe", "params": {"channel": "trade", "symbol": ["BTC/USD"]}})
    await client.say({"method": "subscribe", "success": True, "result": {"channel": "trade", "snapshot": True, "symbol": "BTC/USD"}, "time_in": "2023-11-14T22:13:20.000000Z"})
    kinds = ["snapshot"]

    def trades(group):
        return {"channel": "trade", "type": kinds.pop() if kinds else "update",
                "data": [{"symbol": "BTC/USD", "side": "buy" if t.is_buy else "sell", "price": float(t.price), "qty": float(t.size), "ord_type": "limit",
                          "trade_id": t.id, "timestamp": t.iso} for t in group]}

    await client.play(trades, bundle=3, between=lambda: client.say({"channel": "heartbeat"}))


@feed("okx.sql", rows=vwap("BTC-USDT"))
async def okx(client):
    client.check(client.path == "/ws/v5/public", client.path)
    channel = {"channel": "trades", "instId": "BTC-USDT"}
    client.heartbeat("ping", "pong")
    await client.hear({"op": "subscribe", "args": [channel]})
    await client.say({"event": "subscribe", "arg": channel, "connId": "a4d3ae55"})
    await client.play(lambda t: {"arg": channel, "data": [{"instId": "BTC-USDT", "tradeId": str(t.id), "px": t.price, "sz": t.size, "side": "buy", "ts": str(t.at), "count": "1"}]})


@feed("bybit.sql", rows=vwap("BTCUSDT"))
async def bybit(client):
    client.check(client.path == "/v5/public/spot", client.path)
    client.heartbeat({"op": "ping"}, {"success": True, "ret_msg": "pong", "conn_id": "0970e817", "op": "ping"})
    await client.hear({"op": "subscribe", "args": ["publicTrade.BTCUSDT"]})
    await client.say({"success": True, "ret_msg": "subscribe", "conn_id": "2324d924", "op": "subscribe"})
    await client.play(lambda group: {"topic": "publicTrade.BTCUSDT", "type": "snapshot", "ts": group[-1].at,
                                     "data": [{"T": t.at, "s": "BTCUSDT", "S": "Buy", "v": t.size, "p": t.price, "i": str(t.id), "BT": False} for t in group]}, bundle=2)


@feed("bitfinex.sql", rows=vwap("BTCUSD"), flaw=("ABS(amount)", "amount"))
async def bitfinex(client):
    client.check(client.path == "/ws/2", client.path)
    await client.say({"event": "info", "version": 2, "serverId": "5b73a436", "platform": {"status": 1}})
    await client.hear({"event": "subscribe", "channel": "trades", "symbol": "tBTCUSD"})
    channel = 17 + client.number
    await client.say({"event": "subscribed", "channel": "trades", "chanId": channel, "symbol": "tBTCUSD", "pair": "BTCUSD"})

    def trade(t):
        told = [t.id, t.at, float(t.size) if t.is_buy else -float(t.size), float(t.price)]
        return [channel, "te", told], [channel, "tu", told]

    await client.play(trade, between=lambda: client.say([channel, "hb"]))


@feed("binance-futures.sql", rows=vwap("BTCUSDT", "ETHUSDT"))
async def binance_futures(client):
    client.check(client.path == "/stream" and client.query == {"streams": "btcusdt@aggTrade/ethusdt@aggTrade"}, client.path)

    def trade(t):
        symbol = t.of(("BTCUSDT", "ETHUSDT"))
        return {"stream": symbol.lower() + "@aggTrade", "data": {"e": "aggTrade", "E": t.at, "s": symbol, "a": t.number // 2, "p": t.price, "q": t.size, "f": t.id,
                                                                   "l": t.id, "T": t.at, "m": not t.is_buy}}

    # The day is over: the connection breaks without a word.
    await client.play(trade, closing=None)


@feed("bitget.sql", rows=vwap("BTCUSDT", newest_first=True))
async def bitget(client):
    client.check(client.path == "/v2/ws/public", client.path)
    client.heartbeat("ping", "pong")
    channel = {"instType": "SPOT", "channel": "trade", "instId": "BTCUSDT"}
    await client.hear({"op": "subscribe", "args": [channel]})
    await client.say({"event": "subscribe", "arg": channel})
    kinds = ["snapshot"]
    # The newest trade stands first.
    await client.play(lambda group: {"action": kinds.pop() if kinds else "update", "arg": channel, "ts": group[-1].at,
                                     "data": [{"ts": str(t.at), "price": t.price, "size": t.size, "side": "buy", "tradeId": str(t.id)} for t in reversed(group)]}, bundle=2)


@feed("gate.sql", rows=vwap("BTC_USDT"))
async def gate(client):
    def is_seconds(value):
        return type(value) is int and is_now(value * 1000)

    client.check(client.path == "/ws/v4/", client.path)
    client.heartbeat({"time": is_seconds, "channel": "spot.ping"}, {"time": 1700000000, "channel": "spot.pong", "event": "", "result": None})
    await client.hear({"time": is_seconds, "channel": "spot.trades", "event": "subscribe", "payload": ["BTC_USDT"]})
    await client.say({"time": 1700000000, "time_ms": 1700000000123, "channel": "spot.trades", "event": "subscribe", "result": {"status": "success"}})
    await client.play(lambda t: {"time": t.at // 1000, "time_ms": t.at, "channel": "spot.trades", "event": "update",
                                 "result": {"id": t.id, "create_time": t.at // 1000, "create_time_ms": f"{t.at}.6789", "side": "sell", "currency_pair": "BTC_USDT",
                                            "amount": t.size, "price": t.price, "range": "1-1"}})


def bullet(server, method, path, headers, body):
    """Hands out a token that serves one connection."""
    if (method, path, body) != ("POST", "/api/v1/bullet-public", ""):
        raise Violation("not how a token is asked for")
    token = f"2neAiuYvAU61ZDXANAGAsiL4-{len(server.memory)}+/="
    server.memory[token] = True
    return 200, {"code": "200000", "data": {"token": token, "instanceServers": [{"endpoint": f"ws://{server.address}/endpoint", "encrypt": True, "protocol": "websocket",
                                                                                   "pingInterval": 18000, "pingTimeout": 10000}]}}


@feed("kucoin.sql", rows=vwap("BTC-USDT"), http=bullet)
async def kucoin(client):
    client.check(client.path == "/endpoint" and len(client.query) == 2, client.path)
    client.check(client.server.memory.pop(client.query["token"], False), "token is invalid")
    await asyncio.sleep(0.1)
    client.quiet()
    client.heartbeat({"id": str, "type": "ping"}, lambda message: {"id": parsed(message)["id"], "type": "pong", "timestamp": 1})
    await client.say({"id": client.query["connectId"], "type": "welcome"})
    subscribed = await client.hear({"id": lambda value: len(value) == 36, "type": "subscribe", "topic": "/market/match:BTC-USDT", "response": True})
    await client.say({"id": subscribed["id"], "type": "ack"})
    await client.play(lambda t: {"type": "message", "topic": "/market/match:BTC-USDT", "subject": "trade.l3match",
                                 "data": {"sequence": str(t.number), "type": "match", "symbol": "BTC-USDT", "side": "buy", "price": t.price, "size": t.size,
                                          "tradeId": str(t.id), "takerOrderId": "a", "makerOrderId": "b", "time": str(t.at * 1_000_000 + 7)}})


@feed("htx.sql", rows=vwap("btcusdt"), flaw=('{"pong":${$.ping}}', '{"pong":1}'))
async def htx(client):
    client.check(client.path == "/ws", client.path)
    client.pack = zipped
    await client.hear({"sub": "market.btcusdt.trade.detail", "id": "1"})
    await client.say({"id": "1", "status": "ok", "subbed": "market.btcusdt.trade.detail", "ts": 1700000000000})
    numbers = iter(range(1700000000001, 1800000000000))

    async def ping():
        number = next(numbers)
        await client.say({"ping": number})
        await client.hear({"pong": number})

    await client.play(lambda group: {"ch": "market.btcusdt.trade.detail", "ts": group[-1].at,
                                     "tick": {"id": group[0].id, "ts": group[-1].at,
                                              "data": [{"id": t.id * 10**20, "ts": t.at, "tradeId": t.id, "amount": float(t.size), "price": float(t.price), "direction": "buy"}
                                                       for t in group]}}, bundle=2, between=ping)


@feed("crypto-com.sql", rows=vwap("BTCUSD-PERP", newest_first=True))
async def crypto_com(client):
    client.check(client.path == "/exchange/v1/market", client.path)
    await client.hear({"id": 1, "method": "subscribe", "params": {"channels": ["trade.BTCUSD-PERP"]}, "nonce": is_now})
    await client.say({"id": 1, "method": "subscribe", "code": 0, "result": {"instrument_name": "BTCUSD-PERP", "subscription": "trade.BTCUSD-PERP", "channel": "trade", "data": []}})
    numbers = iter(range(2**60 + 1, 2**61))

    async def pulse():
        number = next(numbers)
        await client.say({"id": number, "method": "public/heartbeat", "code": 0})
        await client.hear({"id": number, "method": "public/respond-heartbeat"})

    # The newest trade stands first; the first message repeats trades.
    await client.play(lambda group: {"id": -1, "method": "subscribe", "code": 0,
                                     "result": {"instrument_name": "BTCUSD-PERP", "subscription": "trade.BTCUSD-PERP", "channel": "trade",
                                                "data": [{"d": str(t.id), "t": t.at, "tn": t.at * 10**6, "q": t.size, "p": t.price, "s": "SELL", "i": "BTCUSD-PERP", "m": "9"}
                                                         for t in reversed(group)]}}, bundle=3, between=pulse)


@feed("deribit.sql", rows=vwap("BTC-PERPETUAL"), flaw=("public/test", "public/tests"))
async def deribit(client):
    client.check(client.path == "/ws/api/v2", client.path)
    numbers = []

    def is_new(value):
        numbers.append(value)
        return type(value) is int and numbers.count(value) == 1

    def answered(call, result):
        return {"jsonrpc": "2.0", "id": call["id"], "result": result, "usIn": 1, "usOut": 2, "usDiff": 1, "testnet": False}

    channel = "trades.BTC-PERPETUAL.100ms"
    await client.say(answered(await client.hear({"jsonrpc": "2.0", "id": is_new, "method": "public/set_heartbeat", "params": {"interval": 30}}), "ok"))
    await client.say(answered(await client.hear({"jsonrpc": "2.0", "id": is_new, "method": "public/subscribe", "params": {"channels": [channel]}}), [channel]))

    async def test():
        await client.say({"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": "heartbeat"}})
        await client.say({"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": "test_request"}})
        await client.say(answered(await client.hear({"jsonrpc": "2.0", "id": is_new, "method": "public/test", "params": {}}), {"version": "1.2.26"}))

    await client.play(lambda group: {"jsonrpc": "2.0", "method": "subscription",
                                     "params": {"channel": channel, "data": [{"trade_seq": t.number, "trade_id": str(t.id), "timestamp": t.at, "tick_direction": 2,
                                                                                "price": float(t.price), "mark_price": 1.5, "instrument_name": "BTC-PERPETUAL",
                                                                                "index_price": 1.5, "direction": "sell", "amount": float(t.size)} for t in group]}},
                      bundle=2, repeats=0, between=test)


@feed("hyperliquid.sql", rows=vwap("BTC"))
async def hyperliquid(client):
    client.check(client.path == "/ws", client.path)
    client.heartbeat({"method": "ping"}, {"channel": "pong"})
    call = await client.hear({"method": "subscribe", "subscription": {"type": "trades", "coin": "BTC"}})
    await client.say({"channel": "subscriptionResponse", "data": call})
    await client.play(lambda group: {"channel": "trades", "data": [{"coin": "BTC", "side": "A" if t.is_buy else "B", "px": t.price, "sz": t.size, "time": t.at, "hash": "0x00",
                                                                     "tid": 561846046290000 + t.id, "users": ["0xa", "0xb"]} for t in group]}, bundle=3)


@feed("bitstamp.sql", rows=vwap("btcusd"))
async def bitstamp(client):
    client.heartbeat({"event": "bts:heartbeat"}, {"event": "bts:heartbeat", "channel": "", "data": {"status": "success"}})
    await client.hear({"event": "bts:subscribe", "data": {"channel": "live_trades_btcusd"}})
    await client.say({"event": "bts:subscription_succeeded", "channel": "live_trades_btcusd", "data": {}})

    def trade(t):
        told = {"data": {"id": t.id, "timestamp": str(t.at // 1000), "amount": float(t.size), "amount_str": t.size, "price": float(t.price), "price_str": t.price, "type": 0,
                         "microtimestamp": str(t.at * 1000 + 250), "buy_order_id": 1, "sell_order_id": 2}, "channel": "live_trades_btcusd", "event": "trade"}
        # What comes in front of maintenance.
        if client.is_first and t.number == 29:
            return told, {"event": "bts:request_reconnect", "channel": "", "data": ""}
        return told

    await client.play(trade, repeats=0)


@feed("bitmex.sql", rows=vwap("XBTUSD", size=lambda t: t.id))
async def bitmex(client):
    client.check(client.path == "/realtime", client.path)
    client.heartbeat("ping", "pong")
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"info": "Welcome to the BitMEX Realtime API.", "version": "2.0.0", "timestamp": iso(START), "docs": "x", "limit": {"remaining": 39}})
    call = await client.hear({"op": "subscribe", "args": ["trade:XBTUSD"]})
    await client.say({"success": True, "subscribe": "trade:XBTUSD", "request": call})
    kinds = ["partial"]

    def trade(t):
        told = [{"timestamp": t.iso, "symbol": "XBTUSD", "side": "Buy", "size": t.id, "price": float(t.price), "tickDirection": "PlusTick", "trdMatchID": f"00000000-006d-1000-0000-{t.id:012}",
                 "grossValue": None, "homeNotional": None, "foreignNotional": None, "trdType": "Regular"}]
        if not kinds:
            return {"table": "trade", "action": "insert", "data": told}
        return {"table": "trade", "action": kinds.pop(), "keys": [], "types": {"price": "float"}, "filter": {"symbol": "XBTUSD"}, "data": told}

    await client.play(trade)


@feed("coinbase-advanced.sql", rows=vwap("BTC-USD"))
async def coinbase_advanced(client):
    # One channel a message.
    await client.hear({"type": "subscribe", "product_ids": ["BTC-USD"], "channel": "market_trades"})
    await client.hear({"type": "subscribe", "channel": "heartbeats"})
    counter = iter(range(10**6))

    def told(channel, events):
        return {"channel": channel, "client_id": "", "timestamp": iso(START), "sequence_num": next(counter), "events": events}

    await client.say(told("subscriptions", [{"subscriptions": {"heartbeats": ["heartbeats"], "market_trades": ["BTC-USD"]}}]))
    kinds = ["snapshot"]

    def trades(group):
        events = [{"type": kinds.pop() if kinds else "update",
                   "trades": [{"product_id": "BTC-USD", "trade_id": str(t.id), "price": t.price, "size": t.size, "time": t.iso, "side": "BUY"}]} for t in group]
        return told("market_trades", events)

    await client.play(trades, bundle=3, between=lambda: client.say(told("heartbeats", [{"current_time": "2023-11-14 22:13:20 +0000 UTC", "heartbeat_counter": 7}])))


@feed("hitbtc.sql", rows=vwap("BTCUSDT", "ETHUSDT"))
async def hitbtc(client):
    symbols = ("BTCUSDT", "ETHUSDT")
    client.check(client.path == "/api/3/ws/public", client.path)
    await client.hear({"method": "subscribe", "ch": "trades", "params": {"symbols": list(symbols), "limit": 3}, "id": 1})
    await client.say({"result": {"ch": "trades", "subscriptions": list(symbols)}, "id": 1})
    await client.say({"ch": "trades", "snapshot": {symbol: [{"t": START - 1, "i": 1, "p": "1.00", "q": "1.0", "s": "buy"}] for symbol in symbols}})
    await client.play(lambda group: {"ch": "trades", "update": {t.of(symbols): [{"t": t.at, "i": t.id, "p": t.price, "q": t.size, "s": "buy"}] for t in group}}, bundle=2)


@feed("coinex.sql", rows=vwap("BTCUSDT", newest_first=True))
async def coinex(client):
    client.check(client.path == "/v2/spot", client.path)
    client.pack = zipped
    await client.hear({"method": "deals.subscribe", "params": {"market_list": ["BTCUSDT"]}, "id": 1})
    client.heartbeat({"method": "server.ping", "params": {}, "id": lambda number: type(number) is int and number > 1},
                     lambda message: {"id": parsed(message)["id"], "code": 0, "data": {"result": "pong"}, "message": "OK"})
    await client.say({"id": 1, "code": 0, "data": {}, "message": "OK"})
    await client.play(lambda group: {"method": "deals.update", "id": None,
                                     "data": {"market": "BTCUSDT", "deal_list": [{"deal_id": t.id, "created_at": t.at, "side": "buy", "price": t.price, "amount": t.size}
                                                                                   for t in reversed(group)]}}, bundle=2)


@feed("ndax.sql", rows=vwap("BTCCAD"))
async def ndax(client):
    def told(kind, number, name, inner):
        return {"m": kind, "i": number, "n": name, "o": compact(inner)}

    def deals(group):
        return [[t.id, 1, float(t.size), float(t.price), 2, 3, t.at, 0, int(t.is_buy), 0, 0] for t in group]

    client.check(client.path == "/WSGateway", client.path)
    call = await client.hear({"m": 0, "i": 1, "n": "SubscribeTrades", "o": str})
    client.check(json.loads(call["o"]) == {"OMSId": 1, "InstrumentId": 1, "IncludeLastCount": 10}, call["o"])
    client.heartbeat({"m": 0, "i": lambda number: number > 1, "n": "Ping", "o": "{}"}, lambda message: told(1, parsed(message)["i"], "Ping", {"msg": "PONG"}))
    # The answer to the subscription holds the newest trades.
    known = TRADES[:1] if client.is_first else TRADES[HALF - 5 : HALF]
    await client.say(told(1, call["i"], "SubscribeTrades", deals(known)))
    await client.play(lambda group: told(3, 0, "TradeDataUpdateEvent", deals(group)), bundle=2)


# Twenty orders that were filled, and one that was not.
@feed("okx-private.sql", rows=vwap("BTC-USDT"), env={"OKX_KEY": "985d5b66", "OKX_PASSPHRASE": "pass \"word\"", "OKX_SECRET": "22582BD0CFF14C41EDBF1AB98506286D"},
      flaw=("GET/users", "GET/user"))
async def okx_private(client):
    client.check(client.path == "/ws/v5/private", client.path)
    client.heartbeat("ping", "pong")
    call = await client.hear({"op": "login", "args": [{"apiKey": "985d5b66", "passphrase": "pass \"word\"", "timestamp": str, "sign": str}]})
    told = call["args"][0]
    await asyncio.sleep(0.1)
    client.quiet()
    if not is_now(float(told["timestamp"]) * 1000) or told["sign"] != in_base64(signature("22582BD0CFF14C41EDBF1AB98506286D", told["timestamp"] + "GET/users/self/verify")):
        await client.say({"event": "error", "msg": "Invalid sign", "code": "60007", "connId": "a4d3ae55"})
        raise Violation("Invalid sign")
    await client.say({"event": "login", "msg": "", "code": "0", "connId": "a4d3ae55"})
    channel = {"channel": "orders", "instType": "ANY"}
    await client.hear({"op": "subscribe", "args": [channel]})
    await client.say({"event": "subscribe", "arg": channel, "connId": "a4d3ae55"})

    def order(t, filled):
        return {"arg": {**channel, "uid": "77982378738415879"},
                "data": [{"instType": "SPOT", "instId": "BTC-USDT", "ordId": str(t.id), "px": t.price, "sz": "9", "side": "buy", "state": "filled" if filled else "live",
                          "tradeId": str(t.id) if filled else "", "fillPx": t.price if filled else "", "fillSz": t.size if filled else "0",
                          "fillTime": str(t.at) if filled else "", "uTime": str(t.at)}]}

    await client.play(lambda t: (order(t, False), order(t, True)))


@feed("bybit-private.sql", rows=vwap("BTCUSDT"), env={"BYBIT_KEY": "jUXv7xRVG2tMLzHPsG", "BYBIT_SECRET": "oiMCC7aNNCFeqGn1"})
async def bybit_private(client):
    client.check(client.path == "/v5/private", client.path)
    client.heartbeat({"op": "ping"}, {"req_id": "", "op": "pong", "args": ["1700000000000"], "conn_id": "cfcb4ocsvfriu23r3er0"})
    key, expires, sign = (await client.hear({"op": "auth", "args": ["jUXv7xRVG2tMLzHPsG", int, str]}))["args"]
    client.check(expires > time.time() * 1000, "expired")
    client.check(sign == signature("oiMCC7aNNCFeqGn1", f"GET/realtime{expires}").hex(), "error sign")
    await asyncio.sleep(0.1)
    client.quiet()
    await client.say({"success": True, "ret_msg": "", "op": "auth", "conn_id": "cfcb4ocsvfriu23r3er0"})
    await client.hear({"op": "subscribe", "args": ["execution"]})
    await client.say({"success": True, "ret_msg": "", "op": "subscribe", "conn_id": "cfcb4ocsvfriu23r3er0"})
    await client.play(lambda t: {"id": "x", "topic": "execution", "creationTime": t.at,
                                 "data": [{"category": "linear", "symbol": "BTCUSDT", "execId": f"0ab1bdf7-{t.id}", "execPrice": t.price, "execQty": t.size, "execTime": str(t.at),
                                           "isMaker": t.is_buy, "side": "Buy", "execType": "Trade"}]})


def book_changes(number):
    """What each connection tells: a snapshot, then changes, with what is best after each."""
    base = 100 * number
    yield {"bids": [(base - 1, 2), (base - 2, 5)], "asks": [(base + 1, 1), (base + 3, 4)]}, (base - 1, base + 1, 4)
    yield {"bids": [(base - 1, 0)], "asks": []}, (base - 2, base + 1, 3)
    yield {"bids": [(base, 1)], "asks": [(base + 1, 0), (base + 2, 7)]}, (base, base + 2, 4)
    yield {"bids": [], "asks": [(base + 2, 8)]}, (base, base + 2, 4)


# The second snapshot puts the book right again; nothing of the first one is left.
@feed("kraken-book.sql", rows=[{"symbol": "BTC/USD", "bid": float(bid), "ask": float(ask), "levels": levels, "incomplete": False}
                               for number in (1, 2) for _, (bid, ask, levels) in book_changes(number)])
async def kraken_book(client):
    await client.say({"channel": "status", "type": "update", "data": [{"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 12393906104898154338}]})
    await client.hear({"method": "subscribe", "params": {"channel": "book", "symbol": ["BTC/USD"], "depth": 10}})
    await client.say({"method": "subscribe", "success": True, "result": {"channel": "book", "depth": 10, "snapshot": True, "symbol": "BTC/USD"}})
    for i, (sides, _) in enumerate(book_changes(client.number)):
        await client.say({"channel": "book", "type": "update" if i else "snapshot",
                          "data": [{"symbol": "BTC/USD", **{side: [{"price": price, "qty": qty} for price, qty in levels] for side, levels in sides.items()},
                                    "checksum": 2439117997, "timestamp": "2023-11-14T22:13:20.000000Z"}]})
        await client.say({"channel": "heartbeat"})
    if client.is_first:
        await client.end(1001)
    else:
        await client.socket.wait_closed()
        client.leftover()
