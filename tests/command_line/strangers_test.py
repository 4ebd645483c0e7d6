#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the program against clients that mean it ill: what they send, leave unread or ask for in another's name."""
import json
import os
import pathlib
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = sys.argv.pop(1)
# Far above what a server needs, far below what a flood would take.
MOST = 2_000_000_000
GROWTH = 120 << 20
LOUD = ["--rate", "20000"]


def megabytes(process):
    """The most that it has ever held."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10


def frame(opcode, payload, fin=True, length=None):
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | opcode])
    head += bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + struct.pack(">H", size) if size < 65536 else bytes([0xFF]) + struct.pack(">Q", size)
    return head + bytes(4) + payload


class Strangers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.capture = self.tmp / "a.weircap"
        lines = [{"weir_capture": 1, "started": 0, "sources": {}}]
        lines += [{"at": i * 1000, "stream": "T", "text": json.dumps({"s": "x" * 1000, "n": i})} for i in range(20000)]
        self.capture.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def start(self, *args):
        process = subprocess.Popen([WEIR, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST)))

        def end():
            process.kill()
            process.communicate(timeout=10)
        self.addCleanup(end)
        return process

    def exchange(self, *args):
        process = self.start("exchange", "--for", "120s", *args)
        return process, int(process.stdout.readline().rsplit(":", 1)[1])

    def serve(self, *args, address="127.0.0.1:0"):
        process = self.start("replay", self.capture, "--serve", address, *args)
        return process, int(process.stdout.readline().rsplit(":", 1)[1])

    def metrics(self, *args, address="127.0.0.1:0"):
        sql = self.tmp / "a.sql"
        sql.write_text("CREATE STREAM T (s STRING) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" = 'ws://127.0.0.1:9/');"
                       " SELECT s FROM T INSERT INTO O;")
        process = self.start("run", sql, "--metrics-listen", address, *args)
        line = next(line for line in process.stderr if "counters at" in line)
        return process, int(re.search(r":(\d+)/metrics", line)[1])

    def dial(self, port, host="127.0.0.1", family=socket.AF_INET):
        client = socket.socket(family)
        client.settimeout(20)
        client.connect((host, port))
        self.addCleanup(client.close)
        return client

    def ask(self, port, head, host="127.0.0.1", family=socket.AF_INET):
        with socket.socket(family) as client:
            client.settimeout(20)
            client.connect((host, port))
            client.sendall(head.encode() + b"\r\n\r\n")
            answer = b""
            try:
                while part := client.recv(65536):
                    answer += part
            except ConnectionResetError:
                pass
            return answer.decode()

    def status(self, port, head, **more):
        return (self.ask(port, head, **more).split(" ", 2) + ["", ""])[1]

    def upgrade(self, port, path, headers="", host=None):
        client = self.dial(port)
        client.sendall((f"GET {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{headers}"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (part := client.recv(1)):
            answer += part
        return client, answer.decode()

    def push(self, client, data, seconds=20):
        """Sends the same again and again until the other side closes; returns whether it did."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                client.sendall(data)
        except (ConnectionError, TimeoutError):
            return True
        return False

    def read_close(self, client):
        """The code of the close frame behind all others."""
        seen = b""
        try:
            while part := client.recv(65536):
                seen = (seen + part)[-200:]
        except ConnectionResetError:
            pass
        found = seen.rfind(b"\x88")
        return struct.unpack(">H", seen[found + 2:found + 4])[0] if found >= 0 and len(seen) >= found + 4 else None

    # Counters

    def test_counters_are_answered_as_http_wants_it(self):
        _, port = self.metrics()
        head = f"HTTP/1.1\r\nHost: localhost:{port}"
        page = self.ask(port, "GET /metrics " + head)
        self.assertIn("200 OK", page)
        self.assertIn("weir_source_messages_total", page)
        self.assertEqual(len(page.split("\r\n\r\n", 1)[1].encode()), int(re.search(r"Content-Length: (\d+)", page)[1]))
        self.assertEqual(self.ask(port, "HEAD /metrics " + head).split("\r\n\r\n", 1)[1], "")
        self.assertEqual(self.status(port, "GET /metrics?a=b " + head), "200")
        self.assertEqual(self.status(port, "GET / " + head), "200")
        self.assertEqual(self.status(port, "GET /other " + head), "404")
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            self.assertEqual(self.status(port, f"{method} /metrics " + head), "405")
        for wrong in ("GET /metrics HTTP/1.1", "GET", "", "GET /metrics HTTP/1.1\r\nHost:", f"GET /metrics {head}\r\nHost: localhost", "\x16\x03\x01\x02\x00\x01\x00"):
            self.assertEqual(self.status(port, wrong), "400", wrong)

    def test_counters_do_not_grow_by_what_is_sent(self):
        process, port = self.metrics("--for", "120s")
        before = megabytes(process)
        body = self.dial(port)
        body.sendall(f"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000\r\n\r\n".encode())
        self.assertTrue(self.push(body, b"x" * (1 << 20)))
        endless = self.dial(port)
        endless.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n")
        self.assertTrue(self.push(endless, b"X-A: " + b"x" * 1000 + b"\r\n"))
        pipelined = self.dial(port)
        self.assertTrue(self.push(pipelined, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        self.assertEqual(self.status(port, "GET /metrics HTTP/1.1\r\nHost: localhost"), "200")
        self.assertLess(megabytes(process) - before, 8 << 20)

    def test_clients_that_say_nothing_do_not_shut_others_out(self):
        process, port = self.metrics("--for", "120s")
        mute = [self.dial(port) for _ in range(40)]
        slow = mute[0]
        slow.sendall(b"GET /metrics HTTP/1.1\r\n")
        # All but sixteen are turned away at once, the others when their time is up.
        began = time.monotonic()
        for client in mute:
            try:
                self.assertEqual(client.recv(1), b"")
            except ConnectionResetError:
                pass
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(self.status(port, "GET /metrics HTTP/1.1\r\nHost: localhost"), "200")
        process.terminate()
        self.assertIn("a client was turned away: there are 16 already", process.stderr.read())

    def test_a_client_that_does_not_read_its_answer_is_let_go(self):
        _, port = self.metrics("--for", "120s")
        for _ in range(20):
            client = self.dial(port)
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # None of the twenty has closed; the next one is answered once they have been.
        until = time.monotonic() + 15
        while self.status(port, "GET /metrics HTTP/1.1\r\nHost: localhost") != "200":
            self.assertLess(time.monotonic(), until)

    # Names

    def test_only_its_own_names_are_answered(self):
        _, port = self.metrics("--allow-host", "metrics.example", "--allow-host", "10.9.8.7")
        good = ("localhost", "LOCALHOST.", f"localhost:{port}", f"127.0.0.1:{port}", "127.0.0.2", "[::1]", "metrics.example", "Metrics.Example:80", "10.9.8.7")
        bad = ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "192.168.0.1", "[::2]", "user@localhost",
               "localhost/x", "localhost:x", "lo\xe9calhost", ":80", "[", "*")
        for host in good:
            self.assertEqual(self.status(port, f"GET /metrics HTTP/1.1\r\nHost: {host}"), "200", host)
        for host in bad:
            self.assertIn(self.status(port, f"GET /metrics HTTP/1.1\r\nHost: {host}"), ("403", "400"), host)
        for origin in ("http://evil.example", f"http://evil.example:{port}", "null", "file://", "localhost", "http://localhost@evil.example"):
            self.assertEqual(self.status(port, f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}"), "403", origin)
        self.assertEqual(self.status(port, f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000"), "200")

    def test_web_pages_of_others_reach_no_feed(self):
        for process, port in (self.exchange(), self.serve("--speed", "1")):
            path = "/ws/btcusdt@trade" if process.args[1] == "exchange" else "/T"
            self.assertIn(" 101 ", self.upgrade(port, path)[1])
            self.assertIn(" 101 ", self.upgrade(port, path, "Origin: http://localhost:8000\r\n")[1])
            self.assertIn(" 403 ", self.upgrade(port, path, "Origin: https://evil.example\r\n")[1])
            self.assertIn(" 403 ", self.upgrade(port, path, host="evil.example")[1])
        _, port = self.serve("--allow-host", "feeds.example")
        self.assertIn(" 101 ", self.upgrade(port, "/T", "Origin: http://feeds.example\r\n", host="feeds.example")[1])

    def test_listening_to_all_is_warned_of(self):
        for process, port in (self.metrics(address="0.0.0.0:0"), self.serve(address="0.0.0.0:0")):
            self.assertIn("can be reached from other machines", process.stderr.readline())
            self.assertIn("127.0.0.1 keeps it", process.stderr.readline())
        process, _ = self.serve()
        process.terminate()
        self.assertEqual(process.stderr.read(), "")

    # Feeds

    def test_a_client_that_does_not_read_is_dropped(self):
        process, port = self.exchange(*LOUD)
        before = megabytes(process)
        deaf = [self.upgrade(port, "/ws/btcusdt@trade/ethusdt@trade")[0] for _ in range(6)]
        self.assertIn("a client that does not read was dropped", process.stderr.readline())
        good, answer = self.upgrade(port, "/ws/btcusdt@trade")
        self.assertIn(" 101 ", answer)
        self.assertIn(b"BTCUSDT", good.recv(1000))
        self.assertLess(megabytes(process) - before, GROWTH)
        self.assertEqual(len(deaf), 6)

    def test_a_capture_waits_for_a_client_that_does_not_read(self):
        process, port = self.serve()
        before = megabytes(process)
        deaf = [self.upgrade(port, "/T")[0] for _ in range(8)]
        done = subprocess.run([WEIR, "tap", f"ws://127.0.0.1:{port}/T", "--for", "20s"], capture_output=True, text=True, timeout=40)
        self.assertEqual(len(done.stdout.splitlines()), 20000)
        self.assertLess(megabytes(process) - before, GROWTH)
        self.assertEqual(len(deaf), 8)

    def test_pings_are_answered_no_faster_than_they_are_read(self):
        for process, port in (self.exchange("--rate", "0"), self.serve("--speed", "1")):
            before = megabytes(process)
            client, _ = self.upgrade(port, "/ws/btcusdt@trade" if process.args[1] == "exchange" else "/T")
            self.assertTrue(self.push(client, frame(0x9, b"p" * 125) * 500), "still open")
            self.assertIn("a client that does not read was dropped", process.stderr.readline())
            self.assertLess(megabytes(process) - before, 40 << 20)

    def test_messages_are_bounded(self):
        for start in (lambda: self.exchange("--rate", "0"), lambda: self.serve("--speed", "1")):
            process, port = start()
            path = "/dashboard" if process.args[1] == "exchange" else "/T"
            before = megabytes(process)
            fits, _ = self.upgrade(port, path)
            fits.sendall(frame(0x1, b"x" * (1 << 20)) + frame(0x9, b"still there"))
            seen = b""
            while b"still there" not in seen:
                seen += (part := fits.recv(65536))
                self.assertTrue(part)
            for flood in (frame(0x1, b"x" * ((1 << 20) + 1)), frame(0x2, b"", length=1 << 62), frame(0x1, b"x" * (3 << 20))):
                client, _ = self.upgrade(port, path)
                try:
                    client.sendall(flood)
                except ConnectionError:
                    pass
                self.assertIn(self.read_close(client), (1009, 1002, None))
            for opcode in (0x1, 0x2):
                client, _ = self.upgrade(port, path)
                client.sendall(frame(opcode, b"begin", fin=False))
                self.assertTrue(self.push(client, frame(0x0, b"x" * 65000, fin=False)))
            self.assertLess(megabytes(process) - before, 40 << 20)
            self.assertIn(" 101 ", self.upgrade(port, path)[1])

    def test_clients_come_and_go(self):
        process, port = self.serve("--speed", "1")
        for _ in range(80):
            client, answer = self.upgrade(port, "/T")
            self.assertIn(" 101 ", answer)
            client.close()
        held = [self.upgrade(port, "/T")[0] for _ in range(32)]
        extra = self.dial(port)
        try:
            self.assertEqual(extra.recv(1), b"")
        except ConnectionResetError:
            pass
        held[0].close()
        self.assertIn("turned away: there are 32 already", process.stderr.readline())
        while " 101 " not in (self.upgrade_if_open(port)):
            pass

    def upgrade_if_open(self, port):
        try:
            return self.upgrade(port, "/T")[1]
        except ConnectionError:
            return ""


if __name__ == "__main__":
    unittest.main(verbosity=1)
