"""Why do fifty ReLU layers not learn, though their gradient is level?

Fixed: ReLU, He weights, width 64, Adam, 300 steps on digits. Varies: depth,
three learning rates. Five seeds; the rate of a seed is the one that did best on
the other seeds. The figure shows how alike two samples are in each layer of the
deepest network before training, as the mean cosine between their activations,
and test accuracy by depth.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from measures import choose_rate
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
RATES = [0.0003, 0.001, 0.003]
DEPTHS = [5, 10, 20, 50]
width = 64
steps = 300
batch_size = 128
x_train, x_test, y_train, y_test = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # (seeds, batch, 64)
chance = find_chance(y_test)


# --8<-- [start:measure]
def find_likeness(stack):
    """Mean cosine between the activations of two samples: (seeds, layers)."""
    *zs, _logits = stack.forward(x)[1]  # each (seeds, samples, units)
    cosines = []
    for z in zs:
        a = np.maximum(z.numpy().astype("float64"), 0)
        lengths = np.linalg.norm(a, axis=2, keepdims=True)
        directions = a / np.maximum(lengths, 1e-300)
        # The mean of all cosines is the squared length of the mean direction.
        cosines.append((directions.mean(axis=1) ** 2).sum(axis=1))
    return np.stack(cosines, axis=1)


left = {}
for depth in DEPTHS:
    stack = Stack((64, *[width] * depth, 10), SEEDS, "relu", "he_normal")
    by_layer = gradient_norms(stack, x, y).z  # of dL/dz, (seeds, layers)
    left[f"at_{depth}"] = by_layer[:, 0] / by_layer[:, depth - 1]
alike = find_likeness(stack)  # of the deepest
# --8<-- [end:measure]
cosine = {f"of_{layer}": alike[:, layer - 1] for layer in (1, *DEPTHS)}

# --8<-- [start:train]
# One network for each learning rate and seed; all of a depth train at once.
members = list(product(RATES, SEEDS))
rates = np.array([rate for rate, _ in members], "float32")
seeds = [seed for _, seed in members]

reached = {}
best = {}
for depth in DEPTHS:
    stack = Stack((64, *[width] * depth, 10), seeds, "relu", "he_normal")
    optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    runs = accuracy(stack, x_test, y_test).reshape(len(RATES), len(SEEDS))
    reached[f"at_{depth}"] = choose_rate(runs)  # (seeds,)
    best[f"at_{depth}"] = runs.max(axis=0)
# --8<-- [end:train]

# Draw what was found.
fig, (left_ax, right_ax) = plt.subplots(1, 2)
draw_band(left_ax, range(1, DEPTHS[-1] + 1), alike, "C2-")
left_ax.set(
    xlabel="layer (1 is nearest the input)",
    title="cosine of two samples",
    ylim=(0, 1.02),
)
by_depth = np.transpose(list(reached.values()))  # (seeds, depths)
draw_band(right_ax, range(len(DEPTHS)), by_depth, "C1s--")
right_ax.axhline(chance, color="C4", ls=":")
right_ax.text(0, chance + 0.02, "chance")
right_ax.set(
    xlabel="hidden layers",
    title="test accuracy",
    xticks=range(len(DEPTHS)),
    xticklabels=DEPTHS,
    ylim=(0, 1.02),
)
fig.savefig("relu_deep.svg")
