"""What is done to the cluster. Each scenario returns its evidence in a line, or raises an exception."""

import time

from cluster import NAMESPACE, ready
from runs import HERE, Run, experts, finished, log, pods_of, settle, submit, summary

# Event of a silo that waits for its name (docs/operations.md).
WAITING = 2207


class Scenarios:
    """The scenarios in their order. Options are those of the long run, expected the hash of its weights from one process."""

    def __init__(self, cluster, options):
        self.cluster, self.options, self.expected = cluster, options, None

    def apply(self):
        """The laptop overlay is applied: all pods become ready."""
        begun = time.monotonic()
        self.cluster.kubectl("apply", "-k", str(HERE / "silos"))
        settle(self.cluster)
        seconds = time.monotonic() - begun
        restarts = {name: self._restarts(name) for name in self.cluster.pods()}
        if any(restarts.values()):
            raise AssertionError(f"containers were started again: {restarts}")
        return f"three silos and Redis ready after {seconds:.1f} s, no container started twice"

    def reference(self):
        """The image trains in one process, for the weights that all other runs must have."""
        submit(self.cluster, "moe-reference", "reference", *self.options)
        submit(self.cluster, "moe-first-reference", "first-reference", "--shards", "3")
        for job in ("moe-reference", "moe-first-reference"):
            self.cluster.wait(lambda: finished(self.cluster, job), 1200, f"{job} does not end")
        self.expected = summary(self.cluster, "reference")["weightsSha256"]
        return f"weights {self.expected[:16]}... after {summary(self.cluster, 'reference')['steps']} steps in one process"

    def job(self):
        """The Job of the manifests is applied as it is; it is complete, and its files are on the volume. Applied again, it finds them."""
        begun = time.monotonic()
        self._apply_training()
        seconds = time.monotonic() - begun
        first = summary(self.cluster, "first")
        self._same(first, summary(self.cluster, "first-reference")["weightsSha256"])
        missing = {"metrics.csv", "report.html", "run.msgpack", "specification.json", "weights.safetensors"} - {
            path.name for path in self.cluster.files("first").iterdir()}
        if missing:
            raise AssertionError(f"not on the volume: {missing}")
        self.cluster.kubectl("delete", "job", "moe-training")
        again = time.monotonic()
        self._apply_training()
        again = time.monotonic() - again
        submit(self.cluster, "moe-elsewhere", "elsewhere", name="first")
        self.cluster.wait(lambda: finished(self.cluster, "moe-elsewhere"), 300, "the Job with another folder does not end")
        for folder in ("first", "elsewhere"):
            if summary(self.cluster, folder)["runId"] != first["runId"]:
                raise AssertionError(f"{folder}: the run was trained again")
        return (f"complete after {seconds:.1f} s, same bits; applied again {again:.1f} s, into another folder too: "
                f"the same run {first['runId']}")

    def scale(self):
        """3 -> 5 -> 2 silos during a run."""
        run = Run(self.cluster, "scale", self.options)
        begun = time.monotonic()
        self.cluster.kubectl("scale", "statefulset/moe-silo", "--replicas=5")
        self.cluster.wait(lambda: len(found := experts(self.cluster)) == 5 and all(found.values()), 300, "the new silos get no experts")
        up = time.monotonic() - begun
        self.cluster.kubectl("scale", "statefulset/moe-silo", "--replicas=2")
        self.cluster.wait(lambda: set(self.cluster.pods()) == {"moe-silo-0", "moe-silo-1"}, 300, "three pods do not end")
        down = time.monotonic() - begun - up
        evidence = run.end(self.expected)
        self.cluster.kubectl("scale", "statefulset/moe-silo", "--replicas=3")
        return f"3 -> 5 {up:.1f} s until all have experts, 5 -> 2 {down:.1f} s until the pods are gone; {evidence}"

    def delete(self):
        """Pods are deleted, one after another: one with experts, then the coordinator's."""
        run = Run(self.cluster, "delete", self.options)
        times = [self._replace(pod) for pod in ("moe-silo-1", "moe-silo-0")]
        return f"moe-silo-1 and moe-silo-0 ready again after {times[0]:.1f} and {times[1]:.1f} s; {run.end(self.expected)}"

    def force(self):
        """A pod with experts is deleted by force, then the coordinator's: the new pod comes while the old one still ends."""
        run = Run(self.cluster, "force", self.options)
        times, waited = [], []
        for pod in ("moe-silo-2", "moe-silo-0"):
            times.append(self._replace(pod, "--force", "--grace-period=0"))
            if f'"EventId":{WAITING}' in self.cluster.kubectl("logs", pod):
                waited.append(pod)
        evidence = run.end(self.expected, restarts=None)
        return (f"moe-silo-2 and moe-silo-0 ready again after {times[0]:.1f} and {times[1]:.1f} s, "
                f"waited for the old silo: {', '.join(waited) or 'none'}; {evidence}")

    def kill(self):
        """The process of a silo with experts is killed: its container starts again in the same pod."""
        run = Run(self.cluster, "kill", self.options)
        begun = time.monotonic()
        self._kill("moe-silo-2")
        self.cluster.wait(lambda: run.watch.generation > 1, 120, "the run does not restart")
        recovered = time.monotonic() - begun
        self.cluster.wait(
            lambda: self._restarts("moe-silo-2") > 0 and ready(self.cluster.pod("moe-silo-2")), 400, "moe-silo-2 is not ready again")
        seconds = time.monotonic() - begun
        evidence = run.end(self.expected, restarts=1)
        return f"the run restarted after {recovered:.1f} s, moe-silo-2 was ready again after {seconds:.1f} s; {evidence}"

    def rollout(self):
        """All silos are replaced one after another."""
        run = Run(self.cluster, "rollout", self.options)
        begun = time.monotonic()
        self.cluster.kubectl("rollout", "restart", "statefulset/moe-silo")
        self.cluster.kubectl("rollout", "status", "statefulset/moe-silo", "--timeout=600s")
        return f"three silos replaced in {time.monotonic() - begun:.1f} s; {run.end(self.expected)}"

    def twice(self):
        """Two Jobs submit the same named run; the pod of one is deleted, then the process of the coordinator's silo is killed."""
        submit(self.cluster, "moe-other", "other", *self.options, name="twice")
        run = Run(self.cluster, "twice", self.options)
        before = run.watch.run
        (pod,) = pods_of(self.cluster, "moe-twice")
        self.cluster.kubectl("delete", "pod", pod)
        self.cluster.wait(
            lambda: any(name != pod and ready(found) for name, found in pods_of(self.cluster, "moe-twice").items()), 120,
            "the Job has no new pod")
        if run.watch.run != before:
            raise AssertionError("deleting the Job's pod ended the run")
        coordinator = run.watch.coordinator
        self._kill(coordinator)
        self.cluster.wait(lambda: run.watch.run != before, 300, "the lost run is not begun again")
        evidence = run.end(self.expected, restarts=None)
        self.cluster.wait(lambda: finished(self.cluster, "moe-other"), 300, "the other Job does not end")
        found = [summary(self.cluster, folder) for folder in ("twice", "other")]
        self._same(found[1], self.expected)
        if found[0]["runId"] != found[1]["runId"]:
            raise AssertionError(f"two results: {found[0]['runId']}, {found[1]['runId']}")
        pods = [len(pods_of(self.cluster, job)) for job in ("moe-twice", "moe-other")]
        return f"{coordinator} killed, the run begun again once; pods of the Jobs: {pods[0]} and {pods[1]}; one result, {evidence}"

    def version(self, image):
        """An image of another contracts version: the rollout stalls at its first pod, and the run goes on. Then it is rolled back."""
        run = Run(self.cluster, "version", self.options)
        self.cluster.kubectl("set", "image", "statefulset/moe-silo", f"silo={image}")
        self.cluster.wait(lambda: self._exit_code("moe-silo-2") == 2, 300, "moe-silo-2 is not refused")
        self.cluster.wait(lambda: self._restarts("moe-silo-2") >= 2, 300, "moe-silo-2 is not started again")
        line = self.cluster.kubectl("logs", "moe-silo-2", "--previous", "--tail=1")
        pods = self.cluster.pods()
        if not all(ready(pods[name]) and not self._is(pods[name], image) for name in ("moe-silo-0", "moe-silo-1")):
            raise AssertionError("the rollout did not stop at the first pod")
        begun = time.monotonic()
        self.cluster.kubectl("rollout", "undo", "statefulset/moe-silo")
        self.cluster.wait(
            lambda: (pod := self.cluster.pod("moe-silo-2")) and ready(pod) and not self._is(pod, image), 400, "it is not rolled back")
        back = time.monotonic() - begun
        return f"stalled at moe-silo-2 ({_message(line)}); rolled back in {back:.1f} s; {run.end(self.expected)}"

    def evict(self):
        """The disruption budget: a second eviction is refused until the first pod is replaced; then a node is drained."""
        run = Run(self.cluster, "evict", self.options)
        first, second = self._evict("moe-silo-1"), self._evict("moe-silo-2")
        if first or "disruption budget" not in (second or ""):
            raise AssertionError(f"evictions: {first}, {second}")
        settle(self.cluster)
        begun = time.monotonic()
        # Redis and the Job have their volumes on the other node.
        self.cluster.kubectl("drain", "node-2", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=400s")
        drained = time.monotonic() - begun
        settle(self.cluster)
        self.cluster.kubectl("uncordon", "node-2")
        if any(pod["spec"]["nodeName"] == "node-2" for pod in self.cluster.pods().values()):
            raise AssertionError("a silo is on the drained node")
        return f"the second eviction was refused ({second}); node-2 drained in {drained:.1f} s; {run.end(self.expected)}"

    def _apply_training(self):
        self.cluster.kubectl("apply", "-k", str(HERE / "training"))
        self.cluster.wait(lambda: finished(self.cluster, "moe-training"), 900, f"the Job does not end: {log(self.cluster, 'moe-training')}")

    def _replace(self, pod, *options):
        """Deletes a pod, and waits until the one that replaces it is ready. Returns the seconds."""
        begun, old = time.monotonic(), self.cluster.pod(pod)["metadata"]["uid"]
        self.cluster.kubectl("delete", "pod", pod, "--wait=false", *options)
        self.cluster.wait(
            lambda: (new := self.cluster.pod(pod)) and new["metadata"]["uid"] != old and ready(new), 400, f"{pod} is not ready again")
        return time.monotonic() - begun

    def _kill(self, silo):
        if sum(node.kill(f"MOE__NAME={silo}") for node in self.cluster.nodes) != 1:
            raise AssertionError(f"{silo} has not one process")

    def _evict(self, pod):
        """None, or why the API refuses it."""
        return self.cluster.post(f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction", {
            "apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAMESPACE}})

    def _container(self, pod):
        return (((self.cluster.pod(pod) or {}).get("status", {}).get("containerStatuses")) or [{}])[0]

    def _exit_code(self, pod):
        states = [self._container(pod).get(state, {}) for state in ("state", "lastState")]
        return next((state["terminated"]["exitCode"] for state in states if "terminated" in state), None)

    def _restarts(self, pod):
        return self._container(pod).get("restartCount", 0)

    @staticmethod
    def _is(pod, image):
        return pod["spec"]["containers"][0]["image"] == image

    @staticmethod
    def _same(found, expected):
        if found["weightsSha256"] != expected:
            raise AssertionError(f"weights {found['weightsSha256']}, in one process {expected}")


def _message(line):
    """The message of a line of a silo's log."""
    return line.split('"Message":"')[-1].split('","')[0].strip()
