# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Kafka of one node and a real Flink on loopback, from the artifacts of Maven Central: started and stopped by whoever tests with them."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

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
                subprocess.run(fetch, cwd=kept, check=True, timeout=600)
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


# What Flink's own scripts open to it of the JDK.
OPENED = ("java.lang", "java.net", "java.io", "java.nio", "sun.nio.ch", "java.lang.reflect", "java.text", "java.time", "java.util", "java.util.concurrent",
          "java.util.concurrent.atomic", "java.util.concurrent.locks")


class Flink:
    """A JobManager, a TaskManager and the SQL gateway, a process each."""

    def __init__(self, folder, slots=8):
        self.folder = pathlib.Path(folder)
        self.jars = libraries("flink")
        self.rpc, rest, gateway = free_port(), free_port(), free_port()
        self.jobs, self.gateway = f"http://127.0.0.1:{rest}", f"http://127.0.0.1:{gateway}"
        self.savepoints = self.folder / "savepoints"
        settings = {
            "jobmanager.rpc.address": "127.0.0.1", "jobmanager.rpc.port": self.rpc, "rest.address": "127.0.0.1", "rest.port": rest, "rest.bind-address": "127.0.0.1",
            "taskmanager.host": "127.0.0.1", "taskmanager.numberOfTaskSlots": slots, "taskmanager.cpu.cores": 2, "taskmanager.memory.task.heap.size": "700m",
            "taskmanager.memory.framework.heap.size": "128m", "taskmanager.memory.framework.off-heap.size": "128m", "taskmanager.memory.jvm-metaspace.size": "256m",
            "taskmanager.memory.jvm-overhead.min": "128m", "taskmanager.memory.jvm-overhead.max": "128m", "taskmanager.memory.task.off-heap.size": "0", "taskmanager.memory.managed.size": "1024m", "taskmanager.memory.network.min": "128m",
            "taskmanager.memory.network.max": "128m", "sql-gateway.endpoint.rest.address": "127.0.0.1", "sql-gateway.endpoint.rest.port": gateway,
            "execution.target": "remote", "io.tmp.dirs": self.folder / "tmp", "execution.checkpointing.dir": f"file://{self.folder}/checkpoints",
            # A TaskManager that was killed is missed sooner.
            "heartbeat.timeout": 6000, "heartbeat.interval": 1000, "restart-strategy.type": "fixed-delay", "restart-strategy.fixed-delay.attempts": 1000,
            "restart-strategy.fixed-delay.delay": "1 s", "execution.checkpointing.interval": "1 s",
        }
        conf = self.folder / "conf"
        conf.mkdir()
        (self.folder / "tmp").mkdir()
        (conf / "config.yaml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
        self.conf = conf
        self.processes = {}

    def start(self):
        self.launch("jobmanager", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", "256m", "--configDir", str(self.conf))
        self.await_port("jobmanager", self.rpc)
        self.start_taskmanager()
        self.launch("gateway", "org.apache.flink.table.gateway.SqlGateway", "400m")
        self.await_port("gateway", int(self.gateway.rsplit(":", 1)[1]))
        until = time.monotonic() + 60
        while not self.ask("/taskmanagers")["taskmanagers"]:
            if time.monotonic() > until:
                raise RuntimeError("Flink's TaskManager does not start:\n" + (self.folder / "taskmanager.log").read_text()[-3000:])
            time.sleep(0.2)

    def ask(self, path):
        with urllib.request.urlopen(self.jobs + path, timeout=10) as answer:
            return json.load(answer)

    def start_taskmanager(self):
        self.launch("taskmanager", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "900m", "--configDir", str(self.conf))

    def launch(self, name, main, heap, *arguments):
        opened = [f"--add-opens=java.base/{module}=ALL-UNNAMED" for module in OPENED] + ["--add-exports=java.base/sun.net.util=ALL-UNNAMED"]
        command = ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", *opened, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self.jars, main, *arguments]
        log = (self.folder / f"{name}.log").open("a")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder, env={**os.environ, "FLINK_CONF_DIR": str(self.conf)})
        log.close()

    def await_port(self, name, port):
        until = time.monotonic() + 90
        while not listens(port):
            if time.monotonic() > until or self.processes[name].poll() is not None:
                raise RuntimeError(f"Flink's {name} does not start:\n" + (self.folder / f"{name}.log").read_text()[-3000:])
            time.sleep(0.1)

    def kill(self, name):
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()


if __name__ == "__main__":
    libraries("kafka")
    libraries("flink")
