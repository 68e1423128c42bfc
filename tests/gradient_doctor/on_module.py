"""What the doctor says of plain PyTorch modules, and what PyTorch itself measures.

`python -m tests.gradient_doctor.on_module` prints it as JSON, where Keras runs on
PyTorch.
"""

import json

import numpy as np
import torch
from torch import nn

from gradient_doctor import examine

CHANCE = np.random.default_rng(0)
IMAGES = CHANCE.normal(size=(64, 1, 8, 8)).astype("float32")
ROWS = CHANCE.normal(size=(64, 16)).astype("float32")
WORDS = CHANCE.integers(0, 20, (64, 7))
CLASSES = np.arange(64) % 10
BITS = (WORDS.sum(axis=1) % 2).astype("float32")[:, None]


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.head = nn.Linear(4 * 36, 10)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))


class OfWords(nn.Module):
    """Its parts read weights of their own parts, or give more than one tensor."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True)
        self.memory = nn.LSTM(16, 8, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        states, _ = self.memory(self.block(self.embed(x)))
        return self.head(states[:, -1])


def deep_sigmoid():
    hidden = []
    for _ in range(10):
        hidden += [nn.Linear(16, 16), nn.Sigmoid()]
    return nn.Sequential(*hidden, nn.Linear(16, 10))


def softmax_twice():
    return nn.Sequential(nn.Linear(16, 10), nn.Softmax(dim=1))


def of_a_function(outputs, labels):
    return nn.functional.cross_entropy(outputs, labels.long())


MODULES = {
    "convolutional": (Convolutional, IMAGES, CLASSES, nn.CrossEntropyLoss()),
    "of words": (OfWords, WORDS, BITS, nn.BCEWithLogitsLoss()),
    "deep sigmoid": (deep_sigmoid, ROWS, CLASSES, nn.CrossEntropyLoss()),
    "a function": (deep_sigmoid, ROWS, CLASSES, of_a_function),
    "softmax twice": (softmax_twice, ROWS, CLASSES, nn.CrossEntropyLoss()),
}


def main():
    """What the doctor says of each, and its loss and gradients by PyTorch alone."""
    found = {}
    for name, (make, x, y, loss) in MODULES.items():
        torch.manual_seed(0)
        module = make()
        before = {key: value.clone() for key, value in module.state_dict().items()}
        report = examine(module, x, y, loss)
        after = module.state_dict()
        is_kept = all(torch.equal(after[key], before[key]) for key in before)
        value = loss(module(torch.tensor(x)), torch.tensor(y))
        value.backward()
        first = next(part for part in module.modules() if hasattr(part, "weight"))
        squares = [p.grad.double().square().sum() for p in first.parameters()]
        found[name] = {
            "loss": [report.loss, value.item()],
            "first": [report.layers[0].gradient_norm, sum(squares).sqrt().item()],
            "layers": [row.name for row in report.layers],
            "findings": [finding.kind for finding in report.findings],
            "is as it was": is_kept,
        }
    return found


if __name__ == "__main__":
    print(json.dumps(main()))
