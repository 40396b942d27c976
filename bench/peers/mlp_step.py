#!/usr/bin/env python3
"""A mixture of two-layer ReLU MLPs in PyTorch, as a good engineer writes a step: sort by expert, index_select, a Linear pair each.

The step is that of `moe bench --expert mlp`: 784-512-10, minibatches of 1,024 out of 16,384 samples, noisy top-1 routing, the
noisy score as gate, cross-entropy of the gated logits, normalised gradient descent of the experts, gradient descent of the
router. Data and noise are random: speed does not depend on them. `--backward autograd` leaves the gradients to PyTorch,
`--backward manual` has them derived by hand; both are checked against each other before anything is timed.

Requirements (Debian): python3-torch libopenblas0-pthread
Usage: python3 bench/peers/mlp_step.py [--backward manual] [--threads 1] [--steps 40] [--json]
"""
from peer import Peer, arguments, run, torch

INPUTS, HIDDEN, CLASSES, TRAIN = 784, 512, 10, 16384
EXPERT_RATE, ROUTER_RATE = 0.05, 0.1


class MlpPeer(Peer):
    """Weights, data and the two ways to a gradient."""

    def __init__(self, experts, samples, manual):
        generator = torch.Generator().manual_seed(1)
        self.manual = manual
        self.experts, self.samples = experts, samples
        self.x = 2 * torch.rand(TRAIN, INPUTS, generator=generator) - 1
        self.labels = torch.randint(0, CLASSES, (TRAIN,), generator=generator)
        self.order = torch.randperm(TRAIN, generator=generator)
        self.next = 0
        self.theta = torch.zeros(experts, INPUTS)

        def uniform(rows, columns, inputs):
            return [(2 * torch.rand(rows, columns, generator=generator) - 1) / inputs ** 0.5 for _ in range(experts)]

        # Hidden weights and biases, output weights and biases: a list of tensors for each expert.
        self.weights = [list(tensors) for tensors in zip(
            uniform(HIDDEN, INPUTS, INPUTS), [b[0] for b in uniform(1, HIDDEN, INPUTS)],
            uniform(CLASSES, HIDDEN, HIDDEN), [b[0] for b in uniform(1, CLASSES, HIDDEN)])]

    def step(self, noise=None):
        """One training step; returns the loss."""
        loss, theta, gradients = (self.manual_gradients if self.manual else self.autograd_gradients)(noise)
        self.next = (self.next + self.samples) % (TRAIN - self.samples + 1)
        self.theta -= ROUTER_RATE * theta
        for weights, gradient in zip(self.weights, gradients):
            norm = sum(g.norm() for g in gradient)
            if norm > 0:
                for w, g in zip(weights, gradient):
                    w.add_(g, alpha=-EXPERT_RATE / norm.item())
        return loss

    def route(self, noise):
        """Gates, samples and labels of the minibatch sorted by expert, and how many each expert has."""
        batch = self.order[self.next:self.next + self.samples]
        scores = self.x.index_select(0, batch) @ self.theta.t()
        gate, expert = (scores + (torch.rand(scores.shape) if noise is None else noise)).max(1)
        order = expert.argsort()
        sorted_batch = batch.index_select(0, order)
        counts = torch.bincount(expert, minlength=self.experts).tolist()
        return gate.index_select(0, order), self.x.index_select(0, sorted_batch), self.labels.index_select(0, sorted_batch), counts

    def manual_gradients(self, noise):
        gate, rows, labels, counts = self.route(noise)
        parts = rows.split(counts)
        hidden = [torch.addmm(b, part, w.t()).relu_() for part, (w, b, _, _) in zip(parts, self.weights)]
        outputs = torch.cat([torch.addmm(c, h, v.t()) for h, (_, _, v, c) in zip(hidden, self.weights)])
        log_p = torch.log_softmax(gate[:, None] * outputs, 1)
        loss = torch.nn.functional.nll_loss(log_p, labels)
        dlogit = log_p.exp_()
        dlogit[torch.arange(len(labels)), labels] -= 1
        dlogit /= len(labels)
        dgate = (dlogit * outputs).sum(1)
        theta = torch.stack([g @ part for g, part in zip(dgate.split(counts), parts)])
        gradients = []
        for d, h, part, (_, _, v, _) in zip((gate[:, None] * dlogit).split(counts), hidden, parts, self.weights):
            output = d.t() @ h
            dz = (d @ v).mul_(h > 0)
            gradients.append([dz.t() @ part, dz.sum(0), output, d.sum(0)])
        return loss, theta, gradients

    def autograd_gradients(self, noise):
        leaves = [self.theta, *(w for weights in self.weights for w in weights)]
        for leaf in leaves:
            leaf.requires_grad_(True)
            leaf.grad = None
        with torch.enable_grad():
            gate, rows, labels, counts = self.route(noise)
            outputs = [torch.addmm(c, torch.addmm(b, part, w.t()).relu(), v.t()) for part, (w, b, v, c) in zip(rows.split(counts), self.weights)]
            loss = torch.nn.functional.cross_entropy(gate[:, None] * torch.cat(outputs), labels)
            loss.backward()
        for leaf in leaves:
            leaf.requires_grad_(False)
        theta, *gradient = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
        return loss.detach(), theta, [gradient[i:i + 4] for i in range(0, len(gradient), 4)]

    def gradients(self, noise):
        """Gradients by hand and by autograd, as two lists, for the check."""
        lists = []
        for _, theta, gradients in (self.manual_gradients(noise), self.autograd_gradients(noise)):
            lists.append([theta, *(g for gradient in gradients for g in gradient)])
        return lists


if __name__ == "__main__":
    options = arguments(__doc__, experts=8, samples=1024)
    run("mlp", options, lambda: MlpPeer(options.experts, options.samples, options.backward == "manual"))
