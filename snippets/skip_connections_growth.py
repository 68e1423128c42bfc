"""What do skip connections do to signal and gradient in a deep ReLU network, and what tames it?

Fixed: 30 ReLU layers of width 128, He weights, random inputs, before training. Varies: the structure. Ten seeds.
The figure shows the spread of the layers' outputs going forward and ||dL/dz|| going back, by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, width, batch = 30, 128, 128
scale = depth**-0.5
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)

# --8<-- [start:measure]
STRUCTURES = {
    "plain": {},
    "skip": {"skip": 1},
    "scaled": {"skip": scale},
    "layer": {"skip": 1, "normalization": "layer"},
    "batch": {"skip": 1, "normalization": "batch"},
}
spreads, by_z = {}, {}
for name, _options in STRUCTURES.items():
    stack = Stack((width, *[width] * depth, 10), SEEDS, "relu", "he_normal", **_options)
    branches = np.maximum(np.array(stack.forward(x, training=True)[1][:depth], "float64"), 0)
    outputs = np.cumsum([branches[0], *stack.skip * branches[1:]], axis=0) if stack.skip else branches
    spreads[name] = outputs.std(axis=(2, 3)).T  # (seeds, layers)
    by_z[name] = gradient_norms(stack, x, y)[1][:, 1:depth]  # from the second layer on, where the skips begin
# --8<-- [end:measure]
growth = {name: s[:, -1] / s[:, 0] for name, s in spreads.items()}  # of the output over all layers: (seeds,)
factor = {name: found ** (1 / (depth - 1)) for name, found in growth.items()}  # per layer
back = {name: g[:, 0] / g[:, -1] for name, g in by_z.items()}  # dL/dz, second layer / last
back_factor = {name: found ** (1 / (depth - 2)) for name, found in back.items()}
early = {name: (s[:, 9] / s[:, 0]) ** (1 / 9) for name, s in spreads.items()}  # per layer, over the first ten
late = {name: (s[:, -1] / s[:, -10]) ** (1 / 9) for name, s in spreads.items()}  # over the last ten

fig, axes = plt.subplots(1, 2, figsize=(6.2, 4))
styles = ("C4-", "C3:", "C0-", "C2-.", "C1--")
names = ("no skips", "skips", "skips / √L", "LN + skips", "BN + skips")
for (name, s), style, label in zip(spreads.items(), styles, names):
    band(axes[0], range(1, depth + 1), s, style, label)
    band(axes[1], range(2, depth + 1), by_z[name], style)
axes[0].set(yscale="log", xlabel="layer", title="forward: spread of outputs")
axes[1].set(yscale="log", xlabel="layer", title="back: ||dL/dz||")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("skip_connections_growth.svg")
