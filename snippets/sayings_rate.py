"""Does a higher learning rate make up for a gradient that vanishes?

Fixed: sigmoid layers of width 32, Glorot weights, 300 steps of plain SGD on
digits, 64 at a time. Varies: depth, and the rate: one for all layers, or one
for each, such that all their gradients count as much as the head's at the
start. Five seeds, each with weights and batches of its own; the rate of a seed
is the one that did best on the other seeds. It finds test accuracies.
"""

from itertools import product

import keras
import numpy as np
from data import digits, draw_batches, find_chance
from measures import choose_rate
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
RATES = {"tenth": 0.1, "third": 0.3, "one": 1.0, "three": 3.0, "ten": 10.0}
DEPTHS = (3, 5, 10)
width = 32
steps = 300
batch_size = 64

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# One stack holds all networks of a depth: every rate and seed.
members = list(product(RATES.values(), SEEDS))
rates = np.array([rate for rate, _ in members], "float32")[:, None, None]
seeds = [seed for _, seed in members]
x, y = draw_batches(x_train, y_train, batch_size, seeds)


# --8<-- [start:optimizer]
class LayerSGD(keras.optimizers.SGD):
    """SGD that multiplies what a layer's weights take as their gradient.

    factors: (layers, members, 1, 1), for the kernel and the bias of each.
    """

    def __init__(self, rates, factors):
        super().__init__(lambda: rates)
        self.factors = [*factors, *factors]  # kernels first, then biases

    def apply(self, gradients, variables):
        pairs = zip(self.factors, gradients)
        super().apply([f * gradient for f, gradient in pairs], variables)


# --8<-- [end:optimizer]


# --8<-- [start:measure]
def train_all(depth, is_own):
    """Test accuracy of all networks: (rates, seeds).

    is_own: whether each layer has a rate of its own.
    """
    stack = Stack((64, *[width] * depth, 10), seeds, "sigmoid")
    sizes = gradient_norms(stack, x, y).kernels  # (members, layers)
    factors = sizes[:, -1:] / sizes if is_own else np.ones_like(sizes)
    factors = factors.T[:, :, None, None].astype("float32")
    sgd = LayerSGD(rates, factors)
    train(stack, x_train, y_train, steps, sgd, batch_size)
    found = accuracy(stack, x_test, y_test)
    return found.reshape(len(RATES), len(SEEDS))


runs = {
    "shared": {f"of_{depth}": train_all(depth, False) for depth in DEPTHS},
    "own": {f"of_{depth}": train_all(depth, True) for depth in DEPTHS},
}
# --8<-- [end:measure]

# At the chosen rate; at each rate with three layers; and at the best: (seeds,)
reached, best = {}, {}
for name, by_depth in runs.items():
    reached[name] = {key: choose_rate(run) for key, run in by_depth.items()}
    best[name] = {key: run.max(axis=0) for key, run in by_depth.items()}
three = dict(zip(RATES, runs["shared"]["of_3"]))
