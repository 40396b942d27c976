"""Runs in the cluster: Jobs as deploy/kubernetes/training has them, with other options."""

import json
import os
import pathlib
import threading
import time

from cluster import metrics, ready

HERE = pathlib.Path(__file__).resolve().parent
TRAINING = "app.kubernetes.io/component=training"
# As the manifest has it, but for the name.
WAITING = ["--min-silos", "3", "--wait-seconds", "600", "--shards", "3"]


def submit(cluster, job, folder, *options, name=None):
    """A Job with the command 'moe train'; without a run's name it trains in its own process."""
    arguments = ["--output", f"/runs/{folder}", *options, *(["--name", name, *WAITING] if name else [])]
    changes = [{"op": "replace", "path": "/metadata/name", "value": job},
               {"op": "replace", "path": "/spec/template/spec/containers/0/args", "value": arguments}]
    if not name:
        changes.append({"op": "remove", "path": "/spec/template/spec/containers/0/env/0"})
    place = cluster.work / "jobs" / job
    place.mkdir(parents=True, exist_ok=True)
    (place / "kustomization.yaml").write_text(json.dumps({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": [os.path.relpath(HERE / "training", place)],
        "patches": [{"target": {"kind": "Job"}, "patch": json.dumps(changes)}]}))
    cluster.kubectl("apply", "-k", str(place))


def finished(cluster, job):
    """Whether a Job is complete."""
    conditions = {one["type"]: one for one in cluster.job(job).get("status", {}).get("conditions", []) if one["status"] == "True"}
    if "Failed" in conditions:
        raise AssertionError(f"the Job {job} failed: {conditions['Failed'].get('message')}; {log(cluster, job)}")
    return "Complete" in conditions


def log(cluster, job):
    """The last line of the last pod of a Job."""
    return cluster.kubectl("logs", f"job/{job}", "--tail=1", check=False).stdout.strip()


def pods_of(cluster, job):
    return cluster.pods(f"job-name={job}")


def summary(cluster, folder):
    return json.loads((cluster.files(folder) / "summary.json").read_text())


class Watch:
    """Looks at the silos' metrics all the time: which step the run is at, how often it began again, and how long it stood still."""

    def __init__(self, cluster):
        self._cluster = cluster
        self.steps = {}
        self.generation = 0
        self.run = None
        self.coordinator = None
        self.pause = 0.0
        self._moved = None
        self._stopped = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self):
        pods = {}
        while not self._stopped.wait(0.1):
            # The coordinator's silo alone, while it answers: a look at a silo that ends takes seconds, which would count as a pause.
            if not self._take(self.coordinator, metrics(pods.get(self.coordinator, {}))):
                pods = self._cluster.pods()
                any(self._take(name, metrics(pod)) for name, pod in pods.items())

    def _take(self, name, found):
        """Whether the silo has the run."""
        scope = 'otel_scope_name="MoeOrleans.Coordinator"'
        run = [series for series in found if series.startswith("moe_run_info")]
        if not run:
            return False
        self.run = run[0].split('moe_run_id="')[1].split('"')[0]
        self.coordinator = name
        self.generation = int(found.get(f"moe_run_generation{{{scope}}}", 0))
        steps = found.get(f"moe_run_steps_total{{{scope}}}", 0)
        if steps != self.steps.get((name, self.run)):
            self.steps[name, self.run] = steps
            now = time.monotonic()
            if self._moved:
                self.pause = max(self.pause, now - self._moved)
            self._moved = now
        return True

    def begin(self):
        """The longest pause counts from now on."""
        self.pause = 0.0

    def close(self):
        self._stopped.set()


class Run:
    """A long run that a scenario disturbs. It must still train when the scenario is done with that, and give the right bits."""

    def __init__(self, cluster, name, options, at=200):
        self.cluster, self.name = cluster, name
        submit(cluster, f"moe-{name}", name, *options, name=name)
        self.watch = Watch(cluster)
        cluster.wait(lambda: sum(self.watch.steps.values()) >= at, 300, f"the run {name} does not train: {log(cluster, f'moe-{name}')}")
        self.watch.begin()

    def end(self, expected, restarts=0):
        """Waits for the result. Returns the evidence."""
        job = f"moe-{self.name}"
        if finished(self.cluster, job):
            raise AssertionError("the run ended before all was done to it: take more --steps")
        pause = self.watch.pause
        self.cluster.wait(lambda: finished(self.cluster, job), 1200, f"the Job {job} does not end")
        self.watch.close()
        found = summary(self.cluster, self.name)
        if found["weightsSha256"] != expected:
            raise AssertionError(f"weights {found['weightsSha256']}, in one process {expected}")
        if restarts is not None and found["recoveries"] != restarts:
            raise AssertionError(f"the run began again {found['recoveries']} times, expected {restarts}")
        return f"same bits, {found['recoveries']} restarts, longest pause {pause:.1f} s"


def settle(cluster, silos=3):
    """Waits until there are so many silos, all ready."""
    cluster.wait(lambda: len(cluster.pods()) == silos == sum(map(ready, cluster.pods().values())), 400, f"{silos} silos are not ready")


def rest(cluster):
    """Waits until no run trains, so that a scenario sees none but its own."""
    settle(cluster)

    def trains(pod):
        return any(series.startswith("moe_run_info") for series in metrics(pod))

    cluster.wait(lambda: not any(map(trains, cluster.pods().values())), 600, "a run still trains")


def experts(cluster):
    """How many experts each silo has."""
    return {name: sum(int(value) for series, value in metrics(pod).items() if series.startswith("moe_silo_grains") and '"expert"' in series)
            for name, pod in cluster.pods().items()}
