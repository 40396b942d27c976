#!/usr/bin/env python3
"""Runs the manifests and the image on API server, controllers, scheduler and kubelets of Kubernetes 1.20. README.md has the rest."""

import argparse
import pathlib
import signal
import subprocess
import sys
import time

from cluster import Cluster
from runs import HERE, rest
from scenarios import Scenarios

IMAGE = "docker.io/library/moe-orleans"
DISTURBED = ["scale", "delete", "force", "kill", "rollout", "twice", "version", "evict"]


def prepare(work, archives):
    """Programs and images, in the work folder."""
    for script in ("build", "images"):
        subprocess.run([HERE / script, work], check=True)
    for tag, archive in archives.items():
        target = pathlib.Path(work, "images", f"moe-{tag}.tar")
        target.unlink(missing_ok=True)
        # containerd reads the name of an image from the archive.
        words = ["copy", "-q", f"oci-archive:{archive}", f"docker-archive:{target}:{IMAGE}:{tag}"]
        subprocess.run(["skopeo", "--insecure-policy", *words], check=True)


def take(name, scenario):
    """Runs a scenario, and prints a line. Returns whether it passed."""
    begun = time.monotonic()
    try:
        result, evidence = "passed", scenario()
    except (AssertionError, RuntimeError, TimeoutError) as error:
        result, evidence = "FAILED", error
    print(f"{name:10} {result} {time.monotonic() - begun:6.1f} s  {evidence}", flush=True)
    return result == "passed"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", required=True, help="archive of the image, as dotnet publish writes it")
    parser.add_argument("--other-image", help="archive of an image with another contracts version (other-version makes it)")
    parser.add_argument("--work", required=True, help="folder for all that this check writes; later calls use its programs again")
    parser.add_argument("--steps", type=int, default=40000, help="steps of the runs that are disturbed (default 40000)")
    every = ",".join(DISTURBED)
    parser.add_argument("--only", default=every, help=f"which of these to do, with commas between (default {every})")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(DISTURBED):
        parser.error(f"--only: {', '.join(unknown)}; expected {', '.join(DISTURBED)}")
    if "version" in chosen and not arguments.other_image:
        parser.error("--other-image: is needed for the scenario version, or leave that out by --only")

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    prepare(arguments.work, {"0.1.0": arguments.image, **({"other": arguments.other_image} if arguments.other_image else {})})
    begun = time.monotonic()
    cluster = Cluster(arguments.work)
    try:
        print(f"a control plane and two nodes are ready after {time.monotonic() - begun:.1f} s", flush=True)
        fields = ("training.stop.enabled=false", "data.train=2000", "data.test=400")
        options = [word for field in fields for word in ("--set", field)]
        scenarios = Scenarios(cluster, [*options, "--steps", str(arguments.steps)])
        # The others need the silos, and the reference.
        passed = all(take(name, getattr(scenarios, name)) for name in ("apply", "reference", "job"))
        for name in chosen if scenarios.expected else []:
            scenario = getattr(scenarios, name) if name != "version" else lambda: scenarios.version("moe-orleans:other")
            passed = take(name, lambda: (rest(cluster), scenario())[1]) and passed
        return 0 if passed else 1
    finally:
        cluster.close()


if __name__ == "__main__":
    sys.exit(main())
