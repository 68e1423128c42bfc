"""What do skip connections do to signal and gradient in a deep ReLU network?

Fixed: 30 ReLU layers of width 128, He weights, random inputs, before
training. Varies: the structure. Ten seeds, each with weights and inputs of
its own. The figure shows the spread of the layers' outputs going forward, and
||dL/dz|| going back, by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 30
width = 128
batch_size = 128
scale = depth**-0.5

# --8<-- [start:measure]
STRUCTURES = {
    "plain": {},
    "skip": {"skip": 1},
    "scaled": {"skip": scale},
    "layer": {"skip": 1, "normalization": "layer"},
    "batch": {"skip": 1, "normalization": "batch"},
}
x, y = draw_noise(batch_size, width, SEEDS)  # a batch for each seed

sizes = (width, *[width] * depth, 10)
spreads = {}  # of the outputs, each (seeds, layers)
norms_of_z = {}  # of dL/dz, each (seeds, layers from the second on)
for name, options in STRUCTURES.items():
    stack = Stack(sizes, SEEDS, "relu", "he_normal", **options)
    _, z = stack.forward(x, training=True)
    branches = np.maximum(np.array(z[:depth], "float64"), 0)
    outputs = branches  # (layers, seeds, batch, units)
    if stack.skip:  # a layer adds its branch to all before it
        branches[1:] *= stack.skip
        outputs = np.cumsum(branches, axis=0)
    spreads[name] = outputs.std(axis=(2, 3)).T
    norms_of_z[name] = gradient_norms(stack, x, y).z[:, 1:depth]
# --8<-- [end:measure]

# From the first layer's output to the last's, and per layer: (seeds,) each.
growth = {name: found[:, -1] / found[:, 0] for name, found in spreads.items()}
factor = {name: ratio ** (1 / (depth - 1)) for name, ratio in growth.items()}

# The same over the first ten layers, and over the last ten.
early = {}
late = {}
for name, spread in spreads.items():
    early[name] = (spread[:, 9] / spread[:, 0]) ** (1 / 9)
    late[name] = (spread[:, -1] / spread[:, -10]) ** (1 / 9)

# dL/dz in the second layer over the last, and per layer.
back = {name: norms[:, 0] / norms[:, -1] for name, norms in norms_of_z.items()}
back_factor = {name: ratio ** (1 / (depth - 2)) for name, ratio in back.items()}

fig, (forward, backward) = plt.subplots(1, 2, figsize=(6.2, 4))
LOOKS = {
    "plain": ("C4-", "no skips"),
    "skip": ("C3:", "skips"),
    "scaled": ("C0-", "skips / √L"),
    "layer": ("C2-.", "LN + skips"),
    "batch": ("C1--", "BN + skips"),
}
for name, (style, label) in LOOKS.items():
    draw_band(forward, range(1, depth + 1), spreads[name], style, label)
    draw_band(backward, range(2, depth + 1), norms_of_z[name], style)
forward.set(yscale="log", xlabel="layer", title="forward: spread of outputs")
backward.set(yscale="log", xlabel="layer", title="back: ||dL/dz||")
handles, labels = forward.get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.savefig("skip_connections_growth.svg")
