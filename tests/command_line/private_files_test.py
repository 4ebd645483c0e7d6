#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program writes is its user's alone, whatever the umask; windows meet where nobody else can."""
import json
import os
import pathlib
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = sys.argv.pop(1)
UMASKS = (0o000, 0o022, 0o077)


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


class PrivateFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.run_dir = self.tmp / "run"
        self.run_dir.mkdir(mode=0o700)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_") and k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.env.update(QT_QPA_PLATFORM="offscreen", HOME=str(self.tmp / "home"), XDG_RUNTIME_DIR=str(self.run_dir), TMPDIR=str(self.tmp))
        (self.tmp / "home").mkdir()

    def weir(self, *args, umask=0o022, **more):
        return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=60, env=self.env, preexec_fn=lambda: os.umask(umask), **more)

    def start(self, *args, umask=0o022):
        process = subprocess.Popen([WEIR, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.env,
                                   preexec_fn=lambda: os.umask(umask))

        def end():
            process.kill()
            process.communicate(timeout=10)
        self.addCleanup(end)
        return process

    def until(self, condition, what):
        end = time.monotonic() + 20
        while not (found := condition()):
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)
        return found

    def window(self, folder, *args, umask=0o022):
        """A window that listens, and its socket."""
        before = set(self.run_dir.iterdir())
        process = self.start("--data-folder", folder, *args, umask=umask)
        name = self.until(lambda: [p for p in set(self.run_dir.iterdir()) - before], "no socket")[0]
        return process, name

    def end(self, process):
        process.terminate()
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)

    def test_captures_and_rows_are_the_users_alone(self):
        exchange = self.start("exchange", "--rate", "50", "--for", "60s")
        url = exchange.stdout.readline().strip() + "/ws/btcusdt@trade"
        sql = self.tmp / "a.sql"
        sql.write_text(f"CREATE STREAM T (s STRING) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" = '{url}'); SELECT s FROM T INSERT INTO O;")
        for umask in UMASKS:
            files = [self.tmp / f"{name}-{umask:o}" for name in ("capture", "recording", "rows", "replayed")]
            capture, recording, rows, replayed = files
            self.assertEqual(self.weir("record", url, "-o", capture, "--for", "300ms", umask=umask).returncode, 0)
            self.assertEqual(self.weir("run", sql, "--record", recording, "-o", rows, "--for", "500ms", umask=umask).returncode, 0)
            self.assertEqual(self.weir("replay", recording, sql, "-o", replayed, umask=umask).returncode, 0)
            for file in files:
                self.assertEqual(mode(file), 0o600, f"{file} with {umask:o}")
                self.assertGreater(file.stat().st_size, 0)
        # Who wants others to read a file makes it before.
        shared = self.tmp / "shared"
        shared.touch()
        shared.chmod(0o644)
        self.assertEqual(self.weir("replay", recording, sql, "-o", shared).returncode, 0)
        self.assertEqual(mode(shared), 0o644)
        link = self.tmp / "link"
        link.symlink_to(self.tmp / "led-to")
        self.assertEqual(self.weir("replay", recording, sql, "-o", link, umask=0).returncode, 0)
        self.assertEqual(mode(self.tmp / "led-to"), 0o600)

    def test_the_data_folder_is_the_users_alone(self):
        for umask in UMASKS:
            for given in (self.tmp / f"data-{umask:o}" / "deep", None):
                with self.subTest(umask=umask, given=given):
                    self.env["HOME"] = str(self.tmp / "home" / f"{umask:o}")
                    folder = given or pathlib.Path(self.env["HOME"]) / ".local" / "share" / "weir"
                    run = self.start(*(["--data-folder", given] if given else []), "--new-instance", "--run", self.script(), umask=umask)
                    wanted = {"session.json", "history.jsonl", "results.sqlite", "results.sqlite-wal", "results.sqlite-shm", "session.json.lock"}
                    self.until(lambda: folder.exists() and wanted - {"session.json"} <= set(os.listdir(folder)), f"not all of {wanted}")
                    for name in os.listdir(folder):
                        self.assertEqual(mode(folder / name), 0o600, name)
                    self.end(run)
                    self.assertTrue((folder / "session.json").exists())
                    self.assertEqual(mode(folder), 0o700)
                    for name in os.listdir(folder):
                        self.assertEqual(mode(folder / name), 0o600, name)

    def script(self):
        sql = self.tmp / "demo.sql"
        sql.write_text("CREATE STREAM T (s STRING) WITH (type = 'source', extension = 'websocket', format = 'json', \"websocket.url\" = 'ws://127.0.0.1:9/');"
                       " SELECT s FROM T INSERT INTO O;")
        return sql

    def test_what_earlier_versions_left_open_is_closed(self):
        folder = self.tmp / "data"
        folder.mkdir(mode=0o755)
        names = ["session.json", "session-2.json", "session.broken.json", "history.jsonl", "results.sqlite.broken-20260101-000000", "old.weircap"]
        for name in names:
            (folder / name).write_text("{}" if name.startswith("session") else "")
            (folder / name).chmod(0o666)
        process, _ = self.window(folder)
        self.assertEqual(mode(folder), 0o700)
        self.assertEqual({name: mode(folder / name) for name in names if (folder / name).exists()}, {name: 0o600 for name in names if (folder / name).exists()})
        self.end(process)

    def test_what_is_not_its_own_keeps_its_rights(self):
        folder = self.tmp / "shared"
        folder.mkdir()
        folder.chmod(0o755)
        (folder / "page.html").write_text("for all")
        (folder / "page.html").chmod(0o644)
        elsewhere = self.tmp / "elsewhere"
        elsewhere.write_text("")
        elsewhere.chmod(0o644)
        (folder / "history.jsonl").symlink_to(elsewhere)
        process, _ = self.window(folder)
        self.end(process)
        self.assertEqual((mode(folder), mode(folder / "page.html"), mode(elsewhere)), (0o755, 0o644, 0o644))
        self.assertEqual(mode(folder / "session.json"), 0o600)

    # Windows that meet

    def test_a_second_start_hands_over_at_a_place_of_the_users_own(self):
        folder = self.tmp / "data"
        process, name = self.window(folder, umask=0)
        self.assertEqual(name.parent, self.run_dir)
        self.assertTrue(stat.S_ISSOCK(name.lstat().st_mode))
        done = self.weir("--data-folder", folder, self.script())
        self.assertEqual(done.returncode, 0)
        self.assertIn("runs already", done.stderr)
        self.end(process)
        # One that was killed leaves a name that the next start takes.
        process, name = self.window(folder)
        process.kill()
        process.communicate(timeout=10)
        self.assertTrue(name.exists())
        process = self.start("--data-folder", folder)
        self.until(lambda: self.weir("--data-folder", folder).returncode == 0 if self.listens(name) else False, "does not listen")
        self.end(process)

    def listens(self, name):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(name)) == 0

    def name_of(self, folder):
        process, name = self.window(folder)
        self.end(process)
        return name

    def test_without_a_runtime_folder_it_is_a_private_one(self):
        for wrong in (None, "relative", "open", "long"):
            with self.subTest(wrong):
                runtime = self.tmp / ("x" * 90 if wrong == "long" else "open")
                runtime.mkdir(exist_ok=True)
                runtime.chmod(0o700 if wrong == "long" else 0o755)
                self.env.pop("XDG_RUNTIME_DIR", None)
                if wrong:
                    self.env["XDG_RUNTIME_DIR"] = str(runtime) if wrong in ("open", "long") else wrong
                meeting = self.tmp / f"weir-{os.geteuid()}"
                process = self.start("--data-folder", self.tmp / "data", umask=0)
                self.until(lambda: meeting.exists() and any(meeting.iterdir()), "no socket")
                self.assertEqual(mode(meeting), 0o700)
                self.assertEqual(list(runtime.iterdir()), [])
                self.end(process)
        # Somebody else may have been there before.
        for wrong in ("open", "link", "file"):
            with self.subTest(wrong):
                os.rename(meeting, self.tmp / f"was-{wrong}")
                if wrong == "open":
                    meeting.mkdir()
                    meeting.chmod(0o777)
                elif wrong == "link":
                    meeting.symlink_to(self.run_dir)
                else:
                    meeting.write_text("")
                done = self.weir("--data-folder", self.tmp / "data")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(f"{meeting}, where windows meet, is not a folder of yours alone", done.stderr)
                self.assertIn("--new-instance", done.stderr)

    def test_a_name_that_somebody_else_holds_is_an_error(self):
        folder = self.tmp / "data"
        name = self.name_of(folder)
        self.assertFalse(name.exists())
        for kind in ("file", "folder", "link"):
            with self.subTest(kind):
                {"file": lambda: name.write_text(""), "folder": name.mkdir, "link": lambda: name.symlink_to(self.tmp / "nowhere")}[kind]()
                done = self.weir("--data-folder", folder)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(f"{name}, where windows meet, is no socket of yours", done.stderr)
                name.rmdir() if kind == "folder" else name.unlink()
        for answer in (b"no\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"):
            with self.subTest(answer), socket.socket(socket.AF_UNIX) as holder:
                holder.bind(str(name))
                holder.listen()
                process = self.start("--data-folder", folder)
                client, _ = holder.accept()
                client.recv(1000)
                client.sendall(answer)
                _, told = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 1, told)
                self.assertIn("held by a program that is no Weir", told)
                client.close()
                name.unlink()

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_a_name_that_another_user_holds_is_an_error(self):
        folder = self.tmp / "data"
        name = self.name_of(folder)
        ready, told = os.pipe()
        holder = os.fork()
        if holder == 0:
            try:
                server = socket.socket(socket.AF_UNIX)
                server.bind(str(name))
                os.setuid(65534)
                server.listen()
                os.write(told, b".")
                client, _ = server.accept()
                client.sendall(b"ok\n")
                signal.pause()
            finally:
                os._exit(0)
        try:
            os.read(ready, 1)
            done = self.weir("--data-folder", folder, self.script())
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("is held by a program of the user with the number 65534", done.stderr)
            self.assertIn("--new-instance", done.stderr)
        finally:
            os.kill(holder, signal.SIGKILL)
            os.waitpid(holder, 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_a_window_takes_nothing_from_another_user(self):
        process, name = self.window(self.tmp / "data")
        connected, heard = os.pipe()
        stranger = os.fork()
        if stranger == 0:
            answer = b"failed"
            try:
                # The folder would keep it out.
                for path in (self.run_dir, name, self.tmp):
                    os.chmod(path, 0o777)
                os.setuid(65534)
                client = socket.socket(socket.AF_UNIX)
                client.connect(str(name))
                answer = b"-"
                client.sendall(json.dumps(["/etc/hostname"]).encode() + b"\n")
                answer = client.recv(10) or b"-"
            except ConnectionError:
                pass
            finally:
                os.write(heard, answer)
                os._exit(0)
        self.assertEqual(os.read(connected, 10), b"-")
        os.waitpid(stranger, 0)
        self.end(process)


if __name__ == "__main__":
    unittest.main(verbosity=1)
