"""The cluster that the scenarios use: the nodes, kubectl, the API, the silos' metrics, and volumes."""

import http.client
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request

from names import Names
from node import CONTROL, SERVER, ControlPlane, Node

NAMESPACE = "moe-orleans"
SILOS = "app.kubernetes.io/component=silo"


class Cluster:
    """A control plane and nodes. All that they write is in a folder of the work folder, which the next check replaces."""

    def __init__(self, work, nodes=2):
        self.work = pathlib.Path(work).resolve()
        for old in ("control", "volumes", "jobs", *(f"node-{number}" for number in range(1, 10))):
            shutil.rmtree(self.work / old, ignore_errors=True)
        self.nodes, self._names = [], None
        self.control = ControlPlane(str(self.work))
        try:
            # From here on this program is in the cluster's network, as kubectl and the pods are.
            self.control.host.enter_network()
            self.wait(lambda: self.ask("/readyz", text=True) == "ok", 120, "the API server is not ready")
            self._names = Names(CONTROL, lambda namespace, service: self.ask(f"/api/v1/namespaces/{namespace}/endpoints/{service}"))
            for number in range(1, nodes + 1):
                self.nodes.append(Node(number, self.control))
            self.wait(lambda: len([node for node in self.items("/api/v1/nodes") if ready(node)]) == nodes, 120, "the nodes are not ready")
            self._volumes()
        except BaseException:
            self.close()
            raise

    def _volumes(self):
        """Volumes that the claims of the manifests find, folders of the first node."""
        for name, size in (("redis", "256Mi"), ("runs", "1Gi")):
            (self.work / "volumes" / name).mkdir(parents=True)
            self.apply({
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
                "spec": {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "local": {"path": f"/mnt/volumes/{name}"},
                         "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                             {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-1"]}]}]}}}})

    def kubectl(self, *words, given=None, check=True):
        """What kubectl prints."""
        done = subprocess.run(
            ["kubectl", "--namespace", NAMESPACE, *words], input=given, text=True, capture_output=True,
            env={**os.environ, "KUBECONFIG": str(self.control.configuration), "HOME": str(self.control.host.folder)})
        if check and done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout if check else done

    def apply(self, thing):
        self.kubectl("apply", "-f", "-", given=json.dumps(thing))

    def ask(self, path, text=False):
        """What the API server answers; None if it does not know the thing, or is not there yet."""
        try:
            found = self._send(path)
            return found if text else json.loads(found)
        except urllib.error.HTTPError as error:
            if error.code in (404, 500):
                return None
            raise
        except urllib.error.URLError:
            return None

    def post(self, path, thing):
        """None, or why the API server refuses the thing."""
        try:
            self._send(path, thing)
        except urllib.error.HTTPError as error:
            return json.loads(error.read())["message"]

    def _send(self, path, thing=None):
        request = urllib.request.Request(
            SERVER + path, json.dumps(thing).encode() if thing else None,
            {"Authorization": f"Bearer {self.control.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=30) as answer:
            return answer.read().decode()

    def items(self, path):
        return (self.ask(path) or {}).get("items", [])

    def pods(self, selector=SILOS):
        """Pods by name."""
        return {pod["metadata"]["name"]: pod for pod in self.items(f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector={selector}")}

    def pod(self, name):
        return self.ask(f"/api/v1/namespaces/{NAMESPACE}/pods/{name}")

    def job(self, name):
        return self.ask(f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{name}") or {}

    def wait(self, condition, limit, problem):
        """Waits until a condition has a true value, and returns it."""
        end = time.monotonic() + limit
        while not (found := condition()):
            ended = self.control.ended() + [name for node in self.nodes for name in node.ended()]
            if ended:
                raise RuntimeError(f"ended by itself: {', '.join(ended)}; its log is in {self.work}/*/log")
            if time.monotonic() > end:
                raise TimeoutError(f"{problem} within {limit} s")
            time.sleep(0.2)
        return found

    def files(self, folder):
        """A folder of the volume of runs."""
        return self.work / "volumes" / "runs" / folder

    def close(self):
        if self._names:
            self._names.close()
        for host in [*self.nodes, self.control]:
            host.close()


def ready(thing):
    """Whether a node or a pod is ready, and not being deleted."""
    conditions = thing.get("status", {}).get("conditions", [])
    return "deletionTimestamp" not in thing["metadata"] and any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def metrics(pod):
    """The metrics of a silo, by series; empty if it does not answer."""
    address = pod.get("status", {}).get("podIP")
    if not address:
        return {}
    try:
        with urllib.request.urlopen(f"http://{address}:8080/metrics", timeout=1) as answer:
            lines = [line for line in answer.read().decode().splitlines() if line.startswith("moe_")]
    except (OSError, http.client.HTTPException):
        return {}
    # A line is SERIES VALUE, or SERIES VALUE TIME; labels may hold spaces only within quotes.
    return {line[:end]: float(line[end:].split()[0]) for line in lines for end in [line.rfind("}") + 1 or line.find(" ")]}
