"""Does normalization let a deep sigmoid network learn?

Fixed: ten sigmoid layers of width 64, Glorot, 300 steps of Adam on digits.
Varies: normalization, over samples or over units. Ten seeds, each with a batch
of its own. The figure shows ||dL/dz|| by layer before training.
"""

import keras
import matplotlib.pyplot as plt
from bands import draw_band
from data import digits, draw_batches, find_chance
from measures import factor_per_layer
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(10)
depth = 10
width = 64
steps = 300
batch_size = 128
rate = 0.001
x_train, x_test, y_train, y_test = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # (seeds, batch, 64)
chance = find_chance(y_test)

# --8<-- [start:measure]
KINDS = {"plain": None, "normalized": "batch", "units": "layer"}
by_z = {}  # norms of dL/dz of the hidden layers, (seeds, layers)
reached = {}  # test accuracy, (seeds,)
for name, normalization in KINDS.items():
    stack = Stack(
        (64, *[width] * depth, 10),
        SEEDS,
        activation="sigmoid",
        normalization=normalization,
    )
    by_z[name] = gradient_norms(stack, x, y).z[:, :depth]
    optimizer = keras.optimizers.Adam(rate)
    train(stack, x_train, y_train, steps, optimizer, batch_size)
    reached[name] = accuracy(stack, x_test, y_test)
# --8<-- [end:measure]
factor = {name: factor_per_layer(norms) for name, norms in by_z.items()}

# Draw what was found.
STYLES = {
    "plain": ("C0o-", "sigmoid"),
    "units": ("C2^-.", "normalized over units"),
    "normalized": ("C1s--", "normalized over samples"),
}
fig, ax = plt.subplots()
for name, (style, label) in STYLES.items():
    draw_band(ax, range(1, depth + 1), by_z[name], style, label)
ax.set(
    yscale="log",
    xlabel="layer (1 is nearest the input)",
    ylabel="||dL/dz||",
    title="Over samples, the gradient reaches the first layer",
)
ax.legend()
fig.savefig("batch_normalization.svg")
