"""Can first weights alone let twenty sigmoid layers learn?

Fixed: digits, Adam, 150 steps of 64 digits. Varies: the first weights,
Glorot's or orthogonal matrices times four, without and with biases that
center the sigmoids; once the width, once the depth; and three learning rates.
Five seeds, each with weights and batches of its own; a seed's rate is the one
that did best on the other seeds. The figure shows the test accuracy of every
seed.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from data import digits, draw_batches, find_chance
from measures import choose_rate, factor_per_layer
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
RATES = (0.0005, 0.002, 0.008)
batch_size = 64
steps = 150
gain = 4  # one over the sigmoid's slope at zero

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

members = list(product(RATES, SEEDS))
rates = np.array([rate for rate, _ in members], "float32")
rates = rates[:, None, None]  # (members, 1, 1), as the weights have axes
seeds = [seed for _, seed in members]


# --8<-- [start:center]
def orthogonal(seed):
    return keras.initializers.Orthogonal(gain=gain, seed=seed)


def center(stack):
    """Let hidden layers see a - 1/2: a bias is -1/2 of its weights' sum."""
    for kernel, bias in zip(stack.kernels[:-1], stack.biases[:-1]):
        bias.assign(-0.5 * tf.reduce_sum(kernel, axis=1, keepdims=True))


# --8<-- [end:center]


# --8<-- [start:measure]
def measure(depth, width, initializer, centered):
    """Factor of ||dL/dz|| per layer before training; test accuracy after it."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, seeds, "sigmoid", initializer)
    if centered:
        center(stack)
    x, y = draw_batches(x_train, y_train, batch_size, seeds)
    norms_of_z = gradient_norms(stack, x, y).z[: len(SEEDS), :-1]
    adam = keras.optimizers.Adam(lambda: rates)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test).reshape(len(RATES), len(SEEDS))
    return factor_per_layer(norms_of_z), choose_rate(runs)


found = {
    "glorot": measure(20, 32, "glorot_normal", centered=False),
    "orthogonal": measure(20, 32, orthogonal, centered=False),
    "centered": measure(20, 32, orthogonal, centered=True),
    "wider": measure(20, 64, orthogonal, centered=True),
    "deeper": measure(50, 32, orthogonal, centered=True),
}
# --8<-- [end:measure]
factor = {name: of_z for name, (of_z, _) in found.items()}  # (seeds,) each
reached = {name: accuracies for name, (_, accuracies) in found.items()}

fig, ax = plt.subplots()
LABELS = {
    "glorot": "Glorot",
    "orthogonal": "4 × orth.",
    "centered": "4 × orth.,\ncentered",
    "wider": "centered,\ntwice as wide",
    "deeper": "centered,\n50 layers",
}
for i, name in enumerate(LABELS):
    across = i + np.linspace(-0.1, 0.1, len(SEEDS))
    ax.plot(across, reached[name], "C0o", ms=4, label=f"_{name}")
ax.axhline(chance, color="C4", ls=":", label="chance")
ax.set_xticks(range(len(LABELS)), LABELS.values())
ax.set(ylabel="test accuracy", ylim=(0, 1.02), title="Plain sigmoid networks")
ax.legend()
fig.savefig("compare_centered.svg")
