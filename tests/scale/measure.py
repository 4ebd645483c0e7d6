# SPDX-License-Identifier: GPL-3.0-or-later
"""What the way over Kafka and Flink costs beside one program: measure.py WEIR [RATE...]. Rates are trades a second in all; figures are of this machine."""
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import cluster

WEIR = str(pathlib.Path(sys.argv[1]).resolve())
RATES = [int(rate) for rate in sys.argv[2:]] or [2000, 20000]
SECONDS = 20
VWAP = "SELECT s, VWAP(p, q) AS vwap, COUNT(*) AS n, window_end() AS e FROM T WINDOW TUMBLING(1 sec) GROUP BY s INSERT INTO Vwap;\n"


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(pid):
    return int(next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def percentiles(values):
    values = sorted(values)
    return f"p50 {values[len(values) // 2]:.0f} ms, p95 {values[int(len(values) * .95)]:.0f} ms" if values else "nothing"


def source(url):
    return f"""CREATE STREAM T (s STRING, t LONG, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'source', extension = 'websocket',
  "websocket.url" = '{url}/ws/btcusdt@trade/ethusdt@trade', "event.time.field" = 'T', "event.time.lateness.ms" = '100', "event.time.idle.ms" = '1000');
"""


def listen(command, folder):
    """A program that prints rows, and how long after each window's end its row came."""
    process = subprocess.Popen([WEIR, *command, "--no-progress"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows = []

    def read():
        for line in process.stdout:
            row = json.loads(line)["row"]
            rows.append((row["e"], time.time() * 1000 - row["e"], row["n"]))
    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return process, rows


def measure(kafka, flink, rate, parallelism):
    folder = pathlib.Path(tempfile.mkdtemp())
    prefix = f"m{rate}p{parallelism}"
    port = cluster.free_port()
    exchange = subprocess.Popen([WEIR, "exchange", "--port", str(port), "--rate", str(rate / 2), "--symbols", "BTCUSDT,ETHUSDT"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not cluster.listens(port):
        time.sleep(0.05)
    (folder / "a.sql").write_text(source(f"ws://127.0.0.1:{port}") + VWAP)
    (folder / "b.sql").write_text(f"""CREATE STREAM R (s STRING, vwap DOUBLE, n LONG, e LONG) WITH (type = 'source', extension = 'kafka',
  "kafka.bootstrap.servers" = '{kafka.address}', "kafka.topic" = '{prefix}.Vwap', "kafka.start" = 'earliest');
SELECT * FROM R INSERT INTO O;
""")
    started = []
    try:
        alone, own = listen(["run", "a.sql"], folder)
        edge = subprocess.Popen([WEIR, "edge", "a.sql", "--kafka", kafka.address, "--prefix", prefix, "--no-progress"], cwd=folder, stderr=subprocess.DEVNULL)
        started = [alone, edge]
        deployed = subprocess.run([WEIR, "deploy", "a.sql", "--flink", flink.gateway, "--kafka", kafka.address, "--prefix", prefix, "--parallelism", str(parallelism)],
                                  cwd=folder, capture_output=True, text=True, timeout=200)
        if deployed.returncode != 0:
            raise RuntimeError(deployed.stderr)
        reader, rows = listen(["run", "b.sql"], folder)
        started.append(reader)
        time.sleep(10)
        of = {"weir run": alone.pid, "weir edge": edge.pid, "kafka": kafka.process.pid, "jobmanager": flink.processes["jobmanager"].pid,
              "taskmanager": flink.processes["taskmanager"].pid, "reader": reader.pid}
        before, begun = {name: cpu(pid) for name, pid in of.items()}, time.time()
        time.sleep(SECONDS)
        spent = {name: cpu(pid) - before[name] for name, pid in of.items()}
        ended = time.time()
        inside = lambda found: [(e, late, n) for e, late, n in found if begun * 1000 + 1000 < e < ended * 1000 - 1000]
        trades = sum(n for _, _, n in inside(own)) / len({e for e, _, _ in inside(own)}) if inside(own) else 0
        print(f"{rate} trades/s asked, {trades:.0f} came, parallelism {parallelism}")
        print(f"  weir run alone: {percentiles([late for _, late, _ in inside(own)])}")
        print(f"  the chain:      {percentiles([late for _, late, _ in inside(rows)])}; rows {len(inside(rows))} of {len(inside(own))}")
        for name, pid in of.items():
            print(f"  {name}: {spent[name] / SECONDS * 100:.0f} % of a core, {spent[name] / SECONDS / max(trades, 1) * 1e6:.1f} us a trade, {memory(pid)} MB")
        subprocess.run([WEIR, "cancel", deployed.stdout.strip(), "--flink", flink.jobs], capture_output=True, timeout=60)
    finally:
        for process in [*started, exchange]:
            process.terminate()
            process.wait(30)


def catch_up(kafka, flink, parallelism):
    """How fast Flink goes through a topic that is there."""
    folder = pathlib.Path(tempfile.mkdtemp())
    prefix, count = f"c{parallelism}", 1_000_000
    with (folder / "t.jsonl").open("w") as file:
        for k in range(count):
            file.write(f'{{"s":"S{k % 50}","t":{k},"p":{100 + k % 17},"q":{1 + k % 5},"T":{1_700_000_000_000 + k // 10}}}\n')
    (folder / "a.sql").write_text("""CREATE STREAM T (s STRING, t LONG, p DOUBLE, q DOUBLE, T LONG) WITH (type = 'source', extension = 'file', "file.path" = 't.jsonl',
  "event.time.field" = 'T');
""" + VWAP)
    begun = time.time()
    subprocess.run([WEIR, "edge", "a.sql", "--kafka", kafka.address, "--prefix", prefix], cwd=folder, capture_output=True, timeout=120, check=True)
    published = time.time() - begun
    (folder / "b.sql").write_text(f"""CREATE STREAM R (s STRING, n LONG, e LONG) WITH (type = 'source', extension = 'kafka',
  "kafka.bootstrap.servers" = '{kafka.address}', "kafka.topic" = '{prefix}.Vwap', "kafka.start" = 'earliest');
SELECT * FROM R INSERT INTO O;
""")
    reader, rows = listen(["run", "b.sql"], folder)
    deployed = subprocess.run([WEIR, "deploy", "a.sql", "--flink", flink.gateway, "--kafka", kafka.address, "--prefix", prefix, "--parallelism", str(parallelism)],
                              cwd=folder, capture_output=True, text=True, timeout=200)
    job = deployed.stdout.strip()
    began = flink.ask(f"/jobs/{job}")["timestamps"]["RUNNING"] / 1000
    until = time.time() + 120
    while sum(n for _, _, n in rows) < count * 0.98 and time.time() < until:
        time.sleep(0.1)
    took = time.time() - began
    print(f"{count} trades of 50 symbols out of a topic of two partitions, parallelism {parallelism}: {count / took:.0f} a second; the edge published {count / published:.0f} a second")
    subprocess.run([WEIR, "cancel", job, "--flink", flink.jobs], capture_output=True, timeout=60)
    reader.terminate()
    reader.wait(30)


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as a, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as b:
        kafka, flink = cluster.Kafka(a), cluster.Flink(b)
        try:
            kafka.start()
            flink.start()
            for rate in RATES:
                measure(kafka, flink, rate, 1)
            for parallelism in (1, 2):
                catch_up(kafka, flink, parallelism)
        finally:
            flink.stop()
            kafka.stop()


if __name__ == "__main__":
    main()
