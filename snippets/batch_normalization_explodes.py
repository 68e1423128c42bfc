"""What does batch normalization do to a deep ReLU network before training?

Fixed: 30 ReLU layers of width 128, random inputs, before training. Varies:
normalization and the first weights. Ten seeds, each with 128 inputs of its own.
The figure shows ||dL/dz|| by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 30
width = 128
batch_size = 128
small = 0.05
x, y = draw_noise(batch_size, width, SEEDS)
theory = np.sqrt(
    np.pi / (np.pi - 1)
)  # Yang et al. 2019, many units and samples


def draw_small(seed):
    return keras.initializers.RandomNormal(stddev=small, seed=seed)


# --8<-- [start:measure]
NETS = {  # first weights and normalization
    "plain": ("he_normal", None),
    "normalized": ("he_normal", "batch"),
    "small": (draw_small, "batch"),
}
by_z = {}  # norms of dL/dz of the hidden layers, (seeds, layers)
for name, (initializer, normalization) in NETS.items():
    stack = Stack(
        (width, *[width] * depth, 10),
        SEEDS,
        activation="relu",
        initializer=initializer,
        normalization=normalization,
    )
    by_z[name] = gradient_norms(stack, x, y).z[:, :depth]

total = {name: norms[:, 0] / norms[:, -1] for name, norms in by_z.items()}
factor = {name: factor_per_layer(norms) for name, norms in by_z.items()}
# --8<-- [end:measure]

# Draw what was found.
STYLES = {
    "plain": ("C0o-", "ReLU, He"),
    "normalized": ("C1s--", "ReLU, He, batch normalization"),
}
fig, ax = plt.subplots()
for name, (style, label) in STYLES.items():
    draw_band(ax, range(1, depth + 1), by_z[name], style, label)
ax.set(
    yscale="log",
    xlabel="layer (1 is nearest the input)",
    ylabel="||dL/dz||",
    title="Before training, batch normalization makes it explode",
)
ax.legend()
fig.savefig("batch_normalization_explodes.svg")
