"""Do orthogonal weights let fifty layers learn?

Fixed: fifty layers of width 32, 300 steps of Adam on digits, batch 64. Varies:
activation, independent or orthogonal weights of one variance, three learning
rates. Five seeds; the rate of a seed is the one that did best on the other
seeds. The figure shows the test accuracy of every network at that rate.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, split_activations, train

SEEDS = range(5)
RATES = [0.0003, 0.002, 0.01]
depth = 50
width = 32
steps = 300
batch_size = 64
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:train]
def draw_orthogonal(seed):
    """For ReLU, with He's variance."""
    return keras.initializers.Orthogonal(gain=2**0.5, seed=seed)


INITIALIZERS = {  # two for each activation
    "tanh_glorot": "glorot_normal",
    "tanh_orthogonal": "orthogonal",
    "relu_he": "he_normal",
    "relu_orthogonal": draw_orthogonal,
}
activate = split_activations("tanh", "relu")

# One network for each name, learning rate and seed; all are trained at once.
members = list(product(INITIALIZERS, RATES, SEEDS))
initializers = [INITIALIZERS[name] for name, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
stack = Stack((64, *[width] * depth, 10), seeds, activate, initializers)
optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
train(stack, x_train, y_train, steps, optimizer, batch_size, xla=True)
# --8<-- [end:train]

# Test accuracies, (names, rates, seeds), then at the seed's rate, (seeds,).
runs = accuracy(stack, x_test, y_test)
runs = runs.reshape(len(INITIALIZERS), len(RATES), len(SEEDS))
at = dict(zip(INITIALIZERS, choose_rate(runs)))
best = dict(zip(INITIALIZERS, runs.max(axis=1)))  # at the seed's own best rate

# Draw it: a point for each network, the seeds side by side.
labels = ["tanh\nGlorot", "tanh\northogonal", "ReLU\nHe", "ReLU\northogonal"]
styles = ["C0o", "C0s", "C1^", "C1D"]
beside = np.linspace(-0.15, 0.15, len(SEEDS))
fig, ax = plt.subplots()
for place, (values, style) in enumerate(zip(at.values(), styles)):
    ax.plot(place + beside, values, style, ls="")
ax.axhline(chance, color="C4", ls=":")
ax.text(3.45, chance + 0.02, "chance", ha="right")
ax.set(
    xticks=range(len(labels)),
    xticklabels=labels,
    xlim=(-0.5, 3.5),
    ylabel="test accuracy",
    ylim=(0, 1.02),
)
fig.savefig("initialization_orthogonal.svg")
