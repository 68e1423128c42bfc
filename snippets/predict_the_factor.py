"""Does theory predict the factor of dL/dz per layer for any activation with any initializer?

Fixed: 20 hidden layers of width 128, zero biases, random inputs, no training. Varies: activation and initializer, with
the same weights for all activations; for one cell the width. Ten seeds. The figure shows measurement above theory."""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, gradients

SEEDS = range(10)
depth, width, wide, batch, small = 20, 128, 512, 128, 0.05
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "selu", "silu"]  # leaky: Keras' slope of 0.2
RULES = {  # initializer, and sigma_w squared: the variance of a weight times the width
    "normal": (lambda seed: keras.initializers.RandomNormal(stddev=small, seed=seed), small**2 * width),
    "uniform": (lambda seed: keras.initializers.RandomUniform(-(width**-0.5), width**-0.5, seed), 1 / 3),
    "glorot": ("glorot_uniform", 1.0),
    "he": ("he_normal", 2.0),
    "lecun": ("lecun_normal", 1.0),
    "orthogonal": ("orthogonal", 1.0),
}
# --8<-- [start:theory]
points = np.linspace(-8, 8, 40000)  # none of them at zero, where some slopes jump
weights = np.exp(-(points**2) / 2) / np.exp(-(points**2) / 2).sum()  # means over N(0, 1)


def predict(activation, sigma_w2):
    q, chi = sigma_w2, []  # q: variance of z; the inputs have variance one
    for _ in range(depth - 1):
        z = np.sqrt(q) * points
        a = np.asarray(keras.activations.get(activation)(z))
        chi.append(sigma_w2 * weights @ np.gradient(a, z) ** 2)
        q = sigma_w2 * weights @ a**2
    return np.exp(np.log(chi).mean() / 2)  # geometric mean of sqrt(chi) over the layers
    # --8<-- [end:theory]


# --8<-- [start:measure]
def measure(stack, activation):
    stack.activation, n = keras.activations.get(activation), stack.kernels[0].shape[1]
    by_z = gradients(stack, np.random.default_rng(0).normal(size=(batch, n)), np.arange(batch) % 10)[1]
    first, last = (np.linalg.norm(np.float64(by_z[i]), axis=2) for i in (0, depth - 1))  # (members, samples)
    whole = np.linalg.norm(first, axis=1) / np.linalg.norm(last, axis=1)
    return np.reshape([whole, np.median(first / last, axis=1)], (2, -1, len(SEEDS))) ** (1 / (depth - 1))
    # --8<-- [end:measure]


_rules = [rule for rule, _ in RULES.values() for _ in SEEDS]
stack = Stack((width, *[width] * depth, 10), [*SEEDS] * len(RULES), "relu", _rules)
found = {a: measure(stack, a) for a in ACTIVATIONS}  # (batch or median sample, rules, seeds)
factor = {f"{a}_{r}": found[a][0, i] for a in ACTIVATIONS for i, r in enumerate(RULES)}
theory = {f"{a}_{r}": predict(a, RULES[r][1]) for a in ACTIVATIONS for r in RULES}
_wider = measure(Stack((wide, *[wide] * depth, 10), SEEDS, "gelu", "he_normal"), "gelu")
own = {"narrow": found["gelu"][1, 3], "wide": _wider[1, 0]}  # factor of the median sample, GELU with He
lead = {"narrow": found["gelu"][0, 3] / own["narrow"], "wide": _wider[0, 0] / own["wide"]}  # of the batch's over it
off = {cell: abs(theory[cell] / np.median(factor[cell]) - 1) for cell in factor}  # theory against the median
cells, near = len(off), sum(value < 0.015 for value in off.values())
_all = np.array([*factor.values()])  # (cells, seeds)
kept, halved = (np.abs(_all - 1) < 0.05).sum(axis=0), (_all < 0.5).sum(axis=0)  # cells: (seeds,)

fig, ax = plt.subplots(figsize=(4.6, 5.8))
ax.pcolormesh(np.log(np.median(_all, axis=1)).reshape(7, 6), cmap="RdBu_r", vmin=-2, vmax=2)
for i, (cell, seeds) in enumerate(factor.items()):
    look = {"ha": "center", "va": "center", "color": "white" if np.median(seeds) < 0.26 else "black"}
    ax.text(i % 6 + 0.5, i // 6 + 0.35, f"{np.median(seeds):.3f}", size=11, weight="bold", **look)
    ax.text(i % 6 + 0.5, i // 6 + 0.72, f"{theory[cell]:.3f}", size=10, **look)
ax.set_xticks(np.arange(6) + 0.5, [f"N(0, {small})", "±1/√n", "Glorot", "He", "LeCun", "orthog."], rotation=30)
ax.set_yticks(np.arange(7) + 0.5, ["sigmoid", "tanh", "ReLU", "leaky\nReLU", "GELU", "SELU", "SiLU"])
ax.set(ylim=(7, 0), title="Factor of dL/dz a layer:\nmeasured, below it theory")
fig.savefig("predict_the_factor.svg")
