#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a program's ELF header and a unit file: hardening_test.py PROGRAM UNIT [plain]. `plain` asks for no compiler flags: a debug build or one with
sanitizers."""
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

program, unit, plain = sys.argv[1], pathlib.Path(sys.argv[2]), "plain" in sys.argv[3:]
MOST_EXPOSURE = 2.0


def readelf(*options):
    return subprocess.run(["readelf", "-W", *options, program], capture_output=True, text=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


class Program(unittest.TestCase):
    def test_libraries_come_from_the_system_or_from_absolute_folders(self):
        dynamic = readelf("-d")
        self.assertIn("(NEEDED)", dynamic)
        for path in re.findall(r"\((?:RPATH|RUNPATH)\)\s+Library r(?:un)?path: \[(.*)\]", dynamic):
            # An empty entry is the current folder.
            for entry in path.split(":"):
                self.assertTrue(entry.startswith("/"), f"'{entry}' in {path}")

    @unittest.skipIf(plain, "built without")
    def test_mistakes_in_memory_are_bounded(self):
        dynamic, segments, symbols = readelf("-d"), readelf("-l"), readelf("--dyn-syms")
        self.assertRegex(dynamic, r"FLAGS_1\).*\bNOW\b.*\bPIE\b")
        self.assertIn("GNU_RELRO", segments)
        self.assertRegex(segments, r"GNU_STACK\s+\S+ \S+ \S+ \S+ \S+ RW ")
        self.assertNotRegex(segments, r"LOAD\s+\S+ \S+ \S+ \S+ \S+ RWE")
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__\w+_chk\b")
        if platform.machine() == "x86_64":
            self.assertIn("IBT, SHSTK", readelf("-n"))


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd")
class Unit(unittest.TestCase):
    def test_the_service_can_do_little_beside_its_work(self):
        with tempfile.TemporaryDirectory() as folder:
            instance = pathlib.Path(folder) / "weir@test.service"
            instance.write_text(unit.read_text())
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", instance], capture_output=True, text=True, timeout=60)
        exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[1])
        self.assertLessEqual(exposure, MOST_EXPOSURE, done.stdout)
        self.assertIn("UMask=0077\n", unit.read_text())


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main(verbosity=1)
