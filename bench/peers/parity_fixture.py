#!/usr/bin/env python3
"""Train the mixture of experts in PyTorch and write replay folders for the parity tests.

Each case becomes a folder with a run specification, every input of the run (data, noise, initial weights) and what
PyTorch's autograd makes of it, in double and in float. docs/replay.md describes the folder.

Requirements (Debian): python3-torch python3-numpy
Usage: python3 bench/peers/parity_fixture.py tests/fixtures/replay [--only CASE]
"""
import argparse
import json
import shutil
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

STEPS = 20
ARGMAX_MARGIN = 1e-4  # smallest gap between the best and the second score
KINK_MARGIN = 1e-6    # relu: smallest |z| as a share of the largest
STOP_MARGIN = 1e-4    # smallest distance of a loss from what the stop rule compares it with
FLOAT_ERROR = 2e-5    # largest error of a weight change of the float run against the double run

ACTIVATIONS = {
    "linear": lambda z: z, "cubic": lambda z: z ** 3, "relu": F.relu, "celu": F.celu, "gelu": F.gelu, "tanh": torch.tanh,
}


@dataclass
class Case:
    spec: dict
    stop: str = "steps"       # the stop reason the case is there for
    pretrain: int = 0         # steps in double before the start
    router_scale: float = 0   # deviation of the initial router; it starts at 0 elsewhere
    positive: float = 0.5     # share of class 1
    idle: dict = field(default_factory=dict)  # expert -> number of first steps in which it must get no sample


@dataclass
class Run:
    loss: np.ndarray
    weights: list             # one array for each of router, w, b: the values after each update
    dispatch: np.ndarray      # (executed steps, samples)
    stop_step: int
    reason: str
    margins: dict


def spec(recipe="reference", activation="cubic", normalise="sum", data={}, model={}, routing={}, expert={}, router={}, stop={}):
    """A run specification; the last arguments override single fields of a section."""
    paper = recipe == "paper"
    return {
        "recipe": recipe,
        "data": {"clusters": 4, "dim": 8, "patches": 4, "train": 40, **data},
        "model": {
            "expert": "cnn", "experts": 4, "filters": 3, "outputs": 1 if paper else 2, "activation": activation,
            "bias": not paper, "initialisation": "normal" if paper else "uniform",
            "initialScale": 0.01, "loss": "logistic" if paper else "softmaxCrossEntropy", **model},
        "routing": {
            "noise": "fresh", "noiseInArgmax": True, "noiseInGate": not paper,
            "gate": "softmax" if paper else "score", "loadBalance": 0, **routing},
        "training": {
            "steps": STEPS, "minibatch": 0, "block": 16,
            "expert": {"rate": 0.005, "normalise": normalise, "momentum": 0, "weightDecay": 0, **expert},
            "router": {"rate": 0.08 if paper else 0.1, "normalise": "none", "momentum": 0, "weightDecay": 0, **router},
            "stop": {"enabled": False, "floor": 0.314, "rise": 0.02, **stop}},
    }


def single(activation, rate):
    """A single model: one expert, no router, cross-entropy of the logits, PyTorch's Adam with L2 weight decay."""
    return Case(spec(activation=activation, normalise="none", model={"experts": 1, "initialScale": 1, "loss": "crossEntropy"},
                     routing={"gate": "one", "noiseInGate": False}, expert={"method": "adam", "rate": rate, "weightDecay": 5e-4}))


def cases():
    table = {f"{recipe}-{activation}-{norm}": Case(spec(recipe, activation, norm))
             for recipe in ("reference", "paper") for activation in ("linear", "cubic")
             for norm in ("sum", "tensor", "frobenius")}
    # A linear expert's bias gradient keeps its direction up to the sign, so normalised alone it walks to and fro through
    # its start, where a relative error means nothing. With unequal classes it drifts.
    table["reference-linear-tensor"].positive = 0.85
    for activation in ("relu", "celu", "gelu", "tanh"):
        table[f"reference-{activation}-sum"] = Case(spec(activation=activation, model={"initialScale": 0.1}))
    decay = {"momentum": 0.9, "weightDecay": 0.01}
    table |= {
        "trained": Case(spec(data={"train": 80}, expert={"rate": 0.0005}), pretrain=300),
        "official-start": Case(spec(model={"initialScale": 0.001}, expert={"rate": 0.001}, stop={"enabled": True})),
        "fixed-noise": Case(spec(normalise="tensor", routing={"noise": "fixed"})),
        "idle-experts": Case(spec(), idle={2: STEPS // 2, 3: STEPS}),
        "stop-floor": Case(spec(expert={"rate": 0.02}, stop={"enabled": True, "floor": 0.6, "rise": 1}), stop="floor"),
        "stop-rise": Case(spec(expert={"rate": 0.1}, stop={"enabled": True}), stop="rise"),
        "momentum-decay": Case(spec(expert=decay, router={"rate": 0.02, **decay})),
        "odd-sizes": Case(spec(data={"clusters": 2, "dim": 5, "patches": 3, "train": 23},
                               model={"experts": 3, "filters": 1}), router_scale=0.02),
        "noise-in-argmax-only": Case(spec(routing={"noiseInGate": False})),
        "load-balance": Case(spec(routing={"loadBalance": 0.01}), router_scale=0.02),
        "single-linear": single("linear", 0.003),
        "single-cubic": single("cubic", 0.01),
    }
    return table


def draw_data(rng, positive, clusters, dim, patches, train):
    """The paper's cluster data, setting 1: x (samples, patches, dim), class and cluster of each sample."""
    signals = np.linalg.qr(rng.normal(size=(dim, 2 * clusters)))[0].T
    features, centres = signals[:clusters], signals[clusters:]
    y, cluster = (rng.random(train) < positive).astype(int), rng.integers(0, clusters, train)
    other = (cluster + rng.integers(1, clusters, train)) % clusters
    alpha, beta, gamma = (rng.uniform(low, high, (train, 1)) for low, high in ((0.5, 2), (1, 2), (0.5, 3)))
    sign, eps = 2 * y[:, None] - 1, rng.choice([-1, 1], (train, 1))
    x = [alpha * sign * features[cluster], beta * centres[cluster], gamma * eps * features[other]]
    x += list(rng.normal(0, dim ** -0.5, (patches - 3, train, dim)))
    order = rng.random((train, patches)).argsort(axis=1)
    x = 10 * np.take_along_axis(np.stack(x, axis=1), order[:, :, None], axis=1)
    return x.astype(np.float32), y.astype(np.int32), cluster.astype(np.int32)


def draw_noise(rng, case, steps):
    s = case.spec
    draws = 1 if s["routing"]["noise"] == "fixed" else steps
    noise = rng.random((draws, s["data"]["train"], s["model"]["experts"]), dtype=np.float32)
    for expert, until in case.idle.items():
        noise[:until, :, expert] = -5
    return noise


def draw_weights(rng, case):
    model, dim = case.spec["model"], case.spec["data"]["dim"]
    filters = model["filters"] * model["outputs"]
    shapes = [(model["experts"], filters, dim)] + [(model["experts"], filters)] * model["bias"]
    if model["initialisation"] == "uniform":
        draws = [rng.uniform(-1, 1, shape) * dim ** -0.5 for shape in shapes]
    else:
        draws = [rng.normal(size=shape) for shape in shapes]
    router = case.router_scale * rng.normal(size=(model["experts"], 0 if case.spec["routing"]["gate"] == "one" else dim))
    return [router.astype(np.float32)] + [(model["initialScale"] * draw).astype(np.float32) for draw in draws]


def forward(s, x, y, noise, weights):
    """Loss, chosen expert of each sample, and the margins by which argmax and relu decide."""
    model, routing = s["model"], s["routing"]
    router, w, *b = weights
    score = x.sum(1)[:, :router.shape[1]] @ router.T  # zero where there is no router
    noisy = score + noise
    chosen = noisy.detach().argmax(1)
    best = F.pad(noisy.detach(), (0, 1), value=-np.inf).topk(2, dim=1).values
    z = torch.einsum("npd,nfd->npf", x, w[chosen]) + (b[0][chosen].unsqueeze(1) if b else 0)
    out = ACTIVATIONS[model["activation"]](z).sum(1).reshape(len(x), model["outputs"], model["filters"]).sum(2)
    gates = torch.softmax(score, 1) if routing["gate"] == "softmax" else noisy if routing["noiseInGate"] else score
    if routing["gate"] != "one":
        out = gates.gather(1, chosen.unsqueeze(1)) * out
    if model["loss"] == "logistic":
        loss = -F.logsigmoid((2 * y - 1) * out[:, 0]).mean()  # not softplus, which is cut off above 20
    else:
        loss = F.cross_entropy(out if model["loss"] == "crossEntropy" else torch.softmax(out, 1), y)
    if routing["loadBalance"]:
        share = torch.bincount(chosen, minlength=model["experts"]).to(x.dtype) / len(x)
        loss = loss + routing["loadBalance"] * model["experts"] ** 2 * (noisy.mean(0) * share).mean()
    size = z.detach().abs()
    return loss, chosen, (best[:, 0] - best[:, 1]).min().item(), (size.min() / size.max()).item()


def normalise(kind, gradients):
    """Divide the gradients of every expert (first axis) by its norm; not where that is 0."""
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in gradients])  # (tensors, experts)
    if kind == "sum":
        norms = norms.sum(0).expand_as(norms)
    elif kind == "frobenius":
        norms = norms.norm(dim=0).expand_as(norms)
    elif kind == "none":
        norms = torch.ones_like(norms)
    norms = torch.where(norms == 0, torch.ones_like(norms), norms)
    return [g / n.reshape(-1, *[1] * (g.dim() - 1)) for g, n in zip(gradients, norms)]


def update(optimiser, weights, velocities, gradients):
    for w, v, g in zip(weights, velocities, normalise(optimiser["normalise"], gradients)):
        v.mul_(optimiser["momentum"]).add_(g + optimiser["weightDecay"] * w.detach())
        w.data.sub_(optimiser["rate"] * v)


def stop_reason(stop, loss, smallest):
    if not stop["enabled"] or loss <= smallest:
        return None, np.inf
    reason = "floor" if loss <= stop["floor"] else "rise" if loss > smallest + stop["rise"] else None
    margin = min(abs(loss - stop["floor"]), abs(loss - smallest - stop["rise"]))
    return reason, min(margin, loss - smallest) if reason == "floor" else margin


def train(s, data, noise, start, dtype):
    x, y = torch.tensor(data[0], dtype=dtype), torch.tensor(data[1], dtype=torch.int64)
    noise = torch.tensor(noise, dtype=dtype)
    weights = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in start]
    velocities = [torch.zeros_like(w) for w in weights]
    training, smallest = s["training"], np.inf
    expert = training["expert"]
    if expert.get("method") == "adam":
        adam = torch.optim.Adam(weights[1:], lr=expert["rate"], weight_decay=expert["weightDecay"])
    losses, history, dispatch, stop_step, reason = [], [], [], None, "steps"
    margins = {"argmax": np.inf, "kink": np.inf, "stop": np.inf}
    for step in range(training["steps"]):
        loss, chosen, *decided = forward(s, x, y, noise[step % len(noise)], weights)
        losses.append(loss.item())
        dispatch.append(chosen.numpy())
        fired, distance = stop_reason(training["stop"], loss.item(), smallest)
        margins = {key: min(margins[key], value) for key, value in zip(margins, (*decided, distance))}
        if fired:
            stop_step, reason = step, fired
            break
        smallest = min(smallest, loss.item())
        gradients = torch.autograd.grad(loss, weights, allow_unused=True)
        if gradients[0] is not None:
            update(training["router"], weights[:1], velocities[:1], gradients[:1])
        if expert.get("method") == "adam":
            for w, g in zip(weights[1:], gradients[1:]):
                w.grad = g
            adam.step()
        else:
            update(expert, weights[1:], velocities[1:], gradients[1:])
        history.append([w.detach().numpy().copy() for w in weights])
    kind = np.float64 if dtype == torch.float64 else np.float32
    return Run(np.array(losses, kind), [np.stack(values) for values in zip(*history)], np.stack(dispatch),
               stop_step, reason, margins)


def change_error(start, run, truth):
    """Largest |dw - dw'| / |dw'| over steps and tensors: the router, each expert's w, each expert's b."""
    worst = []
    for index, first in enumerate(start):
        if first.size == 0:  # a router that is not there
            continue
        length = first[0].size if index else first.size  # the router is one tensor
        delta, exact = ((r.weights[index].astype(np.float64) - first).reshape(-1, length) for r in (run, truth))
        size, error = np.linalg.norm(exact, axis=1), np.linalg.norm(delta - exact, axis=1)
        worst += [np.where(error == 0, 0, error / np.maximum(size, 1e-300)).max()]
    return max(worst)


def robust(case, double, single, error):
    """Whether rounding cannot change a decision of the run; otherwise it is drawn again."""
    margins = {key: min(double.margins[key], single.margins[key]) for key in double.margins}
    return (np.array_equal(double.dispatch, single.dispatch)
            and (double.stop_step, double.reason) == (single.stop_step, single.reason)
            and margins["argmax"] > ARGMAX_MARGIN and margins["stop"] > STOP_MARGIN
            and (case.spec["model"]["activation"] != "relu" or margins["kink"] > KINK_MARGIN)
            and error <= FLOAT_ERROR)


def check(case, run):
    """The case shows what it is there for."""
    assert run.reason == case.stop, f"stopped by {run.reason} at {run.stop_step}, not by {case.stop}"
    assert run.stop_step is None or run.stop_step >= 3, f"stopped at once, at step {run.stop_step}"
    counts = np.stack([np.bincount(row, minlength=case.spec["model"]["experts"]) for row in run.dispatch])
    for expert, until in case.idle.items():
        assert not counts[:until, expert].any() and (until == STEPS or counts[until:, expert].any()), "expert not idle"
    if case.spec["training"]["expert"]["momentum"]:
        assert counts.all(), "momentum is to be tested on experts that all have samples"


def generate(name, case):
    """Inputs and both runs of the first draw that is robust."""
    for attempt in range(50):
        rng = np.random.default_rng([zlib.crc32(name.encode()), attempt])
        data, start = draw_data(rng, case.positive, **case.spec["data"]), draw_weights(rng, case)
        if case.pretrain:
            long = {**case.spec, "training": {**case.spec["training"], "steps": case.pretrain, "stop": {"enabled": False}}}
            run = train(long, data, draw_noise(rng, case, case.pretrain), start, torch.float64)
            start = [values[-1].astype(np.float32) for values in run.weights]
        noise = draw_noise(rng, case, STEPS)
        double, single = (train(case.spec, data, noise, start, dtype) for dtype in (torch.float64, torch.float32))
        if len(double.loss) != len(single.loss):
            continue
        error = change_error(start, single, double)
        if robust(case, double, single, error):
            check(case, double)
            stop = double.reason if double.stop_step is None else f"{double.reason} at {double.stop_step}"
            print(f"{name:30} {min(double.margins['argmax'], single.margins['argmax']):.1e} {error:.1e} "
                  f"{double.loss[0]:.4f} {double.loss[-1]:.4f} {stop}, draw {attempt}")
            return data, noise, start, double, single
    raise RuntimeError(f"{name}: no robust draw")


def write(folder, s, data, noise, start, double, single):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = ["router", "w", "b"][:len(start)]
    arrays = dict(zip(("x", "y", "cluster"), data)) | {"noise": noise} | {f"{n}0": v for n, v in zip(names, start)}
    for suffix, run in (("", double), ("32", single)):
        arrays |= {f"loss{suffix}": run.loss} | {f"{n}{suffix}": v for n, v in zip(names, run.weights)}
    for key, value in arrays.items():
        np.save(folder / f"{key}.npy", np.ascontiguousarray(value))
    expected = {"stopStep": double.stop_step, "stopReason": double.reason, "dispatch": double.dispatch.tolist()}
    (folder / "spec.json").write_text(json.dumps(s, indent=2) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path, help="folder of the replay folders")
    parser.add_argument("--only", choices=list(cases()), metavar="CASE", help="write this case alone")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"python {sys.version.split()[0]}, torch {torch.__version__}, numpy {np.__version__}\n"
          "case, smallest argmax margin, largest float error, first and last loss, stop, draw")
    for name, case in cases().items():
        if arguments.only in (None, name):
            write(arguments.target / name, case.spec, *generate(name, case))


if __name__ == "__main__":
    main()
