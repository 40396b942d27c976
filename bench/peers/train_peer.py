#!/usr/bin/env python3
"""Trains a mixture of experts in PyTorch with the settings of `moe train --data`, and prints its accuracy and CPU time.

Router without noise whose weights begin at 0, softmax gate, cross-entropy of the gated logits, Switch's balance loss with the
shares of the step before, PyTorch's initialisation of experts, a cosine to 0, minibatches without replacement. Samples are
sorted by expert once a step, and each expert computes its own. `bench/peers/training` runs it next to `moe`.

Requirements (Debian): python3-torch python3-numpy libopenblas0-pthread
Usage: python3 bench/peers/train_peer.py --data DIR [--expert mlp --hidden 128] [--optimizer adam] [--epochs 20] [--json]
"""
import argparse
import json
import math
import time
from pathlib import Path

from peer import blas, torch  # sets threads and malloc before PyTorch loads

import numpy as np

F = torch.nn.functional
RATES = {"sgd": 0.1, "adam": 0.001, "adamw": 0.001}


class Mlps(torch.nn.Module):
    """One two-layer ReLU network for each expert."""

    def __init__(self, experts, inputs, hidden, outputs):
        super().__init__()
        self.experts = torch.nn.ModuleList(
            torch.nn.Sequential(torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outputs)) for _ in range(experts))

    def forward(self, parts):
        return [expert(part.flatten(1)) for expert, part in zip(self.experts, parts)]


class PatchCnns(torch.nn.Module):
    """One layer of filters over patches for each expert; an output is the sum of its filters over the patches."""

    def __init__(self, experts, dim, filters, outputs):
        super().__init__()
        self.shape = (outputs, filters)
        self.experts = torch.nn.ModuleList(torch.nn.Linear(dim, filters * outputs) for _ in range(experts))

    def forward(self, parts):
        return [expert(part).relu().sum(1).reshape(len(part), *self.shape).sum(2) for expert, part in zip(self.experts, parts)]


def load(folder, name):
    x = torch.from_numpy(np.ascontiguousarray(np.load(Path(folder, f"{name}_x.npy")), dtype=np.float32))
    return x, torch.from_numpy(np.load(Path(folder, f"{name}_y.npy")).astype(np.int64))


class Mixture:
    def __init__(self, options, x, classes):
        self.options = options
        _, patches, dim = x.shape
        self.theta = torch.zeros(options.experts, dim, requires_grad=True)
        self.experts = Mlps(options.experts, patches * dim, options.hidden, classes) if options.expert == "mlp" else PatchCnns(options.experts, dim, options.filters, classes)
        self.shares = torch.full((options.experts,), 1 / options.experts)

    def route(self, x, ties=0.0):
        scores = x.sum(1) @ self.theta.t()
        return scores.softmax(1), (scores + ties * torch.randn_like(scores)).argmax(1)

    def logits(self, x, probabilities, expert):
        """Gated logits of the samples sorted by expert, and their order."""
        order = expert.argsort()
        counts = torch.bincount(expert, minlength=self.options.experts)
        outputs = torch.cat(self.experts(x.index_select(0, order).split(counts.tolist())))
        gate = probabilities.gather(1, expert[:, None]).index_select(0, order)
        return gate * outputs, order, counts

    def loss(self, x, y):
        probabilities, expert = self.route(x, ties=1e-5)
        logits, order, counts = self.logits(x, probabilities, expert)
        balance = self.options.balance * self.options.experts * (self.shares * probabilities.mean(0)).sum()
        self.shares = counts / len(x)
        return F.cross_entropy(logits, y.index_select(0, order)) + balance

    @torch.no_grad()
    def accuracy(self, x, y):
        hits = 0
        for part, labels in zip(x.split(10_000), y.split(10_000)):
            logits, order, _ = self.logits(part, *self.route(part))
            hits += (logits.argmax(1) == labels.index_select(0, order)).sum().item()
        return 100 * hits / len(x)


def optimiser(options, parameters):
    rate = RATES[options.optimizer] if options.lr is None else options.lr
    if options.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate)
    return (torch.optim.AdamW if options.optimizer == "adamw" else torch.optim.Adam)(parameters, lr=rate, weight_decay=0.01 if options.optimizer == "adamw" else 0)


def train(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    (x, y), test = load(options.data, "train"), load(options.data, "test")
    mixture = Mixture(options, x, int(y.max()) + 1)
    parameters = [mixture.theta, *mixture.experts.parameters()]
    steps = options.epochs * math.ceil(len(x) / options.minibatch)
    update = optimiser(options, parameters)
    schedule = torch.optim.lr_scheduler.LambdaLR(update, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps)))
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)  # an idle expert has a gradient of 0, as in moe
    seconds = []
    for _ in range(options.epochs):
        start = time.process_time()
        for batch in torch.randperm(len(x)).split(options.minibatch):
            update.zero_grad(set_to_none=False)
            mixture.loss(x.index_select(0, batch), y.index_select(0, batch)).backward()
            update.step()
            schedule.step()
        seconds.append(time.process_time() - start)
    _, expert = mixture.route(x)
    shares = torch.bincount(expert, minlength=options.experts) / len(x)
    return {
        "testAccuracy": mixture.accuracy(*test), "cpuSecondsPerEpoch": min(seconds), "liveExperts": int((shares > 1 / (4 * options.experts)).sum()),
        "torch": torch.__version__, "blas": blas(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of train_x.npy, train_y.npy, test_x.npy, test_y.npy")
    parser.add_argument("--expert", choices=["mlp", "cnn"], default="mlp")
    parser.add_argument("--experts", type=int, default=8)
    parser.add_argument("--hidden", type=int, default=128, help="hidden units of an MLP")
    parser.add_argument("--filters", type=int, default=8, help="filters of a patch CNN for each class")
    parser.add_argument("--optimizer", choices=list(RATES), default="adam")
    parser.add_argument("--lr", type=float)
    parser.add_argument("--balance", type=float, default=0.3)
    parser.add_argument("--minibatch", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = train(options)
    if options.json:
        print(json.dumps(result))
    else:
        print(f"{result['testAccuracy']:.2f} % test accuracy, {result['cpuSecondsPerEpoch']:.2f} CPU seconds an epoch (least), {result['liveExperts']} of {options.experts} experts live; "
              f"PyTorch {result['torch']}, {result['blas']}")


if __name__ == "__main__":
    main()
