"""Which remedy lets which network learn, and how deep?

Fixed: digits, width 32, Adam, 150 steps of 64 digits. Varies: activation,
first weights, structure, depth, and three learning rates. Five seeds, each
with weights and batches of its own; a seed's rate is the one that did best on
the other seeds. The figure shows the test accuracy: median, smallest and
largest.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, split_activations, train

SEEDS = range(5)
RATES = (0.0005, 0.002, 0.008)
DEPTHS = (5, 20, 50)
width = 32
batch_size = 64
steps = 150
spread = 0.05  # of small weights

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:members]
def small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


# The first weights that each activation may have.
WEIGHTS = {
    "sigmoid": {"small": small, "matched": "glorot_normal"},
    "tanh": {"small": small, "matched": "glorot_normal"},
    "relu": {"small": small, "matched": "he_normal"},
}
# One stack holds all networks of a depth and a structure.
members = list(product(WEIGHTS, ("small", "matched"), RATES, SEEDS))
initializers = [WEIGHTS[name][kind] for name, kind, _, _ in members]
rates = np.array([rate for _, _, rate, _ in members], "float32")
rates = rates[:, None, None]  # (members, 1, 1), as the weights have axes
seeds = [seed for *_, seed in members]
activate = split_activations(*WEIGHTS)  # a third of the members each
# --8<-- [end:members]


# --8<-- [start:grid]
STRUCTURES = {
    "plain": {},
    "layer": {"normalization": "layer"},
    "batch": {"normalization": "batch"},
    "skip": {"skip": 1},
    "both": {"normalization": "batch", "skip": 1},
}


def measure(depth, options):
    """Test accuracy of each seed at its rate: (activations, weights, seeds)."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, seeds, activate, initializers, **options)
    adam = keras.optimizers.Adam(lambda: rates)
    train(stack, x_train, y_train, steps, adam, batch_size)
    runs = accuracy(stack, x_test, y_test)  # (members,)
    return choose_rate(runs.reshape(3, 2, len(RATES), len(SEEDS)))


of = {}  # of each activation, structure, weights and depth: (seeds,)
for depth, structure in product(DEPTHS, STRUCTURES):
    found = measure(depth, STRUCTURES[structure])
    for i, activation in enumerate(WEIGHTS):
        of[f"{activation}_{structure}_small_{depth}"] = found[i, 0]
        of[f"{activation}_{structure}_matched_{depth}"] = found[i, 1]
# --8<-- [end:grid]

# Five sigmoid layers with the remedy that does least for them, by seed.
REMEDIES = [name for name in STRUCTURES if name != "plain"]
mended = [
    of[f"sigmoid_{structure}_{weights}_5"]
    for structure, weights in product(REMEDIES, ("small", "matched"))
]
least_mended = np.min(mended, axis=0)  # (seeds,)

# The structures as rows, weights and depths as columns: (15, 6, seeds)
rows = list(product(WEIGHTS, STRUCTURES))
columns = list(product(("small", "matched"), DEPTHS))
table = np.empty((len(rows), len(columns), len(SEEDS)))
for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
    activation, structure = row
    weights, depth = column
    table[i, j] = of[f"{activation}_{structure}_{weights}_{depth}"]
medians = np.median(table, axis=2)

fig, ax = plt.subplots(figsize=(6.2, 9))
ax.pcolormesh(medians, cmap="cividis", vmin=0, vmax=1, edgecolors="w")
for (i, j), median in np.ndenumerate(medians):
    lowest, highest = table[i, j].min(), table[i, j].max()
    text = f"{median:.2f}\n{lowest:.2f}–{highest:.2f}"
    color = "w" if median < 0.5 else "k"
    look = {"ha": "center", "va": "center", "size": 8, "color": color}
    ax.text(j + 0.5, i + 0.5, text, **look)
NAMES = {"relu": "ReLU", "layer": "LN", "batch": "BN", "both": "BN + skip"}
ax.set_xticks(
    np.arange(len(columns)) + 0.5,
    [f"{weights}\n{depth}" for weights, depth in columns],
)
ax.set_yticks(
    np.arange(len(rows)) + 0.5,
    [", ".join(NAMES.get(name, name) for name in row) for row in rows],
)
ax.set(title="Test accuracy", xlabel="initial weights, hidden layers")
ax.invert_yaxis()
fig.savefig("compare.svg")
