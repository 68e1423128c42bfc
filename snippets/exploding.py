"""In which networks does the gradient grow on its way back?

Fixed: 30 hidden layers of width 128, random inputs, before training. Varies: weights and structure. Ten seeds.
The figure shows ||dL/dz|| by layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from keras.initializers import RandomNormal
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, width, batch, large = 30, 128, 128, 3
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)


# --8<-- [start:measure]
def spread(sigma_w):
    return lambda seed: RandomNormal(stddev=sigma_w / width**0.5, seed=seed)


NETS = {
    "he": ("ReLU, He weights", {"initializer": spread(2**0.5)}),
    "twice": ("ReLU, twice He's spread", {"initializer": spread(2 * 2**0.5)}),
    "tanh": ("tanh, large weights", {"activation": "tanh", "initializer": spread(large)}),
    "batch": ("ReLU, He, batch normalization", {"initializer": spread(2**0.5), "normalization": "batch"}),
    "skip": ("ReLU, He, skips", {"initializer": spread(2**0.5), "skip": 1}),
}
found = {}
for name, (_, _options) in NETS.items():
    found[name] = gradient_norms(Stack((width, *[width] * depth, 10), SEEDS, **_options), x, y)[1][:, :depth]
factor = {name: (g[:, 0] / g[:, -1]) ** (1 / (depth - 1)) for name, g in found.items()}  # of dL/dz per layer
total = {name: g[:, 0] / g[:, -1] for name, g in found.items()}
# --8<-- [end:measure]

fig, ax = plt.subplots(figsize=(6.2, 4.4))
for (name, g), style in zip(found.items(), ("C4-", "C0--", "C1-.", "C2:", "C3-")):
    band(ax, range(1, depth + 1), g / g[:, -1:], style, NETS[name][0])
ax.set(yscale="log", xlabel="layer (1 is nearest the input)", ylabel="||dL/dz||, last hidden layer = 1")
ax.legend()
fig.savefig("exploding.svg")
