"""How do the weights' spread and the activation decide what passes through a deep network?

Fixed: 20 hidden layers of width 128, random inputs, before training. Varies: activation, initializer. Ten seeds.
The figure shows, by layer, the mean square of z and its spread over samples going forward, and dL/dz going back."""

from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, width, batch, small = 20, 128, 128, 0.05
layers, rng = np.arange(1, depth + 1), np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)
normal = partial(keras.initializers.RandomNormal, 0, small)  # a function of the seed
NETS = {  # activation, initializer, sigma_w squared: the variance of a weight times the width
    "sigmoid_small": ("sigmoid", normal, width * small**2),
    "sigmoid": ("sigmoid", "glorot_normal", 1),
    "tanh_small": ("tanh", normal, width * small**2),
    "tanh": ("tanh", "glorot_normal", 1),
    "relu_small": ("relu", normal, width * small**2),
    "relu": ("relu", "he_normal", 2),
}
# --8<-- [start:theory]
points, weights = np.polynomial.hermite_e.hermegauss(100)  # means over N(0, 1)
weights /= weights.sum()


def predict(activation, sigma_w2):  # variance of z, and of dL/dz over the last hidden layer's: two of (layers,)
    q, chi = [sigma_w2], []  # the inputs have variance one
    for _ in layers[1:]:
        z = np.sqrt(q[-1]) * points
        s, t = 1 / (1 + np.exp(-z)), np.tanh(z)
        a, slope = {"sigmoid": (s, s * (1 - s)), "tanh": (t, 1 - t**2), "relu": (z * (z > 0), z > 0)}[activation]
        q.append(sigma_w2 * weights @ a**2)
        chi.append(sigma_w2 * weights @ slope**2)
    return np.array(q), np.cumprod([1, *chi[::-1]])[::-1]


# --8<-- [end:theory]
square, spread, back, told_apart = {}, {}, {}, {}
# --8<-- [start:measure]
for name, (activation, initializer, _) in NETS.items():
    stack = Stack((width, *[width] * depth, 10), SEEDS, activation, initializer)
    zs = np.array(stack.forward(x)[1][:depth], "float64")  # (layers, seeds, samples, units)
    square[name] = (zs**2).mean(axis=(2, 3)).T  # (seeds, layers)
    spread[name] = zs.std(axis=2).mean(axis=2).T  # over samples, mean over units
    told_apart[name] = (spread[name] > 1e-7 * np.abs(zs).mean(axis=(2, 3)).T).sum(axis=1)  # layers, in float32
    back[name] = gradient_norms(stack, x, y)[1][:, :depth]  # dL/dz
# --8<-- [end:measure]
factor = {name: (b[:, 0] / b[:, -1]) ** (1 / (depth - 1)) for name, b in back.items()}  # of dL/dz, per layer
theories = {name: predict(activation, sigma_w2) for name, (activation, _, sigma_w2) in NETS.items()}
theory = {name: d[0] ** (0.5 / (depth - 1)) for name, (_, d) in theories.items()}
end = {name: square[name][:, -1] / q[-1] for name, (q, _) in theories.items()}  # last layer, measured over theory
left = {name: s[:, -1] / s[:, 0] for name, s in spread.items()}  # of the spread over samples
twice = {"tanh": 2 * depth * square["tanh"][:, -1], "theory": 2 * depth * theories["tanh"][0][-1]}
pair = {"early": back["tanh"][:, 0] / back["tanh"][:, 1], "late": back["tanh"][:, -2] / back["tanh"][:, -1]}
fig, axes = plt.subplots(3, 1, figsize=(4.8, 8.6), sharex=True)
titles = "Forward: mean square of z", "Forward: spread of z over samples", "Back: norm of dL/dz"
for name, style in zip(NETS, ("C0x:", "C0o-", "C1+:", "C1s-", "C2*:", "C2^-")):
    lines = theories[name][0], np.full(depth, np.nan), np.median(back[name][:, -1]) * theories[name][1] ** 0.5
    for ax, title, measured, line in zip(axes, titles, (square, spread, back), lines):
        band(ax, layers, measured[name], style[:3], name.replace("_", ", "))
        ax.plot(layers, line, style[:2] + style[3], lw=1, label=f"_{name.replace('_', ', ')}, theory")
        ax.set(yscale="log", title=title)
axes[2].set(xlabel="layer (1 is nearest the input)", xticks=(1, 5, 10, 15, 20))
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("initialization.svg")
