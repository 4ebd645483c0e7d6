#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/reference/feeds.md from docs/reference/feeds.tsv. catalogue.py ROOT [--write]; without --write it says whether the page is what it would be."""
import collections
import pathlib
import sys

FAMILIES = {"exchange": "Exchanges", "private": "Accounts at exchanges", "stocks": "Stocks and brokers", "chain": "Chains", "protocol": "Protocols that many servers share",
            "social": "Social", "home": "Homes and machines", "world": "Earth and operations"}
ANSWERS = ("yes", "partly", "no")


def read(root):
    lines = (root / "docs/reference/feeds.tsv").read_text().splitlines()
    assert lines[0] == "feed\tfamily\twritten\tneeds\tproof", lines[0]
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    examples = {file.name for file in (root / "resources/examples").glob("*.sql")}
    troubles = []
    for row in rows:
        proof = row["proof"].removeprefix("as ")
        if row["family"] not in FAMILIES or row["written"] not in ANSWERS:
            troubles.append(f"{row['feed']}: {row['family']}, {row['written']}")
        if proof not in examples and proof not in ("", "untested"):
            troubles.append(f"{row['feed']}: no example {proof}")
        if row["written"] == "yes" and not proof:
            troubles.append(f"{row['feed']}: what shows that it can be written?")
    names = collections.Counter(row["feed"] for row in rows)
    troubles += [f"{name} stands there {times} times" for name, times in names.items() if times > 1]
    troubles += [f"{name} is the proof of nothing" for name in sorted(examples - {row["proof"] for row in rows})]
    return rows, troubles


def page(rows):
    def count(members):
        answers = collections.Counter(row["written"] for row in members)
        run = sum(row["proof"].endswith(".sql") and not row["proof"].startswith("as ") for row in members)
        alike = sum(row["proof"].startswith("as ") for row in members)
        return f"| {len(members)} | {answers['yes']} | {answers['partly']} | {answers['no']} | {run} | {alike} |"

    out = ["# Feeds that can be written", "",
           "Made from `docs/reference/feeds.tsv` by `tests/feeds/catalogue.py`; do not edit. Well-known public WebSocket feeds, and whether a CREATE STREAM takes them. *Run* are those with",
           "an example that a test runs against a server that acts like the feed, *alike* those that speak as such a one does; the others are judged by what is known of them.", "",
           "| family | feeds | yes | partly | no | run | alike |", "|---|---|---|---|---|---|---|"]
    out += [f"| {title} {count([row for row in rows if row['family'] == family])}" for family, title in FAMILIES.items()]
    out += [f"| all {count(rows)}", "",
            "What is needed: `url` the address alone, `message` open messages, `await` answers that are awaited, `reply` messages of the server that are answered, `ping` a heartbeat,",
            "`http` a request before connecting, `sign` a signature, `now` the time in a message, `nested` and `arrays` paths, `key` names of members as values, `text` JSON in texts,",
            "`framing` several values or text around them, `when` records of several kinds."]
    for family, title in FAMILIES.items():
        out += ["", f"## {title}", "| feed | written | needs | shown by |", "|---|---|---|---|"]
        for row in rows:
            if row["family"] == family:
                proof = row["proof"]
                shown = f"`{proof}`" if proof.endswith(".sql") and not proof.startswith("as ") else f"as `{proof[3:]}`" if proof.startswith("as ") else proof
                out.append(f"| {row['feed']} | {row['written']} | {row['needs']} | {shown} |")
    return "\n".join(out) + "\n"


def trouble(root):
    rows, troubles = read(root)
    if (root / "docs/reference/feeds.md").read_text() != page(rows):
        troubles.append("docs/reference/feeds.md is not what docs/reference/feeds.tsv says: script/reference writes it")
    return troubles


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    if "--write" in sys.argv:
        (root / "docs/reference/feeds.md").write_text(page(read(root)[0]))
    found = trouble(root)
    sys.exit("\n".join(found))
