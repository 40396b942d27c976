"""Three silos, a Redis and a client, each in a network namespace of its own, joined by a bridge. Needs root and Linux."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
from datetime import datetime

REDIS = "10.77.0.10:6379"
SUBNET = "10.77.0"
TRACE = {
    "Logging__LogLevel__MoeOrleans.Grains.Experts": "Trace",
    "Logging__LogLevel__Orleans.Runtime.MembershipService": "Information",
}
COMMITTED = 2001
QUEUE = 2101


class Network:
    """A bridge in its own namespace; a host whose cable is pulled goes on, and its connections stay open."""

    def __init__(self, hosts):
        self.hosts = hosts
        self.prefix = f"moe{os.getpid()}"
        self._ip("netns", "add", f"{self.prefix}-br")
        self._in("br", "ip", "link", "add", "br0", "type", "bridge")
        self._in("br", "ip", "link", "set", "br0", "up")
        for number in hosts:
            self._ip("netns", "add", f"{self.prefix}-{number}")
            self._ip("link", "add", "eth0", "netns", f"{self.prefix}-{number}", "type", "veth", "peer", "name", f"v{number}", "netns", f"{self.prefix}-br")
            self._in("br", "ip", "link", "set", f"v{number}", "master", "br0", "up")
            self._in(number, "ip", "address", "add", f"{SUBNET}.{number}/24", "dev", "eth0")
            self._in(number, "ip", "link", "set", "eth0", "up")
            self._in(number, "ip", "link", "set", "lo", "up")

    def command(self, host, *words):
        return ["ip", "netns", "exec", f"{self.prefix}-{host}", *words]

    def pull(self, host):
        self._in("br", "ip", "link", "set", f"v{host}", "nomaster")

    def plug(self, host):
        self._in("br", "ip", "link", "set", f"v{host}", "master", "br0")

    def part(self, host, others):
        """Lets one host and the others reach each other no more, without any error: what they send goes to an address that no host has."""
        for one, other in self._pairs(host, others):
            self._in(one, "ip", "neighbour", "replace", f"{SUBNET}.{other}", "lladdr", "02:00:00:00:00:00", "dev", "eth0", "nud", "permanent")

    def join(self, host, others):
        for one, other in self._pairs(host, others):
            self._in(one, "ip", "neighbour", "delete", f"{SUBNET}.{other}", "dev", "eth0")

    @staticmethod
    def _pairs(host, others):
        return [pair for other in others for pair in ((host, other), (other, host))]

    def close(self):
        for number in ["br", *self.hosts]:
            subprocess.run(["ip", "netns", "delete", f"{self.prefix}-{number}"], check=False)

    def _in(self, host, *words):
        subprocess.run(self.command(host, *words), check=True)

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True)


class Event:
    """An entry of a silo's JSON log."""

    def __init__(self, entry):
        self.time = datetime.fromisoformat(entry["Timestamp"]).timestamp()
        self.id = entry["EventId"]
        self.text = entry["Message"]
        self.state = entry.get("State", {})


class Cluster:
    """Silo processes of one build, and what they have logged."""

    def __init__(self, program, order=(1, 2, 3)):
        self.program = pathlib.Path(program)
        self.folder = tempfile.TemporaryDirectory(prefix="moe-faults-")
        self.network = Network([1, 2, 3, 4, 10])
        self.id = f"faults-{os.getpid()}-{int(time.time())}"
        self.silos = {}
        self.logs = {}
        self.read = {}
        self.redis = subprocess.Popen(
            self.network.command(10, "redis-server", "--port", "6379", "--bind", f"{SUBNET}.10", "--protected-mode", "no", "--save", "", "--dir", self.folder.name),
            stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        for number in order:
            self.start(number)
            if len(order) > len(self.silos):
                self.runs()

    def start(self, number, name=None):
        """Starts a silo and waits until it is ready."""
        name = name or f"silo-{number}"
        log = open(pathlib.Path(self.folder.name) / f"{name}-{time.time()}.log", "w+", encoding="utf-8")
        self.logs.setdefault(number, []).append(log.name)
        options = {"name": name, "cluster-id": self.id, "advertised-address": f"{SUBNET}.{number}", "clustering": "redis", "redis": REDIS,
                   "http-port": "0", "threads": "1", "log-format": "json"}
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        self.silos[number] = subprocess.Popen(
            self.network.command(number, "dotnet", str(self.program / "moe-silo.dll"), *words), stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **TRACE})
        self.wait(lambda: any("is ready" in event.text for event in self._read(log.name)), 60, f"{name} is not ready")

    def moe(self, *words, check=True, timeout=200):
        """Runs the command moe next to Redis."""
        done = subprocess.run(
            self.network.command(10, "dotnet", str(self.program / "moe.dll"), *words, "--connect", f"redis://{REDIS}/{self.id}"),
            capture_output=True, text=True, timeout=timeout, cwd=self.folder.name)
        if check and done.returncode != 0:
            raise RuntimeError(f"moe {' '.join(words)}: {done.stderr}")
        return done

    def train(self, options):
        """Gives a run to the cluster; gateways may be lost, or the machine busy."""
        for _ in range(8):
            done = self.moe("train", *options, "--detach", "--json", check=False)
            if done.returncode == 0:
                return json.loads(done.stdout)["runId"]
            time.sleep(2)
        raise RuntimeError(done.stderr)

    def runs(self):
        return json.loads(self.moe("runs", "--json").stdout)

    def weights(self, run):
        """The hash of a run's final weights, once it has ended."""
        self.wait(lambda: self.moe("watch", run, check=False, timeout=600).returncode == 0, 300, "the run has no result")
        return json.loads((self._fetched(run) / "summary.json").read_text())["weightsSha256"]

    def _fetched(self, run):
        target = pathlib.Path(self.folder.name) / f"fetched-{run}"
        self.moe("fetch", run, "--output", str(target))
        return target

    def events(self, number=None):
        """What the silos have logged, in the order of time."""
        names = [name for key, names in self.logs.items() if number in (None, key) for name in names]
        return sorted((event for name in names for event in self._read(name)), key=lambda event: event.time)

    def commits(self, run=None):
        return [event for event in self.events() if event.id == COMMITTED and run in (None, event.state["RunId"])]

    def signal(self, number, name):
        self.silos[number].send_signal(getattr(signal, name))

    @staticmethod
    def wait(condition, limit, problem):
        end = time.time() + limit
        while not condition():
            if time.time() > end:
                raise TimeoutError(problem)
            time.sleep(0.1)

    def close(self):
        for process in [*self.silos.values(), self.redis]:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.network.close()
        self.folder.cleanup()

    def _read(self, path):
        """The entries of a log; what was read before is not parsed again."""
        at, events = self.read.get(path, (0, []))
        with open(path, "rb") as log:
            log.seek(at)
            text = log.read()
        end = text.rfind(b"\n") + 1
        events += [Event(json.loads(line)) for line in text[:end].decode().splitlines() if line.startswith("{")]
        self.read[path] = (at + end, events)
        return events
