#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation holds: SQL is checked, options are those of their command, links lead somewhere, and the pages a reader
follows step by step are run. tests/docs/README.md says how blocks are marked."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

weir, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
# In this order and in one folder: the later ones use the tutorial's files.
RUN = ("docs/tutorial.md", "docs/howto/any-feed.md", "docs/howto/captures.md", "docs/howto/headless.md", "docs/howto/order-books.md")
EXCHANGE = "ws://127.0.0.1:41733"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.S | re.M)
ENDLESS = re.compile(r"\bweir (?:run|tap|record|demo)\b")
failed = passed = 0


def say(ok, what):
    global failed, passed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAIL " + what)


def call(*words, **more):
    return subprocess.run([weir, *map(str, words)], capture_output=True, text=True, timeout=60, **more)


def options_of(command):
    """The options that `weir COMMAND --help` lists, or None for what is no command."""
    done = call(*([command] if command else []), "--help")
    if done.returncode != 0 or (command and "Usage:" not in done.stdout):
        return None
    heads = re.findall(r"^  (-[^\s:=]*)", done.stdout, re.M)
    return {option for head in heads for option in head.split(",")}


TOP = call("--help").stdout
COMMANDS = {name: options_of(name) for name in re.findall(r"^  (\w+)  ", TOP[TOP.index("Subcommands:"):], re.M)}
COMMANDS[""] = options_of("")
say(len(COMMANDS) > 10 and all(COMMANDS.values()), f"--help cannot be read: {COMMANDS}")


def check_line(page, line):
    for part in re.split(r"\||&&|;", re.sub(r"'[^']*'", "TEXT", line)):
        words = re.match(r"\s*weir\b(.*)", part)
        if not words:
            continue
        words = words[1].split()
        command = words[0] if words and words[0] in COMMANDS else ""
        if words and not command and re.fullmatch(r"[a-z]+", words[0]):
            say(False, f"{page}: no command {words[0]}")
            continue
        for option in (word.split("=")[0] for word in words if re.match(r"--?[A-Za-z]", word)):
            say(option in COMMANDS[command], f"{page}: weir {command} has no option {option}: {line}")


def check_sql(page, text):
    done = call("check", "-", input=text)
    say(done.returncode == 0, f"{page}: {done.stderr.strip()}\n{text}")


class Runner:
    """Runs a page's blocks in a folder, as a reader would in a terminal."""

    def __init__(self, folder):
        self.folder = folder
        self.url = None
        self.servers = []
        (folder / "bin").mkdir()
        (folder / "bin" / "weir").symlink_to(weir)
        # The programs see this one folder and no desktop.
        self.env = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}", QT_QPA_PLATFORM="offscreen", HOME=str(folder))

    def serve(self, page, line):
        server = subprocess.Popen(line, shell=True, executable="/bin/bash", cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, start_new_session=True)
        self.servers.append(server)
        url = server.stdout.readline().strip()
        say(url.startswith("ws://127.0.0.1:"), f"{page}: {line}: {url}")
        return url

    def run(self, page, line):
        if re.match(r"weir exchange\b", line):
            self.url = self.url or self.serve(page, "exec " + line)
            return
        if "--serve " in line:
            self.serve(page, "exec " + re.sub(r"(--serve \S+):\d+", r"\1:0", line))
            return
        # A line without an end of its own gets one; a port that may be taken is left to the system.
        short = re.sub(r"(--metrics-listen \S+):\d+", r"\1:0", line.replace(EXCHANGE, self.url or EXCHANGE))
        if ENDLESS.search(short) and "--for" not in short:
            short += " --for 2s"
        done = subprocess.run(short, shell=True, executable="/bin/bash", cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=60)
        say(done.returncode == 0, f"{page}: {short}: exit {done.returncode}\n{done.stdout[-500:]}{done.stderr[-500:]}")
        written = re.search(r"(?:-o|--record|--metrics|>>) (\S+)", short)
        if written:
            say((self.folder / written[1]).stat().st_size > 0, f"{page}: {short}: {written[1]} is empty")
        elif re.match(r"weir (run|tap|demo|replay)\b", short):
            say(done.stdout, f"{page}: {short}: printed nothing\n{done.stderr[-500:]}")

    def page(self, name, text):
        begun = set()
        for language, tag, body in BLOCK.findall(text):
            if language == "sql" and tag:
                with open(self.folder / tag, "a" if tag in begun else "w") as file:
                    file.write(body.replace(EXCHANGE, self.url or EXCHANGE))
                begun.add(tag)
            if language == "sh" and not tag:
                for line in body.replace("\\\n", "").splitlines():
                    self.run(name, line)

    def close(self):
        for server in self.servers:
            server.terminate()
            server.wait(10)
            server.stdout.close()


pages = [root / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((root / "docs").rglob("*.md"))
for page in pages:
    text = page.read_text()
    say(text.count("\n```") % 2 == 0, f"{page.name}: a block is not closed")
    files = {}
    for language, tag, body in BLOCK.findall(text):
        if language == "sql" and tag:
            files[tag] = files.get(tag, "") + body
            check_sql(page.name, files[tag])
        elif language == "sql":
            check_sql(page.name, body)
        elif language == "sh":
            say(tag in ("", "example"), f"{page.name}: a shell block is marked `example` or not at all, not `{tag}`")
            for line in body.replace("\\\n", "").splitlines():
                check_line(page.name, line)
    for link in re.findall(r"\]\(([^)#]+)\)", BLOCK.sub("", text)):
        if "://" in link:
            continue
        target = (page.parent / link).resolve()
        say(target.exists(), f"{page.name}: broken link {link}")
        # The program and the package show docs/ alone; its index is for the source tree.
        if page.is_relative_to(root / "docs") and page.name != "README.md":
            say(target.is_relative_to((root / "docs").resolve()), f"{page.name}: {link} leads out of docs/, where the program's help cannot follow")
shown = (root / "docs" / "help.qrc").read_text()
for page in sorted((root / "docs").rglob("*.md")):
    say(page.name == "README.md" or f">{page.relative_to(root / 'docs')}<" in shown, f"{page.name} is not in help.qrc")
# So are the pictures of the pages; the package has those below images/bench.
for page in sorted((root / "docs").rglob("*.md")):
    for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
        picture = (page.parent / link).resolve().relative_to((root / "docs").resolve())
        say(f">{picture}<" in shown and picture.is_relative_to("images/bench"), f"{page.name}: {link} is not in help.qrc, or not in the package")
# A page that shows a file shows all of it.
for page, files in (("exchanges.md", [root / "resources/examples/kraken.sql"]), ("embedding.md", [root / "resources/examples/embedding/main.cpp"])):
    blocks = {tag: body for _, tag, body in BLOCK.findall((root / "docs/howto" / page).read_text()) if tag}
    for file in files:
        say(blocks.get(file.name) == file.read_text(), f"{page}: the block {file.name} is not the file's text")
# Each example has its line in the page's tables, with options that it uses.
lines = {cells[2].strip(" `"): cells[4] for cells in (line.split("|") for line in (root / "docs/howto/exchanges.md").read_text().splitlines()) if len(cells) == 6 and ".sql" in cells[2]}
say(set(lines) == {file.name for file in (root / "resources/examples").glob("*.sql")}, f"exchanges.md lists {sorted(lines)}")
for file, options in lines.items():
    for option in re.findall(r"`([^`]+)`", options):
        say(f'"{option}" = ' in (root / "resources/examples" / file).read_text(), f"exchanges.md: {file} has no {option}")
for example in sorted((root / "resources/examples").glob("*.sql")):
    done = call("check", example)
    say(done.returncode == 0, f"{example.name}: {done.stderr}")
    done = call("fmt", "--check", example)
    say(done.returncode == 0, f"{example.name}: weir fmt would change it")
# Bash completes every option there is, and none besides.
completion = (root / "packaging" / "weir.bash-completion").read_text()
for command, known in COMMANDS.items():
    case = re.search(rf'^    {command or chr(34) * 2}\) options="([^"]*)"', completion, re.M)
    offered = set(case[1].split()) if case else set()
    long = {option for option in known if option.startswith("--")} - {"--help", "--help-all"}
    say(offered == long, f"packaging/weir.bash-completion, {command or 'weir'}: missing {sorted(long - offered)}, stale {sorted(offered - long)}")
with tempfile.TemporaryDirectory() as scratch:
    runner = Runner(pathlib.Path(scratch))
    try:
        for name in RUN:
            runner.page(name, (root / name).read_text())
    finally:
        runner.close()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or passed < 100 else 0)
