"""How do the weights' spread and the activation decide what passes through a deep network?

Fixed: 20 hidden layers of width 64, random inputs. Varies: activation, initializer. Five seeds.
The figure shows the spread of z going forward and the norm of dL/dz going back, by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, gradient_norms

SEEDS = range(5)
depth, width, batch, small = 20, 64, 128, 0.05
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)


def normal(seed):
    return keras.initializers.RandomNormal(stddev=small, seed=seed)


# --8<-- [start:measure]
NETS = {
    "sigmoid, N(0, 0.05)": ("sigmoid", normal),
    "sigmoid, Glorot": ("sigmoid", "glorot_normal"),
    "tanh, N(0, 0.05)": ("tanh", normal),
    "tanh, Glorot": ("tanh", "glorot_normal"),
    "ReLU, N(0, 0.05)": ("relu", normal),
    "ReLU, He": ("relu", "he_normal"),
}
forward, backward = {}, {}
for name, (activation, initializer) in NETS.items():
    stack = Stack((width, *[width] * depth, 10), SEEDS, activation, initializer)
    zs = np.array(stack.forward(x)[1][:depth], "float64")  # (layers, seeds, samples, units)
    spread = zs.std(axis=2).mean(axis=2).T  # over samples, mean over units: (seeds, layers)
    rounding = 1e-7 * np.abs(zs).mean(axis=(2, 3)).T  # what float32 cannot tell apart
    forward[name] = np.where(spread > rounding, spread, np.nan)
    backward[name] = gradient_norms(stack, x, y)[1][:, :depth]  # dL/dz: (seeds, layers)
# --8<-- [end:measure]

factors = {name: (b[:, 0] / b[:, -1]) ** (1 / (depth - 1)) for name, b in backward.items()}  # per layer, going back
sigmoid_small, sigmoid, tanh_small, tanh, relu_small, relu = (np.median(f) for f in factors.values())
lows, highs = ({name: f(v) for name, v in factors.items()} for f in (np.min, np.max))
sigmoid_low, sigmoid_high = lows["sigmoid, Glorot"], highs["sigmoid, Glorot"]
sigmoid_small_high = highs["sigmoid, N(0, 0.05)"]
tanh_small_high, tanh_low, tanh_high = highs["tanh, N(0, 0.05)"], lows["tanh, Glorot"], highs["tanh, Glorot"]
relu_small_high, relu_low, relu_high = highs["ReLU, N(0, 0.05)"], lows["ReLU, He"], highs["ReLU, He"]
told_apart = np.isfinite(forward["sigmoid, Glorot"]).sum(axis=1)  # layers in which samples still differ: (seeds,)
told_apart_median, told_apart_high = np.median(told_apart), told_apart.max()
tanh_spread = np.median(forward["tanh, Glorot"][:, -1] / forward["tanh, Glorot"][:, 0])
relu_spread = np.median(forward["ReLU, He"][:, -1] / forward["ReLU, He"][:, 0])

fig, axes = plt.subplots(1, 2, figsize=(6.2, 4.2))
colors, styles = ("C0", "C0", "C1", "C1", "C2", "C2"), ("o:", "o-", "s:", "s-", "^:", "^-")
for ax, data, title in zip(axes, (forward, backward), ("forward: spread of z", "back: norm of dL/dz")):
    for (name, m), color, style in zip(data.items(), colors, styles):
        ax.plot(range(1, depth + 1), np.median(m, axis=0), style, color=color, label=name, ms=3, lw=1.2)
        ax.fill_between(range(1, depth + 1), m.min(axis=0), m.max(axis=0), color=color, alpha=0.25)
    ax.set(yscale="log", xlabel="layer (1 is nearest the input)", title=title, xticks=(1, 5, 10, 15, 20))
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("initialization.svg")
