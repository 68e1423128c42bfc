"""Which fan should set the variance when layers differ in width?

Fixed: 20 ReLU layers whose widths alternate between 256 and 64, before
training. Varies: the fan in the variance 2 / fan. Ten seeds, each with 128
random inputs of its own. The figure shows the size of z going forward and of
dL/dz going back, by layer.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 20
large = 256
small = 64
batch_size = 128
widths = [large, small] * (depth // 2)
x, y = draw_noise(batch_size, small, SEEDS)

forward = {}  # size of z, (seeds, layers)
back = {}  # size of dL/dz per unit, over that of the last layer
for mode in ("fan_in", "fan_out", "fan_avg"):

    def scale(seed, mode=mode):
        return keras.initializers.VarianceScaling(2, mode, seed=seed)

    stack = Stack((small, *widths, 10), SEEDS, "relu", scale)
    *zs, _logits = stack.forward(x)[1]  # each (seeds, samples, units)
    squares = [(z.numpy().astype("float64") ** 2).mean((1, 2)) for z in zs]
    forward[mode] = np.stack(squares, axis=1) ** 0.5

    by_layer = gradient_norms(stack, x, y).z[:, :depth]
    per_unit = by_layer / np.sqrt(widths)
    back[mode] = per_unit / per_unit[:, -1:]

# From layer 2 to the last and back again: both are narrow.
went = {mode: sizes[:, -1] / sizes[:, 1] for mode, sizes in forward.items()}
came = {mode: sizes[:, 1] for mode, sizes in back.items()}

# Theory for the mean fan: the factor for two layers, either way.
pairs = depth // 2 - 1  # of layers between these two
pair = 2 * np.sqrt(small * large) / (small + large)
theory = pair**pairs

# Beside fan-in, on the same draws; and the step after one layer.
loss = {
    "forward": went["fan_avg"] / went["fan_in"],
    "back": came["fan_avg"] / came["fan_in"],
}
zigzag = {
    "forward": forward["fan_out"][:, 2] / forward["fan_out"][:, 1],
    "back": back["fan_in"][:, -2],
}

# Draw what was found.
layers = range(1, depth + 1)
STYLES = {
    "fan_in": ("C0o-", "2 / fan-in (He)"),
    "fan_out": ("C1s--", "2 / fan-out"),
    "fan_avg": ("C2^-.", "2 / mean fan (Glorot's)"),
}
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True)
for mode, (style, label) in STYLES.items():
    draw_band(axes[0], layers, forward[mode], style, label)
    draw_band(axes[1], layers, back[mode], style, label)
axes[0].set(
    yscale="log",
    ylabel="size of z",
    title="Widths alternate: the compromise fails",
)
axes[1].set(
    yscale="log",
    ylabel="size of dL/dz, last = 1",
    xlabel="layer (1 is nearest the input)",
    xticks=[1, 5, 10, 15, 20],
)
axes[0].legend()
fig.savefig("initialization_fans.svg")
