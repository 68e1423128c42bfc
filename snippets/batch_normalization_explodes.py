"""What does batch normalization do to the gradient of a deep ReLU network before training?

Fixed: 30 ReLU layers of width 128, He weights, random inputs. Varies: normalization. Five seeds.
The figure shows ||dL/dz|| by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, gradient_norms

SEEDS = range(5)
depth, width, batch = 30, 128, 128
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)
theory = np.sqrt(np.pi / (np.pi - 1))  # Yang et al. 2019, wide layers and large batches

# --8<-- [start:measure]
by_z = []
for normalization in (None, "batch"):
    stack = Stack((width, *[width] * depth, 10), SEEDS, "relu", "he_normal", normalization=normalization)
    by_z.append(gradient_norms(stack, x, y)[1][:, :depth])  # dL/dz: (seeds, layers)
# --8<-- [end:measure]

factors = [(g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for g in by_z]
plain, normalized = map(np.median, factors)
plain_low, plain_high, low, high = factors[0].min(), factors[0].max(), factors[1].min(), factors[1].max()
total = np.median(by_z[1][:, 0] / by_z[1][:, -1])  # first layer / last

fig, ax = plt.subplots()
for g, style, name in zip(by_z, ("C0o-", "C1s--"), ("ReLU, He", "ReLU, He, batch normalization")):
    ax.plot(range(1, depth + 1), np.median(g, axis=0), style, label=name)
    ax.fill_between(range(1, depth + 1), g.min(axis=0), g.max(axis=0), color=style[:2], alpha=0.3)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("Before training, batch normalization makes it explode")
ax.legend()
fig.savefig("batch_normalization_explodes.svg")
