"""A mixture of experts trained by MoeOrleans, as a PyTorch module. Written by `moe export --format torch`.

    model = Mixture()                    # reads weights.safetensors next to this file
    classes = model.predict(x)           # x: samples x patches x dim, float32, as given to `moe predict`
    logits = model(x)                    # gated outputs, samples x outputs; for training further

Without router noise. The names of the parameters are those of the tensors in the file. It needs PyTorch alone.
"""
import json
import pathlib

import torch
from torch import nn

SETTINGS = {}

CLASS_NAMES = SETTINGS["classNames"]

ACTIVATIONS = {
    "linear": lambda z: z,
    "cubic": lambda z: z * (z * z),
    "relu": torch.relu,
    "celu": nn.functional.elu,  # with alpha = 1 the same function
    "gelu": nn.functional.gelu,
    "tanh": torch.tanh,
}


def read_safetensors(path):
    """The tensors of a safetensors file; all are float32."""
    data = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(bytearray(data[start + tensor["data_offsets"][0]:start + tensor["data_offsets"][1]]), dtype=torch.float32).reshape(tensor["shape"])
        for name, tensor in header.items()
    }


class Standardization(nn.Module):
    """Mean and deviation of each number of a sample over the training set."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(SETTINGS["patches"], SETTINGS["dim"]))
        self.register_buffer("deviation", torch.ones(SETTINGS["patches"], SETTINGS["dim"]))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Mlp(nn.Module):
    """A two-layer ReLU network over the whole sample."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(SETTINGS["patches"] * SETTINGS["dim"], SETTINGS["units"])
        self.output = nn.Linear(SETTINGS["units"], SETTINGS["outputs"])

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x.flatten(1))))


class PatchCnn(nn.Linear):
    """Filters on each patch; an output is the sum of the activations of its filters over the patches."""

    def __init__(self):
        super().__init__(SETTINGS["dim"], SETTINGS["units"], bias=SETTINGS["bias"])

    def forward(self, x):
        units = ACTIVATIONS[SETTINGS["activation"]](super().forward(x)).sum(1)
        return units.reshape(len(x), SETTINGS["outputs"], -1).sum(2)


class Mixture(nn.Module):
    """Each sample goes to the expert with the largest score, whose outputs are multiplied by the gate."""

    def __init__(self, weights=pathlib.Path(__file__).with_name("weights.safetensors")):
        super().__init__()
        if SETTINGS["standardized"]:
            self.input = Standardization()
        if SETTINGS["router"]:
            self.router = nn.Linear(SETTINGS["dim"], SETTINGS["experts"], bias=False)
        expert = {"mlp": Mlp, "cnn": PatchCnn}[SETTINGS["expert"]]
        self.experts = nn.ModuleList(expert() for _ in range(SETTINGS["experts"]))
        self.load_state_dict(read_safetensors(weights))

    def route(self, x):
        """Scores, expert and gate of each sample; x is standardized already."""
        if not SETTINGS["router"]:
            return None, torch.zeros(len(x), dtype=torch.long), torch.ones(len(x))
        scores = self.router(x.sum(1))
        expert = scores.argmax(1)
        gates = {"score": lambda: scores, "softmax": lambda: scores.softmax(1), "one": lambda: torch.ones_like(scores)}[SETTINGS["gate"]]()
        return scores, expert, gates.gather(1, expert[:, None])[:, 0]

    def forward(self, x):
        if SETTINGS["standardized"]:
            x = self.input(x)
        _, chosen, gate = self.route(x)
        outputs = x.new_zeros(len(x), SETTINGS["outputs"])
        for m, expert in enumerate(self.experts):
            samples = (chosen == m).nonzero()[:, 0]
            if len(samples):
                outputs = outputs.index_copy(0, samples, expert(x[samples]))
        return gate[:, None] * outputs

    @torch.no_grad()
    def probabilities(self, x):
        logits = self(x)
        return logits.softmax(1) if SETTINGS["outputs"] > 1 else torch.cat([torch.sigmoid(-logits), torch.sigmoid(logits)], 1)

    @torch.no_grad()
    def predict(self, x):
        logits = self(x)
        return logits.argmax(1) if SETTINGS["outputs"] > 1 else (logits[:, 0] > 0).long()
