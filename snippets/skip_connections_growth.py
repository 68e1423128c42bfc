"""What do skip connections without normalization do in a deep ReLU network?

Fixed: 30 ReLU layers of width 128, He weights, random inputs. Varies: skip connections. Five seeds.
The figure shows the spread of z going forward and ||dL/dz|| going back, by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, gradient_norms

SEEDS = range(5)
depth, width, batch = 30, 128, 128
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)

# --8<-- [start:measure]
spreads, by_z = [], []
for skip in (0, 1):
    stack = Stack((width, *[width] * depth, 10), SEEDS, "relu", "he_normal", skip=skip)
    zs = np.array(stack.forward(x)[1][:depth], "float64")  # (layers, seeds, samples, units)
    spreads.append(zs.std(axis=(2, 3)).T)  # (seeds, layers)
    by_z.append(gradient_norms(stack, x, y)[1][:, :depth])
# --8<-- [end:measure]

factor = np.median((spreads[1][:, -1] / spreads[1][:, 0]) ** (1 / (depth - 1)))  # of z per layer, with skips
factor_low = ((spreads[1][:, -1] / spreads[1][:, 0]) ** (1 / (depth - 1))).min()
back = (by_z[1][:, 0] / by_z[1][:, -1]) ** (1 / (depth - 1))  # of dL/dz per layer, with skips
back_factor, back_low = np.median(back), back.min()
growth = np.median(spreads[1][:, -1])

fig, axes = plt.subplots(1, 2)
for ax, data, title in zip(axes, (spreads, by_z), ("forward: spread of z", "back: ||dL/dz||")):
    for m, style, name in zip(data, ("C0o-", "C1s--"), ("ReLU, He", "with skips")):
        ax.plot(range(1, depth + 1), np.median(m, axis=0), style, label=name, ms=3)
        ax.fill_between(range(1, depth + 1), m.min(axis=0), m.max(axis=0), color=style[:2], alpha=0.3)
    ax.set(yscale="log", xlabel="layer (1 is nearest the input)", title=title)
axes[0].legend()
fig.savefig("skip_connections_growth.svg")
