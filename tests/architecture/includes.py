#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when a file includes a layer that the table does not allow it, or Qt where there must be none."""
import pathlib
import re
import sys

ALLOWED = {
    "core/base": set(),
    "core/data": {"core/base"},
    "core/formats": {"core/base", "core/data"},
    "core/options": {"core/base", "core/formats", "core/connectors"},
    "core/sql": {"core/base", "core/data"},
    "core/functions": {"core/base", "core/data"},
    "core/plan": {"core/base", "core/data", "core/formats", "core/options", "core/functions"},
    "core/bind": {"core/base", "core/data", "core/formats", "core/sql", "core/options", "core/functions", "core/plan"},
    "core/exec": {"core/base", "core/data", "core/functions", "core/plan"},
    "core/plan/lower": {"core/base", "core/data", "core/functions", "core/plan", "core/exec"},
    "core/flink": {"core/base", "core/data", "core/options", "core/plan"},
    "core/telemetry": {"core/base"},
    "core/feed": {"core/base", "core/options", "core/data", "core/exec", "core/formats", "core/telemetry"},
    "core/dialogue": {"core/base", "core/data", "core/formats", "core/options", "core/bind", "core/exec", "core/plan", "core/plan/lower"},
    "core/wire": {"core/base"},
    "core/net": {"core/base", "core/dialogue", "core/formats", "core/telemetry", "core/wire"},
    "core/connectors": {"core/base", "core/options", "core/data", "core/plan", "core/telemetry", "core/feed"},
    "core/connectors/websocket/options": {"core/base", "core/formats", "core/options"},
    "core/connectors/websocket": {"core/base", "core/options", "core/data", "core/feed", "core/formats", "core/telemetry",
                                  "core/net", "core/dialogue", "core/wire", "core/connectors", "core/connectors/websocket/options"},
    "core/connectors/kafka/options": {"core/base", "core/data", "core/formats", "core/options"},
    "core/connectors/kafka": {"core/base", "core/options", "core/data", "core/formats", "core/feed", "core/telemetry", "core/connectors",
                              "core/connectors/kafka/options"},
    "core/connectors/file/options": {"core/base", "core/formats", "core/options"},
    "core/connectors/file": {"core/base", "core/options", "core/data", "core/exec", "core/formats", "core/feed",
                             "core/connectors", "core/connectors/file/options"},
    "core/session": {"core/base", "core/options", "core/data", "core/sql", "core/functions", "core/bind", "core/exec",
                     "core/plan", "core/plan/lower", "core/flink", "core/formats", "core/telemetry", "core/feed", "core/net",
                     "core/connectors"},
    "core/cluster": {"core/base", "core/flink"},
    "core/demo": {"core/base", "core/feed", "core/net"},
    "ui/widgets": {"core/base"},
    "ui/editor": {"core/base", "core/data", "core/options", "core/sql", "core/functions", "core/bind", "core/plan", "core/session", "core/telemetry",
                  "ui/widgets"},
    "ui/results": {"core/base", "core/data", "core/plan", "core/telemetry", "ui/widgets"},
    "ui/charts": {"core/base", "core/data", "core/exec", "core/telemetry", "ui/widgets", "ui/results"},
    "ui/health": {"core/base", "core/options", "core/plan", "core/telemetry", "core/session", "ui/widgets"},
    "ui/cluster": {"core/base", "core/cluster", "core/flink", "core/plan", "core/telemetry", "ui/widgets"},
    "ui/run": {"core/base", "core/options", "core/plan", "core/session", "core/telemetry", "ui/widgets", "ui/health", "ui/results"},
    "ui/shell": {"core/base", "core/bind", "core/net", "core/plan", "core/session", "core/telemetry", "ui/widgets",
                 "ui/editor", "ui/results", "ui/charts", "ui/health", "ui/run", "ui/cluster"},
}
WITHOUT_QT = {"core/base", "core/options", "core/data", "core/sql", "core/functions", "core/bind", "core/exec",
              "core/plan", "core/plan/lower", "core/flink", "core/formats", "core/feed", "core/wire", "core/dialogue"}
INCLUDE = re.compile(r'^\s*#include\s+([<"])([^>"]+)[>"]', re.M)


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = []
    files = 0
    for top in ("core", "ui"):
        for path in sorted((root / top).rglob("*.*")):
            layer = str(path.parent.relative_to(root))
            if path.suffix in (".h", ".cpp") and layer not in ALLOWED:
                wrong.append(f"{path.relative_to(root)}: {layer} is not in the table")
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
