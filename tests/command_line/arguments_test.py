#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written on the command line: names, addresses, files that must differ, words that are no command."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

WEIR = sys.argv.pop(1)
COMPLETION = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "weir.bash-completion"
SQL = "CREATE STREAM T (s STRING);\nSELECT s FROM T INSERT INTO O;\n"


def weir(*args, timeout=30, **more):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=timeout, **more)


class Arguments(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.sql = self.tmp / "a.sql"
        self.sql.write_text(SQL)
        self.capture = self.tmp / "a.weircap"
        lines = [{"weir_capture": 1, "started": 0, "sources": {}}, *({"at": i, "stream": "T", "text": json.dumps({"s": str(i)})} for i in range(3))]
        self.capture.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))

    def serve(self, address):
        server = subprocess.Popen([WEIR, "replay", str(self.capture), "--serve", address], stdout=subprocess.PIPE, text=True)

        def end():
            server.terminate()
            server.communicate(timeout=10)
        self.addCleanup(end)
        return server.stdout.readline().strip()

    def fails(self, code, said, *args, **more):
        done = weir(*args, **more)
        self.assertEqual(done.returncode, code, f"{args}: {done.stderr}")
        self.assertIn(said, done.stderr)
        return done

    def test_an_option_that_may_come_again_takes_one_value(self):
        done = weir("replay", "--stream", "O", self.capture, self.sql)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 3), done.stderr)
        done = weir("replay", "--stream", "O", "--stream", "T", self.capture, self.sql)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 6), done.stderr)
        for option in (["-x", "hi"], ["-H", "A: b"], ["-H", "A: b", "-H", "C: d"]):
            self.fails(3, "Connection refused", "tap", *option, "ws://127.0.0.1:1/")

    def test_a_mistyped_command_is_no_file(self):
        self.fails(2, "no such command or file 'rum'; did you mean 'run'?", "rum")
        self.fails(2, "did you mean 'replay'?", "repaly", self.capture, self.sql, "--speed", "max")
        self.fails(2, "no such command or file 'nothing-like-it'\n", "--theme", "dark", "nothing-like-it")
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        for option in (["--run"], ["--screenshot", self.tmp / "x.png", "--screenshot-after", "0"]):
            self.fails(1, "cannot read missing.sql", *option, "missing.sql", env=env)
        self.assertFalse((self.tmp / "x.png").exists())

    def test_the_demos_window_takes_no_options_of_a_run(self):
        for option in (["--for", "1s"], ["-o", self.tmp / "x"], ["--flush"], ["--no-progress"]):
            self.fails(2, "needs --headless", "demo", *option)
        self.assertFalse((self.tmp / "x").exists())

    def test_a_display_that_cannot_be_opened_is_no_crash(self):
        env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
        for more in ({"DISPLAY": ":59123"}, {"QT_QPA_PLATFORM": "nonsense"}):
            done = self.fails(1, "weir: there is no display", env={**env, **more})
            self.assertIn("weir run FILE", done.stderr)
            self.assertNotIn("Reinstalling", done.stderr)

    def test_sizes(self):
        for wrong in ("foo", "1440", "1440x", "x900", "0x900", "-5x900", "1440x900x2", "99999x900", ""):
            self.fails(2, "--size", f"--size={wrong}")

    def test_outputs_differ_from_each_other(self):
        link = self.tmp / "link"
        link.symlink_to("there")
        (self.tmp / "there").write_text("old")
        for command in (["run", self.sql, "-o", self.tmp / "x", "--metrics", f"{self.tmp}/./x"], ["run", self.sql, "--record", self.tmp / "x", "--metrics", self.tmp / "x"],
                        ["replay", self.capture, self.sql, "-o", link, "--metrics", self.tmp / "there"], ["replay", self.capture, self.sql, "--metrics", self.capture],
                        ["record", self.sql, "-o", self.sql]):
            self.assertEqual(weir(*command).returncode, 2, command)
        self.fails(2, "", "run", "x", "-o", self.tmp / "x", cwd=self.tmp)
        self.assertFalse((self.tmp / "x").exists())
        self.assertEqual((self.tmp / "there").read_text(), "old")
        self.assertEqual(weir("replay", self.capture, self.sql, "-o", "/dev/null", "--metrics", "/dev/null").returncode, 0)
        with self.sql.open() as text:
            self.fails(2, "would be written over", "run", "-", "-o", self.sql, stdin=text)
        self.assertEqual(self.sql.read_text(), SQL)

    def test_a_metrics_file_that_cannot_be_written_is_told_at_once(self):
        done = self.fails(1, "cannot write /nonexistent/m.json", "replay", self.capture, self.sql, "--metrics", "/nonexistent/m.json")
        self.assertEqual(done.stdout, "")
        self.fails(1, "cannot write /nonexistent/m.json", "demo", "--headless", "--for", "10min", "--metrics", "/nonexistent/m.json")

    def test_addresses(self):
        for wrong in ("nowhere", "127.0.0.1", ":9464", "localhost:", "localhost:70000", "::1:9464", "[127.0.0.1]:0", "[]:0"):
            self.fails(2, "ADDRESS:PORT", "run", self.sql, "--metrics-listen", wrong)
            self.fails(2, "ADDRESS:PORT", "replay", self.capture, "--serve", wrong)
        for address, url in (("localhost:0", "ws://127.0.0.1:"), ("[::1]:0", "ws://[::1]:")):
            if address.startswith("[") and not os.path.exists("/proc/net/if_inet6"):
                continue
            self.assertIn(url, self.serve(address))
            done = weir("demo", "--headless", "--for", "500ms", "-o", "/dev/null", "--metrics-listen", address)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("counters at " + url.replace("ws:", "http:"), done.stderr)

    def test_a_taken_port_is_5(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for command in (["demo", "--headless", "--for", "5s", "--metrics-listen", f"127.0.0.1:{port}"], ["exchange", "--port", port],
                            ["replay", self.capture, "--serve", f"127.0.0.1:{port}"]):
                done = self.fails(5, "cannot listen on", *command)
                self.assertNotIn("qt.", done.stderr)

    def test_a_dash_is_standard_input_or_output(self):
        self.assertEqual(weir("check", "-", input=SQL).returncode, 0)
        self.assertIn("O", weir("explain", "-", input=SQL).stdout)
        self.assertIn("SELECT s", weir("fmt", "-", input="select s from T").stdout)
        self.fails(1, "no source feeds T", "run", "-", input=SQL)
        done = weir("replay", self.capture, "-", "-o", "-", input=SQL, cwd=self.tmp)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 3), done.stderr)
        self.assertFalse((self.tmp / "-").exists())
        self.fails(2, "cannot both come from standard input", "replay", "-", "-")
        for option in ("--record", "--metrics"):
            self.fails(2, "cannot be standard output", "run", self.sql, option, "-")
        recorded = weir("record", self.serve("127.0.0.1:0") + "/T", "-o", "-", "--for", "1s")
        self.assertTrue(recorded.stdout.startswith('{"weir_capture"'), recorded.stderr)

    def test_a_folder_on_standard_input(self):
        for command in ("run", "check", "fmt", "explain"):
            folder = os.open(self.tmp, os.O_RDONLY)
            self.fails(1, "cannot read standard input: it is a folder", command, "-", stdin=folder)
            os.close(folder)

    def test_a_capture_is_not_taken_for_a_text(self):
        for command in (["run", self.capture], ["check", self.capture], ["explain", self.capture], ["fmt", self.capture], ["record", self.capture, "-o", self.tmp / "x"],
                        ["replay", self.sql, self.capture]):
            self.fails(1, "is a capture, not SQL\nhint: weir replay CAPTURE FILE", *command)
        self.fails(1, "it is a folder", "replay", self.tmp, self.sql)
        self.fails(1, "it is a folder", "replay", self.tmp, "--serve", "127.0.0.1:0")

    def test_a_missing_keychain_is_named(self):
        env = dict(os.environ, DBUS_SESSION_BUS_ADDRESS="unix:path=/dev/null/bus")
        done = self.fails(1, "no keychain is available", "secret", "TOKEN", input="x\n", env=env)
        self.assertIn("${env:TOKEN}", done.stderr)
        self.assertNotIn("hint", self.fails(1, "no keychain is available", "secret", "--remove", "TOKEN", env=env).stderr)

    def test_bash_completes_values(self):
        for words, offered in (("run --format ", "table jsonl csv"), ("check --format ", "text json"), ("replay a b --speed 1", "1 10"),
                               ("--theme d", "dark"), ("demo --log-format ", "text json"), ("run --log-level w", "warning"), ("run -f c", "csv")):
            script = f'source "{COMPLETION}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir; echo "${{COMPREPLY[*]}}"'
            done = subprocess.run(["bash", "-c", script, "bash", "weir", *words.split(" ")], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.stdout.strip(), offered, f"{words}: {done.stderr}")


if __name__ == "__main__":
    unittest.main(verbosity=1)
