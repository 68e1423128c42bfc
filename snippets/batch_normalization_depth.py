"""How deep a sigmoid network do the two normalizations let learn?

Fixed: sigmoid layers of width 32, 300 steps of Adam on digits, batch 64.
Varies: normalization, the first weights, depth, three learning rates. Five
seeds; the rate of a seed is the one that did best on the other seeds. The
figure shows test accuracy by depth.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, find_chance
from measures import choose_rate
from stack import Stack, accuracy, train

SEEDS = range(5)
RATES = [0.001, 0.003, 0.01]
DEPTHS = [10, 12, 15, 20]
width = 32
steps = 300
batch_size = 64
spread = 0.05
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:members]
def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


INITIALIZERS = {"small": draw_small, "matched": "glorot_normal"}

# One network for each rule, learning rate and seed; all are trained at once.
members = list(product(INITIALIZERS, RATES, SEEDS))
initializers = [INITIALIZERS[weights] for weights, _, _ in members]
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
# --8<-- [end:members]


# --8<-- [start:train]
def train_all(depth, normalization):
    """Test accuracies, (rules, rates, seeds)."""
    stack = Stack(
        (64, *[width] * depth, 10),
        seeds,
        activation="sigmoid",
        initializer=initializers,
        normalization=normalization,
    )
    optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    runs = accuracy(stack, x_test, y_test)
    return runs.reshape(len(INITIALIZERS), len(RATES), len(SEEDS))


# --8<-- [end:train]
reached = {}  # at the seed's rate: (seeds,) each
best = {}  # at the seed's own best rate
for kind in ("none", "layer", "batch"):
    for depth in DEPTHS:
        runs = train_all(depth, None if kind == "none" else kind)
        chosen = choose_rate(runs)  # (rules, seeds)
        for i, weights in enumerate(INITIALIZERS):
            reached[f"{kind}_{weights}_{depth}"] = chosen[i]
            best[f"{kind}_{weights}_{depth}"] = runs[i].max(axis=0)

# Draw what was found.
STYLES = {
    "none": ("C0o-", "none"),
    "layer": ("C2^-.", "over units"),
    "batch": ("C1s--", "over samples"),
}
fig, ax = plt.subplots()
for kind, (style, label) in STYLES.items():
    cells = [reached[f"{kind}_matched_{depth}"] for depth in DEPTHS]
    draw_band(ax, DEPTHS, np.transpose(cells), style, label)
ax.set(
    xlabel="hidden layers",
    ylabel="test accuracy",
    xticks=DEPTHS,
    ylim=(0, 1.02),
)
ax.legend()
fig.savefig("batch_normalization_depth.svg")
