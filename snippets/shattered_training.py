"""Does a network train whose gradients are alike from the start?

Fixed: ReLU layers of width 32, 150 steps of Adam on 32 digits each. Varies: the
first weights, the depth and two learning rates. Five seeds; the rate of a
seed is the one that did best on the other seeds. It finds the test accuracy of
each seed at its rate.
"""

from itertools import product

import keras
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, train

SEEDS = range(5)
RATES = (0.0003, 0.001)
DEPTHS = (10, 20, 50)
width = 32
steps = 150
batch_size = 32

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:weights]
def draw_orthogonal(seed):
    """Of He's size: ReLU takes half of the squared length away."""
    return keras.initializers.Orthogonal(gain=2**0.5, seed=seed)


def draw_mirrored(seed):
    """Half of the units have minus the sums of the other half."""
    orthogonal = keras.initializers.Orthogonal(seed=seed)

    def draw(shape):
        rows, columns = shape
        is_first = rows != columns
        half = orthogonal((rows if is_first else rows // 2, columns // 2))
        kernel = np.hstack([half, -half])
        return kernel if is_first else np.vstack([kernel, -kernel])

    return draw


# --8<-- [end:weights]
INITIALIZERS = {
    "he": "he_normal",
    "orthogonal": draw_orthogonal,
    "mirrored": draw_mirrored,
}

# --8<-- [start:train]
# One stack holds all networks of a depth: every rule, rate and seed.
members = list(product(INITIALIZERS, RATES, SEEDS))
rules = [INITIALIZERS[name] for name, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")[:, None, None]
seeds = [seed for _, _, seed in members]

reached = {name: {} for name in INITIALIZERS}  # (seeds,) each
for depth in DEPTHS:
    stack = Stack((64, *[width] * depth, 10), seeds, "relu", rules)
    adam = keras.optimizers.Adam(lambda: rates)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test)
    runs = runs.reshape(len(INITIALIZERS), len(RATES), len(SEEDS))
    for name, chosen in zip(INITIALIZERS, choose_rate(runs)):
        reached[name][f"of_{depth}"] = chosen
# --8<-- [end:train]
