#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when the checker can give a hint that no golden case shows: what is shown is obeyed there, and must be accepted.

Hints are read off the sources: the last text of what reports a mistake, and the tables of words that are refused."""
import pathlib
import re
import subprocess
import sys

# Where the hint stands among the arguments of each way to report.
REPORTS = {"throwBind": 3, "m_cursor.fail": 3, "cursor.fail": 3, "error": 3, "warn": 3, "failure": 2, "wrong": 1, "refuse": 1}
OTHERS = {"core/bind/catalog.cpp": {"fail": 4}, "core/options/options.cpp": {"fail": 3}, "core/sql/token_cursor.cpp": {"fail": 3}}
TABLES = ["core/sql/refusals.cpp", "core/functions/foreign_names.cpp", "core/functions/date_pattern.cpp"]
# Not of a script, or only of one that would fill the page.
ELSEWHERE = {
    "split it over several files": "of a text larger than 16 MB",
    "save the file as UTF-8": "of bytes that no case can hold",
    "write the inner ones as streams": "of 32 queries in each other",
    "split it over several queries, or use IN (...) for long chains of OR": "of 400 operators in each other",
    "write the columns that you need in front of the ...": "of a message with more than 1,000 members",
    "give it WITH (type = 'source', ...), write it by a query, or feed it from a capture with weir replay": "of a run, not of the text",
    "set it before the start: export ": "of the environment, when a run begins",
    "store it in the keychain first: weir secret ": "of the keychain, when a run begins",
}
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def arguments(text, at):
    """The arguments of the call whose parenthesis opens at `at`, as texts."""
    out, depth, begin, i = [], 0, at + 1, at
    while i < len(text):
        c = text[i]
        if c == '"':
            i = LITERAL.match(text, i).end()
            continue
        if c == "'" and re.match(r"'(?:\\.|[^\\'])'", text[i:]):
            i += 4 if text[i + 1] == "\\" else 3
            continue
        depth += c in "([{"
        depth -= c in ")]}"
        if depth == 0:
            return out + [text[begin:i]]
        if c == "," and depth == 1:
            out.append(text[begin:i])
            begin = i + 1
        i += 1
    return out


def unescaped(literal):
    return literal.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in literal else literal


def fragments(expression):
    """Texts that a hint is put together from; those of a few letters say nothing."""
    return [f for f in map(unescaped, LITERAL.findall(expression)) if len(f) >= 9 and " " in f]


def hints_of(path, text):
    name = str(path)
    if name in TABLES:
        yield from fragments(text[text.index("namespace {"):text.index("\n}  \n")])
    for call, place in {**REPORTS, **OTHERS.get(name, {})}.items():
        for found in re.finditer(r"(?<![\w.])" + re.escape(call) + r"\(", text):
            given = arguments(text, found.end() - 1)
            for argument in given[place:]:
                yield from fragments(argument)
    for found in re.finditer(r"\{Severity::\w+,", text):
        for argument in arguments(text, found.start())[4:]:
            yield from fragments(argument)


def main():
    runner, root = sys.argv[1], pathlib.Path(sys.argv[2])
    shown = subprocess.run([runner, root / "tests" / "golden", "--hints"], capture_output=True, text=True, check=True).stdout
    # Those of patterns stand in a table that obeys them too, by the words that matter.
    table = [unescaped(text) for text in LITERAL.findall((root / "tests" / "core" / "pattern_refusals_test.cpp").read_text())]

    def is_shown(hint):
        return hint in shown or hint in ELSEWHERE or any(len(text) >= 8 and (text in hint or hint in text) for text in table)

    missing, seen = [], 0
    for layer in ("sql", "bind", "options", "plan", "functions"):
        for path in sorted((root / "core" / layer).glob("*.cpp")):
            text = re.sub(LITERAL.pattern + r"|//[^\n]*", lambda m: m[0] if m[0][0] == '"' else "", path.read_text())
            # Neighbouring literals are one.
            text = re.sub(r'"\s*\n\s*"', "", text)
            for hint in hints_of(path.relative_to(root), text):
                seen += 1
                if not is_shown(hint):
                    missing.append(f"{path.relative_to(root)}: no golden case shows, and obeys, the hint with '{hint}'")
    print("\n".join(dict.fromkeys(missing)))
    print(f"{seen - len(missing)} passed, {len(missing)} failed")
    return 1 if missing or seen < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
