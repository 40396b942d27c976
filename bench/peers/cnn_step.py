#!/usr/bin/env python3
"""The paper's mixture in PyTorch, as a good engineer writes a step: sort by expert, index_select, one matrix product each.

The step is that of `moe train` on setting 1 (docs/paper.md): noisy top-1 routing, the noisy score as gate, the softmax of the
gated logits taken as logits, normalised gradient descent of the experts, gradient descent of the router. Data and noise are
random: speed does not depend on them. `--backward autograd` leaves the gradients to PyTorch, `--backward manual` has them
derived by hand; both are checked against each other before anything is timed.

Requirements (Debian): python3-torch libopenblas0-pthread
Usage: python3 bench/peers/cnn_step.py [--backward manual] [--threads 1] [--steps 40] [--json]
"""
from peer import Peer, arguments, run, torch

PATCHES, DIM, FILTERS, CLASSES = 4, 50, 16, 2
OF_CLASS = torch.eye(CLASSES).repeat_interleave(FILTERS // CLASSES, 0)  # filters x classes
EXPERT_RATE, ROUTER_RATE = 0.001, 0.1


class CnnPeer(Peer):
    """Weights, data and the two ways to a gradient."""

    def __init__(self, experts, samples, manual):
        generator = torch.Generator().manual_seed(1)
        self.manual = manual
        self.experts = experts
        self.x = torch.randn(samples, PATCHES * DIM, generator=generator) * 3
        self.sums = self.x.view(samples, PATCHES, DIM).sum(1)
        self.labels = torch.randint(0, CLASSES, (samples,), generator=generator)
        self.theta = torch.zeros(experts, DIM)
        self.weight = [0.03 * (torch.rand(FILTERS, DIM, generator=generator) - 0.5) for _ in range(experts)]
        self.bias = [0.03 * (torch.rand(FILTERS, generator=generator) - 0.5) for _ in range(experts)]

    def step(self, noise=None):
        """One training step; returns the loss."""
        loss, theta, weight, bias = (self.manual_gradients if self.manual else self.autograd_gradients)(noise)
        self.theta -= ROUTER_RATE * theta
        for m in range(self.experts):
            norm = weight[m].norm() + bias[m].norm()
            if norm > 0:
                self.weight[m] -= EXPERT_RATE / norm * weight[m]
                self.bias[m] -= EXPERT_RATE / norm * bias[m]
        return loss

    def route(self, scores, noise):
        """Experts of the samples, the order that sorts them by expert, and where each expert's samples lie in it."""
        noisy = scores + (torch.rand(scores.shape) if noise is None else noise)
        gate, expert = noisy.max(1)
        order = expert.argsort()
        return gate, order, torch.bincount(expert, minlength=self.experts).tolist()

    def manual_gradients(self, noise):
        gate, order, counts = self.route(self.sums @ self.theta.t(), noise)
        gate = gate.index_select(0, order)
        rows = self.x.index_select(0, order).view(-1, DIM)
        labels = self.labels.index_select(0, order)
        z = torch.empty(rows.shape[0], FILTERS)
        start = 0
        for m, count in enumerate(counts):
            end = start + PATCHES * count
            torch.addmm(self.bias[m], rows[start:end], self.weight[m].t(), out=z[start:end])
            start = end
        square = z * z
        outputs = (square * z).view(-1, PATCHES, FILTERS).sum(1) @ OF_CLASS
        p = torch.softmax(gate[:, None] * outputs, 1)
        log_q = torch.log_softmax(p, 1)
        loss = torch.nn.functional.nll_loss(log_q, labels)
        dp = log_q.exp_()
        dp[torch.arange(len(labels)), labels] -= 1
        dp /= len(labels)
        dlogit = p * (dp - (p * dp).sum(1, keepdim=True))
        dgate = (dlogit * outputs).sum(1)
        doutput = 3 * gate[:, None] * dlogit
        dz = (square.view(-1, PATCHES, FILTERS) * (doutput @ OF_CLASS.t())[:, None, :]).view(-1, FILTERS)
        dsums = self.sums.index_select(0, order)
        theta, weight, bias = torch.zeros_like(self.theta), [], []
        start = 0
        for m, count in enumerate(counts):
            end = start + count
            part = dz[PATCHES * start:PATCHES * end]
            weight.append(part.t() @ rows[PATCHES * start:PATCHES * end])
            bias.append(part.sum(0))
            theta[m] = dgate[start:end] @ dsums[start:end]
            start = end
        return loss, theta, weight, bias

    def autograd_gradients(self, noise):
        leaves = [self.theta, *self.weight, *self.bias]
        for leaf in leaves:
            leaf.requires_grad_(True)
            leaf.grad = None
        with torch.enable_grad():
            gate, order, counts = self.route(self.sums @ self.theta.t(), noise)
            rows = self.x.index_select(0, order).view(-1, DIM)
            outputs, start = [], 0
            for m, count in enumerate(counts):
                end = start + PATCHES * count
                z = torch.addmm(self.bias[m], rows[start:end], self.weight[m].t())
                outputs.append(z.pow(3).view(-1, PATCHES, FILTERS).sum(1) @ OF_CLASS)
                start = end
            p = torch.softmax(gate.index_select(0, order)[:, None] * torch.cat(outputs), 1)
            loss = torch.nn.functional.cross_entropy(p, self.labels.index_select(0, order))
            loss.backward()
        for leaf in leaves:
            leaf.requires_grad_(False)
        gradient = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
        return loss.detach(), gradient[0], gradient[1:1 + self.experts], gradient[1 + self.experts:]

    def gradients(self, noise):
        """Gradients by hand and by autograd, as two lists, for the check."""
        lists = []
        for _, theta, weight, bias in (self.manual_gradients(noise), self.autograd_gradients(noise)):
            lists.append([theta, *weight, *bias])
        return lists


if __name__ == "__main__":
    options = arguments(__doc__, experts=8, samples=16000)
    run("cnn", options, lambda: CnnPeer(options.experts, options.samples, options.backward == "manual"))
