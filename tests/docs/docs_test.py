#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every SQL block of the documentation is checked, every `weir` line is understood, every link leads somewhere."""
import pathlib
import re
import subprocess
import sys
import tempfile

weir, root = sys.argv[1], pathlib.Path(sys.argv[2])
failed = passed = 0


def say(ok, what):
    global failed, passed
    passed, failed = passed + ok, failed + (not ok)
    if not ok:
        print("FAIL " + what)


def commands():
    text = subprocess.run([weir, "--help-all"], capture_output=True, text=True, timeout=20).stdout
    return text


HELP = commands()
pages = [root / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((root / "docs").rglob("*.md"))
for page in pages:
    text = page.read_text()
    for block in re.findall(r"```sql\n(.*?)```", text, re.S):
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(block)
            file.flush()
            done = subprocess.run([weir, "check", file.name], capture_output=True, text=True, timeout=20)
            say(done.returncode == 0, f"{page.name}: {done.stderr.strip()}\n{block}")
    for line in re.findall(r"```sh\n(.*?)```", text, re.S):
        for command in line.splitlines():
            words = re.search(r"(?:^|\| )weir (\w+)(.*)$", command.strip())
            if not words:
                continue
            say(re.search(rf"^\s*{words[1]}\b", HELP, re.M) is not None, f"{page.name}: no command {words[1]}")
            for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", words[2]):
                say(option in HELP, f"{page.name}: no option {option} in: {command}")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in link:
            say((page.parent / link).exists(), f"{page.name}: broken link {link}")
for example in sorted((root / "resources/examples").glob("*.sql")):
    done = subprocess.run([weir, "check", str(example)], capture_output=True, text=True, timeout=20)
    say(done.returncode == 0, f"{example.name}: {done.stderr}")
    done = subprocess.run([weir, "fmt", "--check", str(example)], capture_output=True, text=True, timeout=20)
    say(done.returncode == 0, f"{example.name}: weir fmt would change it")
done = subprocess.run([weir, "demo", "--headless", "--for", "3s", "-f", "jsonl"], capture_output=True, text=True, timeout=30)
say(done.returncode == 0 and done.stdout.count("\n") > 0, "the tutorial's demo gave no rows: " + done.stderr)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or passed < 20 else 0)
