"""What does batch normalization do to the gradient of a deep ReLU network before training?

Fixed: 30 ReLU layers of width 128, He weights, random inputs. Varies: normalization. Ten seeds.
The figure shows ||dL/dz|| by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, width, batch = 30, 128, 128
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)
theory = np.sqrt(np.pi / (np.pi - 1))  # Yang et al. 2019, wide layers and large batches

# --8<-- [start:measure]
by_z = {}
for name, normalization in (("plain", None), ("normalized", "batch")):
    stack = Stack((width, *[width] * depth, 10), SEEDS, "relu", "he_normal", normalization=normalization)
    by_z[name] = gradient_norms(stack, x, y)[1][:, :depth]  # dL/dz: (seeds, layers)
# --8<-- [end:measure]

total = {name: g[:, 0] / g[:, -1] for name, g in by_z.items()}  # first layer / last: (seeds,)
factor = {name: found ** (1 / (depth - 1)) for name, found in total.items()}  # per layer

fig, ax = plt.subplots()
for g, style, label in zip(by_z.values(), ("C0o-", "C1s--"), ("ReLU, He", "ReLU, He, batch normalization")):
    band(ax, range(1, depth + 1), g, style, label)
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||")
ax.set_title("Before training, batch normalization makes it explode")
ax.legend()
fig.savefig("batch_normalization_explodes.svg")
