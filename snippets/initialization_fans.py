"""Which fan should set the variance when layers differ in width?

Fixed: 20 ReLU layers whose widths alternate between 256 and 64, random inputs, before training. Varies: the fan in the
variance 2 / fan. Ten seeds. The figure shows the size of z going forward and of dL/dz going back, by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(10)
depth, large, small, batch = 20, 256, 64, 128
layers = np.arange(1, depth + 1)
widths = [large, small] * (depth // 2)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, small)).astype("float32"), rng.integers(0, 10, batch)

# --8<-- [start:measure]
forward, back = {}, {}
for mode in ("fan_in", "fan_out", "fan_avg"):

    def rule(seed, mode=mode):
        return keras.initializers.VarianceScaling(2, mode, seed=seed)

    stack = Stack((small, *widths, 10), SEEDS, "relu", rule)
    zs = [np.array(z, "float64") for z in stack.forward(x)[1][:depth]]  # each (seeds, samples, units)
    forward[mode] = np.stack([(z**2).mean(axis=(1, 2)) ** 0.5 for z in zs], axis=1)  # (seeds, layers)
    by_z = gradient_norms(stack, x, y)[1][:, :depth] / np.sqrt(widths)  # per unit
    back[mode] = by_z / by_z[:, -1:]
# --8<-- [end:measure]

went = {mode: f[:, -1] / f[:, 1] for mode, f in forward.items()}  # from layer 2 to the last: both are narrow
came = {mode: b[:, 1] for mode, b in back.items()}
pairs = depth // 2 - 1  # of layers between these two
pair = 2 * np.sqrt(small * large) / (small + large)  # theory for the mean fan: the factor for two layers, either way
theory = pair**pairs
loss = {"forward": went["fan_avg"] / went["fan_in"], "back": came["fan_avg"] / came["fan_in"]}  # on the same draws
zigzag = {"forward": forward["fan_out"][:, 2] / forward["fan_out"][:, 1], "back": back["fan_in"][:, -2]}

fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True)
for mode, style in zip(forward, ("C0o-", "C1s--", "C2^-.")):
    label = {"fan_in": "2 / fan-in (He)", "fan_out": "2 / fan-out", "fan_avg": "2 / mean fan (Glorot's)"}[mode]
    band(axes[0], layers, forward[mode], style, label)
    band(axes[1], layers, back[mode], style, label)
axes[0].set(yscale="log", ylabel="size of z", title="Widths alternate: the compromise fails")
axes[1].set(yscale="log", ylabel="size of dL/dz, last = 1", xlabel="layer (1 is nearest the input)")
axes[1].set_xticks([1, 5, 10, 15, 20])
axes[0].legend()
fig.savefig("initialization_fans.svg")
