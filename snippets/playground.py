"""What does the playground show before anyone touches it?

Fixed: two moons, 10 hidden layers of width 16, one batch, before training. Varies: one thing at a time against sigmoid
layers with weights U(±1/√n), the playground's first network. Ten seeds. The figure shows dL/dz by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, width, batch = 10, 16, 64
rng = np.random.default_rng(0)
y, angle = np.arange(batch) % 2, np.pi * rng.random(batch)
x = np.where(y, [0.5 - np.cos(angle), 0.25 - np.sin(angle)], [np.cos(angle) - 0.5, np.sin(angle) - 0.25]).T
x += 0.1 * rng.normal(size=x.shape)


def uniform(seed):
    limit = 2**-0.5 if seed % 1000 == 0 else width**-0.5  # the stack numbers kernels in a member's thousand
    return keras.initializers.RandomUniform(-limit, limit, seed=seed)


# --8<-- [start:measure]
CHANGES = {
    "sigmoid": {},
    "relu": {"activation": "relu"},
    "glorot": {"initializer": "glorot_uniform"},
    "batch": {"normalization": "batch"},
    "skips": {"skip": 1},
}
found = {}  # change -> norms of dL/dz, (seeds, layers)
for name, change in CHANGES.items():
    options = {"activation": "sigmoid", "initializer": uniform} | change
    stack = Stack((2, *[width] * depth, 1), SEEDS, **options)
    found[name] = gradient_norms(stack, x, y)[1][:, :-1]
left = {name: by_layer[:, 0] / by_layer[:, -1] for name, by_layer in found.items()}  # first over last hidden layer
factor = {name: share ** (1 / (depth - 1)) for name, share in left.items()}
# --8<-- [end:measure]

# Theory of wide layers for sigmoid after batch normalization, where z is N(0, 1): chi = E[f'(z)²] / Var f(z)
z = np.linspace(-8, 8, 4001)
density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
a = 1 / (1 + np.exp(-z))
expected = (density @ (a * (1 - a)) ** 2 / (density @ a**2 - (density @ a) ** 2)) ** ((depth - 1) / 2)

LABELS = ["sigmoid, U(±1/√n)", "ReLU instead", "Glorot weights", "batch normalization", "skip connections"]
fig, ax = plt.subplots(figsize=(6.2, 3.8))
for label, by_layer, style in zip(LABELS, found.values(), ("C0-", "C1--", "C2-.", "C3:", "C4-")):
    band(ax, range(1, depth + 1), by_layer, style, label)
ax.set(yscale="log", xlabel="layer, 1 nearest the input", ylabel="norm of dL/dz")
fig.legend(loc="outside right")
fig.savefig("playground.svg")
