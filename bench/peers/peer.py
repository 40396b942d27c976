"""What the PyTorch peers share: options, settings, timing, and what is said of the software they ran on."""
import argparse
import ctypes
import json
import os
import statistics
import sys
import time

# Before PyTorch loads: its thread pools are made once.
THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv[:-1] else "1"
SETTINGS = {
    "OMP_NUM_THREADS": THREADS,
    "OPENBLAS_NUM_THREADS": "1",  # PyTorch's own threads share a product out; two pools would fight for the cores
    # Tensors of megabytes are made and freed in every step: kept by malloc, they need not be mapped and cleared anew.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 31),
}
# A choice of kernels or cache size that the shell has made for other programs could be a slow one; OpenBLAS knows the processor.
OTHERS = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
if any(name not in os.environ for name in SETTINGS) or OTHERS & os.environ.keys():
    # malloc reads its settings when the process starts.
    inherited = {name: value for name, value in os.environ.items() if name not in OTHERS}
    os.execve(sys.executable, [sys.executable, *sys.argv], {**SETTINGS, **inherited})

try:
    import torch
except ImportError:
    sys.exit("peers: PyTorch is not installed; on Debian: apt-get install python3-torch libopenblas0-pthread")

TOLERANCE = 2e-4  # of a gradient by hand against autograd, relative to its largest element; float32


class Peer:
    """A model whose step is timed."""

    def step(self, noise=None):
        raise NotImplementedError

    def gradients(self, noise):
        raise NotImplementedError


def arguments(description, experts, samples):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backward", choices=["autograd", "manual"], default="autograd", help="who derives the gradients")
    parser.add_argument("--experts", type=int, default=experts)
    parser.add_argument("--samples", type=int, default=samples, help="samples of a step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=8, help="steps that are not counted")
    parser.add_argument("--steps", type=int, default=20, help="steps that are")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def blas():
    """The BLAS library that the process has loaded, and the processor it takes this one for."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line.lower()}
        names = sorted(path.split("/")[-1] for path in paths)
        for path in [path for path in paths if "libopenblas" in path][:1]:
            core = ctypes.CDLL(path).openblas_get_corename
            core.restype = ctypes.c_char_p
            names.append(f"kernels for {core().decode()}")
        return ", ".join(names) or "none"
    except OSError:
        return "unknown"


def check(peer, samples, experts):
    noise = torch.rand(samples, experts)
    manual, autograd = peer.gradients(noise)
    for a, b in zip(manual, autograd):
        error = (a - b).abs().max() / b.abs().max().clamp_min(1e-12)
        if not error <= TOLERANCE:
            sys.exit(f"peers: the gradients by hand are {error:.1e} from autograd's, at most {TOLERANCE} was expected")


def run(name, options, make):
    """Checks, warms up, times, prints."""
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(1)
    with torch.no_grad():
        check(make(), options.samples, options.experts)
        peer = make()
        milliseconds = []
        for step in range(options.warm_up + options.steps):
            start = time.perf_counter()
            peer.step()
            if step >= options.warm_up:
                milliseconds.append(1000 * (time.perf_counter() - start))
    result = {
        "name": f"{name}-{options.backward}", "experts": options.experts, "minibatch": options.samples, "threads": options.threads,
        "milliseconds": {"median": statistics.median(milliseconds), "min": min(milliseconds), "max": max(milliseconds)},
        "torch": torch.__version__, "blas": blas(), "ompThreads": os.environ["OMP_NUM_THREADS"], "openBlasThreads": os.environ["OPENBLAS_NUM_THREADS"],
        "vectors": next((line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line), "unknown"),
    }
    if options.json:
        print(json.dumps(result))
    else:
        spread = result["milliseconds"]
        print(f"{result['name']}: {spread['median']:.2f} ms a step ({spread['min']:.2f} to {spread['max']:.2f}), {options.experts} experts, "
              f"{options.samples} samples, {options.threads} threads; PyTorch {result['torch']}, {result['blas']}, {result['vectors']}")
