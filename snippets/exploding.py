"""In which networks does the gradient grow on its way back?

Fixed: 30 hidden layers of width 128, before training. Varies: weights and
structure. Ten seeds, each with weights and a batch of random inputs of its
own. The figure shows ||dL/dz|| by layer.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from keras.initializers import RandomNormal
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 30
width = 128
batch_size = 128
large = 3  # sigma_w of the tanh network
x, y = draw_noise(batch_size, width, SEEDS)  # x: (seeds, batch, width)


# --8<-- [start:measure]
def spread(sigma_w):
    """Weights from N(0, sigma_w² / width)."""
    return partial(RandomNormal, 0.0, sigma_w / width**0.5)


HE = spread(2**0.5)
NETWORKS = {
    "he": {"initializer": HE},
    "twice": {"initializer": spread(2 * 2**0.5)},
    "tanh": {"initializer": spread(large), "activation": "tanh"},
    "batch": {"initializer": HE, "normalization": "batch"},
    "skip": {"initializer": HE, "skip": 1},
}
sizes = (width, *[width] * depth, 10)
stacks = {}
by_z = {}  # norms of dL/dz: (seeds, hidden layers)
for name, options in NETWORKS.items():
    stacks[name] = Stack(sizes, SEEDS, **options)
    by_z[name] = gradient_norms(stacks[name], x, y).z[:, :depth]
# --8<-- [end:measure]

factor = {name: factor_per_layer(found) for name, found in by_z.items()}
total = {name: found[:, 0] / found[:, -1] for name, found in by_z.items()}

# In the last hidden tanh layer: the share of slopes below a tenth, their root
# mean square, and what that makes of sigma_w: (seeds,).
z = stacks["tanh"].forward(x)[1][depth - 1].numpy()  # (seeds, batch, width)
slopes = 1 - np.tanh(z) ** 2
flat = (slopes < 0.1).mean(axis=(1, 2))
typical_slope = np.sqrt((slopes**2).mean(axis=(1, 2)))
expected = large * typical_slope

# The drawing.
LINES = {
    "he": ("C4-", "ReLU, He weights"),
    "twice": ("C0--", "ReLU, twice He's spread"),
    "tanh": ("C1-.", "tanh, large weights"),
    "batch": ("C2:", "ReLU, He, batch normalization"),
    "skip": ("C3-", "ReLU, He, skips"),
}
fig, ax = plt.subplots(figsize=(6.2, 4.4))
for name, (style, label) in LINES.items():
    relative = by_z[name] / by_z[name][:, -1:]
    draw_band(ax, range(1, depth + 1), relative, style, label)
ax.set(yscale="log", ylabel="||dL/dz||, last hidden layer = 1")
ax.set_xlabel("layer (1 is nearest the input)")
ax.legend()
fig.savefig("exploding.svg")
