# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots of the benchmarks as SVG: what was reached, how latency spreads, and an hour of memory."""
import csv
import html
import math
import pathlib

INK, FAINT, GRID = "#47535F", "#7A8692", "#DDE3E9"
BLUE, ORANGE, GREEN = "#1F63D6", "#B86A00", "#12754B"


def text(x, y, what, anchor="start", color=INK, size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}">{html.escape(str(what))}</text>'


def page(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'font-family="Inter, sans-serif" role="img" aria-label="{html.escape(title)}">'
            f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>' + text(16, 24, title, size=14) + "".join(body) + "</svg>\n")


def reached(results):
    """A bar for each figure: how far towards its reach, 1 being there; more is better everywhere."""
    rows = []
    for r in results:
        better_more = r["name"] in MORE_IS_BETTER
        share = r["value"] / r["reach"] if better_more else r["reach"] / r["value"] if r["value"] else 0
        rows.append((r["name"], share, r["value"], r["unit"]))
    left, right, top, step = 220, 150, 56, 24
    width, height = 820, top + step * len(rows) + 30
    most = max([2.0] + [min(share, 4) for _, share, _, _ in rows])
    scale = (width - left - right) / most
    body = []
    for i, (name, share, value, unit) in enumerate(rows):
        y = top + i * step
        body.append(text(left - 10, y + 13, name, "end"))
        color = GREEN if share >= 1 else ORANGE
        body.append(f'<rect x="{left}" y="{y}" width="{max(1, min(share, most) * scale):.1f}" height="17" rx="3" fill="{color}"/>')
        body.append(text(left + min(share, most) * scale + 8, y + 13, f"{value:,.4g} {unit}", color=FAINT, size=11))
    x = left + scale
    body.append(f'<line x1="{x:.1f}" y1="{top - 10}" x2="{x:.1f}" y2="{height - 22}" stroke="{INK}" stroke-dasharray="4 3"/>')
    body.append(text(x, top - 16, "reach", "middle", FAINT, 11))
    return page(width, height, "Measured, as a share of what is to be reached", body)


MORE_IS_BETTER = {"socket_vwap_share", "socket_vwap_direct_share", "socket_vwap_direct_tls_share", "socket_vwap_vs_node", "connections_50_share", "replay_share_of_simdjson", "replay_messages_per_s", "typed_rows_per_s"}


def latency(edges, bare, weighed):
    """Two histograms over the same edges in ms, logarithmic in time."""
    left, top, width, height = 60, 50, 820, 300
    w, h = width - left - 20, height - top - 50
    low, high = math.log10(edges[0]), math.log10(edges[-1])
    most = max(max(bare), max(weighed), 1)

    def x(ms):
        return left + (math.log10(ms) - low) / (high - low) * w

    body = []
    for decade in range(math.floor(low), math.ceil(high) + 1):
        if low <= decade <= high:
            body.append(f'<line x1="{x(10 ** decade):.1f}" y1="{top}" x2="{x(10 ** decade):.1f}" y2="{top + h}" stroke="{GRID}"/>')
            body.append(text(x(10 ** decade), top + h + 18, f"{10 ** decade:g} ms", "middle", FAINT, 11))
    for counts, color, name, row in ((bare, ORANGE, "two bare sockets", 0), (weighed, BLUE, "through a query", 1)):
        points = []
        for i, count in enumerate(counts):
            y = top + h - count / most * h
            points += [f"{x(edges[i]):.1f},{y:.1f}", f"{x(edges[i + 1]):.1f},{y:.1f}"]
        body.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{color}" stroke-width="1.6"/>')
        body.append(text(width - 30, top + 14 + row * 18, name, "end", color))
    return page(width, height, "From frame in to frame out at 10,000 messages a second", body)


def hour(samples):
    """Memory over time from the CSV that hour_bench writes."""
    with open(samples, newline="") as file:
        rows = [(float(r["seconds"]) / 60, float(r["rss_mb"])) for r in csv.DictReader(file)]
    left, top, width, height = 60, 50, 820, 280
    w, h = width - left - 20, height - top - 44
    end, most = rows[-1][0], max(mb for _, mb in rows) * 1.2
    body = []
    for k in range(5):
        y = top + h - k / 4 * h
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + w}" y2="{y:.1f}" stroke="{GRID}"/>' + text(left - 8, y + 4, f"{most * k / 4:.0f} MB", "end", FAINT, 11))
    for k in range(7):
        body.append(text(left + k / 6 * w, top + h + 18, f"{end * k / 6:.0f} min", "middle", FAINT, 11))
    points = " ".join(f"{left + minute / end * w:.1f},{top + h - mb / most * h:.1f}" for minute, mb in rows)
    body.append(f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="1.8"/>')
    return page(width, height, "Memory over an hour at 20,000 trades a second", body)


def write(folder, results, histogram=None, samples=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reached.svg").write_text(reached(results))
    if histogram:
        (folder / "latency.svg").write_text(latency(histogram["edges_ms"], histogram["bare"], histogram["weir"]))
    if samples and pathlib.Path(samples).exists():
        (folder / "hour.svg").write_text(hour(samples))
