# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Kafka on loopback, of one node, from the artifacts of Maven Central: started and stopped by whoever tests with it."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("WEIR_SCALE_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weir-scale")


def libraries(name):
    """The jars of a pom beside this file, fetched once and kept outside the tree."""
    pom = HERE / f"{name}-pom.xml"
    kept = CACHE / name
    done = kept / "done"
    if not (done.exists() and done.read_text() == pom.read_text()):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        shutil.copy(pom, kept / "pom.xml")
        print(f"fetching {name} from Maven Central into {kept}", file=sys.stderr)
        fetch = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={kept / 'lib'}"]
        # What has come by then is kept: a second attempt goes on.
        for last in (False, True):
            try:
                subprocess.run(fetch, cwd=kept, check=True, timeout=300)
                break
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                if last:
                    raise
        done.write_text(pom.read_text())
    return str(kept / "lib" / "*")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port):
    with socket.socket() as s:
        s.settimeout(0.2)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Kafka:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.jars = libraries("kafka")
        self.process = None
        settings = {
            "process.roles": "broker,controller", "node.id": 1, "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}", "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.listener.names": "CONTROLLER", "log.dirs": self.folder / "logs", "num.partitions": 2, "group.initial.rebalance.delay.ms": 0,
            # Records have the time of their events, and these may be years old.
            "log.retention.ms": -1,
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1, "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1, "transaction.state.log.num.partitions": 1, "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
        }
        self.file = self.folder / "kafka.properties"
        self.file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        self.java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", self.file)

    def command(self, main, *arguments):
        return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self.jars, str(main), *map(str, arguments)]

    def java(self, main, *arguments):
        return subprocess.run(self.command(main, *arguments), capture_output=True, text=True, timeout=60, check=True).stdout

    def start(self):
        self.process = subprocess.Popen(self.command("kafka.Kafka", self.file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not listens(self.port):
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError("Kafka does not start")
            time.sleep(0.1)

    def create(self, topic, partitions):
        self.java(HERE / "CreateTopic.java", self.address, topic, partitions)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


if __name__ == "__main__":
    libraries("kafka")
