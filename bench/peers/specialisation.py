#!/usr/bin/env python3
"""Theorem 4.2 by the official code's recipe, in PyTorch: does every expert specialise, in every initialisation?

An implementation of its own of what `moe reproduce --settings theorem --only specialisation` measures by the reference recipe
(docs/paper.md): own data of the theorem's setting, own initial weights and noise, the gradients of `cnn_step.py`. So it tells
whether runs that miss a training error of 0 are the recipe's or this project's.

Requirements (Debian): python3-torch libopenblas0-pthread
Usage: python3 bench/peers/specialisation.py [--runs 10] [--first-seed 1] [--data-seed 1] [--threads 1]
"""
import argparse

from cnn_step import CLASSES, CnnPeer, DIM, FILTERS, OF_CLASS, PATCHES
from peer import torch

EXPERTS, CLUSTERS, SAMPLES, SCALE, STEPS = 8, 4, 16000, 10, 501
FLOOR, RISE = 0.314, 0.02


def uniform(low, high, *shape, generator):
    return low + (high - low) * torch.rand(*shape, generator=generator)


def theorem_data(seed):
    """Samples x patches x dim, labels, clusters: alpha, beta, gamma ~ U(1, 2), orthonormal signals, a patch of noise."""
    generator = torch.Generator().manual_seed(1000 + seed)
    signals = torch.linalg.qr(torch.randn(DIM, 2 * CLUSTERS, generator=generator))[0].t()
    feature, centre = signals[:CLUSTERS], signals[CLUSTERS:]
    label = torch.randint(0, CLASSES, (SAMPLES,), generator=generator)
    cluster = torch.randint(0, CLUSTERS, (SAMPLES,), generator=generator)
    other = (cluster + 1 + torch.randint(0, CLUSTERS - 1, (SAMPLES,), generator=generator)) % CLUSTERS
    sign = 2 * torch.randint(0, 2, (SAMPLES, 1), generator=generator) - 1
    alpha, beta, gamma = (uniform(1, 2, SAMPLES, 1, generator=generator) for _ in range(3))
    patches = torch.stack([
        alpha * (2 * label[:, None] - 1) * feature[cluster], beta * centre[cluster], gamma * sign * feature[other],
        torch.randn(SAMPLES, DIM, generator=generator) / DIM ** 0.5], 1) * SCALE
    order = torch.rand(SAMPLES, PATCHES, generator=generator).argsort(1)
    return patches.gather(1, order[:, :, None].expand(-1, -1, DIM)), label, cluster


class Mixture(CnnPeer):
    """The peer's step, on the theorem's data, from the official code's initial weights."""

    def __init__(self, seed, patches, label):
        super().__init__(EXPERTS, 1, manual=True)
        torch.manual_seed(seed)
        self.x, self.sums, self.labels = patches.reshape(SAMPLES, PATCHES * DIM), patches.sum(1), label
        bound = 0.001 / DIM ** 0.5
        self.weight = [bound * (2 * torch.rand(FILTERS, DIM) - 1) for _ in range(EXPERTS)]
        self.bias = [bound * (2 * torch.rand(FILTERS) - 1) for _ in range(EXPERTS)]

    def train(self):
        """Steps to the last or to the stop rule, whose step makes no update; returns how many."""
        smallest = float("inf")
        for step in range(STEPS):
            before = (self.theta.clone(), [w.clone() for w in self.weight], [b.clone() for b in self.bias])
            loss = self.step().item()
            if loss <= smallest:
                smallest = loss
            elif loss <= FLOOR or loss > smallest + RISE:
                self.theta, self.weight, self.bias = before
                return step + 1
        return STEPS

    def predict(self):
        """Predicted class and expert of each training sample, with a fresh draw of the router's noise."""
        gate, expert = (self.sums @ self.theta.t() + torch.rand(SAMPLES, EXPERTS)).max(1)
        outputs = torch.zeros(SAMPLES, CLASSES)
        for m in range(EXPERTS):
            mine = (expert == m).nonzero()[:, 0]
            z = torch.addmm(self.bias[m], self.x[mine].view(-1, DIM), self.weight[m].t())
            outputs[mine] = z.pow(3).view(-1, PATCHES, FILTERS).sum(1) @ OF_CLASS
        return (gate[:, None] * outputs).argmax(1), expert


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="initialisations")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--data-seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    patches, label, cluster = theorem_data(options.data_seed)
    errors = []
    print("seed  steps  training error, %  clusters with an expert of their own")
    for seed in range(options.first_seed, options.first_seed + options.runs):
        mixture = Mixture(seed, patches, label)
        steps = mixture.train()
        predicted, expert = mixture.predict()
        errors.append(100 * (predicted != label).double().mean().item())
        counts = torch.bincount(cluster * EXPERTS + expert, minlength=CLUSTERS * EXPERTS).view(CLUSTERS, EXPERTS)
        served = counts[:, counts.sum(0) > 0].argmax(0).unique().numel()
        print(f"{seed:4}  {steps:5}  {errors[-1]:17.2f}  {served} of {CLUSTERS}", flush=True)
    print(f"training error 0 in {sum(error == 0 for error in errors)} of {len(errors)} runs; largest {max(errors):.2f} %")


if __name__ == "__main__":
    main()
