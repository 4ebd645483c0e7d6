#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when a file includes a layer that the table does not allow it, or Qt where there must be none."""
import pathlib
import re
import sys

ALLOWED = {
    "core/base": set(),
    "core/options": {"core/base"},
    "core/data": {"core/base"},
    "core/sql": {"core/base", "core/data"},
    "core/functions": {"core/base", "core/data"},
    "core/plan": {"core/base", "core/options", "core/data", "core/functions"},
    "core/bind": {"core/base", "core/data", "core/sql", "core/options", "core/functions", "core/plan"},
    "core/exec": {"core/base", "core/data", "core/functions", "core/plan"},
    "core/plan/lower": {"core/base", "core/data", "core/functions", "core/plan", "core/exec"},
    "core/formats": {"core/base", "core/data"},
    "core/net": {"core/base"},
    "core/connectors": {"core/base", "core/options", "core/data", "core/exec", "core/formats", "core/net"},
    "core/session": {"core/base", "core/options", "core/data", "core/sql", "core/functions", "core/bind", "core/exec",
                     "core/plan", "core/plan/lower", "core/formats", "core/net", "core/connectors"},
    "core/demo": {"core/base", "core/net"},
    "ui": {"core/base", "core/data", "core/sql", "core/functions", "core/bind", "core/exec", "core/plan", "core/net",
           "core/session"},
}
WITHOUT_QT = {"core/base", "core/options", "core/data", "core/sql", "core/functions", "core/bind", "core/exec",
              "core/plan", "core/plan/lower", "core/formats"}
INCLUDE = re.compile(r'^\s*#include\s+([<"])([^>"]+)[>"]', re.M)


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = []
    files = 0
    for layer, allowed in ALLOWED.items():
        for path in sorted((root / layer).glob("*.*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            files += 1
            text = path.read_text()
            if not text.startswith("// SPDX-License-Identifier: GPL-3.0-or-later\n"):
                wrong.append(f"{path.relative_to(root)}: no SPDX line")
            for kind, name in INCLUDE.findall(text):
                where = f"{path.relative_to(root)}: includes {name}"
                if kind == '"':
                    other = str(pathlib.PurePath(name).parent)
                    if other != layer and other not in allowed:
                        wrong.append(where)
                elif layer in WITHOUT_QT and re.match(r"Q[A-Za-z]", name):
                    wrong.append(where)
    print("\n".join(wrong))
    print(f"{files - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong or files < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
