#!/usr/bin/env python3
"""Faults of silos under a run: 'measure' takes the seconds to the next committed step, 'isolate' checks that no step is lost or done twice."""

import argparse
import json
import statistics
import sys
import time

from cluster import COMMITTED, QUEUE, Cluster

PARTED = 30
SPEC = ["--set", "training.stop.enabled=false", "--set", "data.train=16000", "--set", "data.test=400", "--shards", "3"]


def committed(cluster, run, step, since=0.0):
    """Whether a step at or beyond this one has been committed since a time."""
    return any(event.state["Step"] >= step and event.time > since for event in cluster.commits(run))


def generation(cluster, run):
    return max((event.state["Generation"] for event in cluster.commits(run)), default=0)


def recovery(program, fault):
    """Seconds from a fault to the next step that is committed by all experts of a living generation."""
    cluster = Cluster(program)
    try:
        run = cluster.train([*SPEC, "--steps", "100000"])
        cluster.wait(lambda: committed(cluster, run, 10), 120, "the run does not begin")
        before, begun = generation(cluster, run), time.time()
        {"kill": lambda: cluster.signal(3, "SIGKILL"), "hang": lambda: cluster.signal(3, "SIGSTOP"), "silent": lambda: cluster.network.pull(3)}[fault]()
        cluster.wait(lambda: generation(cluster, run) > before, 120, "the run does not begin again")
        return next(event.time for event in cluster.commits(run) if event.state["Generation"] > before) - begun
    finally:
        cluster.close()


def gaps(cluster, run, begun):
    """The longest pause between two commits since a time."""
    times = [event.time for event in cluster.commits(run) if event.time >= begun]
    return max(later - earlier for earlier, later in zip(times, times[1:]))


def drain(program, rolling):
    """Seconds that a drain takes (or three, each silo replaced by a new one first), and the longest pause of the run meanwhile."""
    cluster = Cluster(program)
    try:
        run = cluster.train([*SPEC, "--steps", "100000"])
        cluster.wait(lambda: committed(cluster, run, 10), 120, "the run does not begin")
        begun = time.time()
        for number in [3, 2, 1] if rolling else [3]:
            cluster.signal(number, "SIGTERM")
            cluster.silos[number].wait(timeout=120)
            if rolling:
                cluster.start(number)
        ended = time.time()
        last = max(event.state["Step"] for event in cluster.commits(run))
        cluster.wait(lambda: committed(cluster, run, last + 3), 60, "the run does not go on")
        if generation(cluster, run) != 1:
            raise AssertionError("the run began again")
        return ended - begun, gaps(cluster, run, begun)
    finally:
        cluster.close()


def measure(arguments):
    for fault in arguments.faults.split(","):
        times = []
        for _ in range(arguments.repeat):
            times.append(drain(arguments.program, fault == "rolling") if fault in ("drain", "rolling") else (recovery(arguments.program, fault),))
            print(json.dumps({"fault": fault, "seconds": [round(value, 1) for value in times[-1]]}), flush=True)
        print(json.dumps({"fault": fault, "median": [round(statistics.median(values), 1) for values in zip(*times)]}), flush=True)


def check(cluster, runs, expected, isolated, begun, healed):
    """What must hold after an isolation. Returns the number of commits that were compared."""
    weights = {}
    for event in cluster.commits():
        state = event.state
        key = (state["RunId"], state["Generation"], state["Step"], state["Expert"])
        if key in weights:
            raise AssertionError(f"committed twice: {key}, {'with the same weights' if weights[key] == state['WeightsSha256'] else 'WITH OTHER WEIGHTS'}")
        weights[key] = state["WeightsSha256"]
    by_step = {}
    for (_, _, step, expert), value in weights.items():
        if by_step.setdefault((step, expert), value) != value:
            raise AssertionError(f"expert {expert} has other weights after step {step} in another generation or run")
    for run in runs:
        newest, first = 0, {}
        for event in cluster.commits(run):
            number = event.state["Generation"]
            first.setdefault(number, event.time)
            if number < newest and event.state["Silo"] != isolated:
                raise AssertionError(f"{event.text}: generation {newest} has begun already, on a silo that lives")
            newest = max(newest, number)
    late = [event for event in cluster.events(int(isolated[-1])) if event.id == COMMITTED and event.time > healed]
    queues = [(event.time, event.state["Silo"]) for event in cluster.events() if event.id == QUEUE]
    living = [silo for _, silo in queues if silo != isolated]
    if len(living) != 1:
        raise AssertionError(f"several queues: {queues}")
    found = cluster.weights(runs[-1])
    if found != expected:
        raise AssertionError(f"final weights {found}, undisturbed {expected}")
    alone = [event for event in cluster.events(int(isolated[-1])) if event.id == COMMITTED and begun < event.time < healed]
    return {"commits": len(weights), "committedAlone": len(alone), "committedAfterHealing": len(late), "queues": [silo for _, silo in queues]}


def cut(cluster, silo, how):
    """Cuts a silo off: from everything ('silent'), by stopping its process ('hang'), or from the other silos but not from Redis ('part')."""
    others = [number for number in cluster.silos if number != silo]
    {"silent": lambda: cluster.network.pull(silo), "hang": lambda: cluster.signal(silo, "SIGSTOP"), "part": lambda: cluster.network.part(silo, others)}[how]()


def heal(cluster, silo, how):
    others = [number for number in cluster.silos if number != silo]
    {"silent": lambda: cluster.network.plug(silo), "hang": lambda: cluster.signal(silo, "SIGCONT"), "part": lambda: cluster.network.join(silo, others)}[how]()


def isolate(program, silo, dispatch, how, steps, expected, order):
    """Isolates a silo in mid-step, lets the run go on without it, heals it, and checks what all experts have logged."""
    cluster = Cluster(program, order)
    try:
        options = [*SPEC, "--steps", str(steps), "--dispatch", dispatch]
        runs = [cluster.train(options)]
        cluster.wait(lambda: committed(cluster, runs[0], steps // 5), 120, "the run does not begin")
        begun = time.time()
        cut(cluster, silo, how)
        if silo == 1:
            # The coordinator and the queue are lost with it: the run is given to the cluster again.
            time.sleep(10)
            runs.append(cluster.train(options))
        cluster.wait(lambda: any(event.time > begun + 1 and event.state["Step"] >= steps // 4 and event.state["Silo"] != f"silo-{silo}"
                                 and (event.state["Generation"] > 1 or event.state["RunId"] == runs[-1] != runs[0]) for event in cluster.commits()),
                     180, "the run does not go on without the silo")
        if how == "part":
            time.sleep(max(0.0, begun + PARTED - time.time()))
        healed = time.time()
        heal(cluster, silo, how)
        ended = cluster.silos[silo].wait(timeout=60)
        seconds = round(time.time() - healed, 1)
        found = check(cluster, runs, expected, f"silo-{silo}", begun, healed)
        return {**found, "silo": silo, "how": how, "dispatch": dispatch, "order": order, "exitCode": ended, "secondsToItsEnd": seconds}
    except Exception:
        for event in cluster.events():
            if event.id != COMMITTED:
                print(f"{event.time:.3f} {event.id} {event.text[:300]}", file=sys.stderr)
        raise
    finally:
        cluster.close()


def prove(arguments):
    steps = arguments.steps
    cluster = Cluster(arguments.program)
    try:
        expected = cluster.weights(cluster.train([*SPEC, "--steps", str(steps)]))
    finally:
        cluster.close()
    for dispatch in ("reference", "payload"):
        cases = [(3, "silent", (1, 2, 3)), (1, "silent", (1, 2, 3)), (2, "silent", (2, 3, 1)), (3, "hang", (1, 2, 3)), (1, "hang", (1, 2, 3)),
                 (3, "part", (1, 2, 3)), (1, "part", (1, 2, 3))]
        for silo, how, order in (case for case in cases if case[1] in arguments.how.split(",")):
            print(json.dumps(isolate(arguments.program, silo, dispatch, how, steps, expected, order)), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="src/Cli/bin/Release/net10.0", help="folder of moe.dll and moe-silo.dll")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("measure")
    one.add_argument("--faults", default="kill,hang,silent,drain,rolling")
    one.add_argument("--repeat", type=int, default=5)
    one.set_defaults(run=measure)
    two = commands.add_parser("isolate")
    two.add_argument("--steps", type=int, default=150)
    two.add_argument("--how", default="silent,hang,part")
    two.set_defaults(run=prove)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
