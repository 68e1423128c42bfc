"""What does a linear axis hide of a gradient?

Fixed: sigmoid layers of 128 units with PyTorch's default spread of weights, ten
inputs and labels at random, ten steps of SGD at 0.01 with momentum 0.9. Varies:
depth, and batch normalization. Twenty seeds. The figure shows the same
gradients of ten layers on a linear axis and on a logarithmic one.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from keras.initializers import VarianceScaling
from stack import Stack, gradients, train

SEEDS = range(20)
DEPTHS = (3, 10)
samples = 10
steps = 10

x, y = draw_noise(samples, 28 * 28, SEEDS)


def draw_default(seed):
    """As PyTorch's: uniform within one over the root of the inputs."""
    return VarianceScaling(1 / 3, "fan_in", "uniform", seed)


# --8<-- [start:measure]
KINDS = {"plain": None, "normalized": "batch"}
sizes = {}  # mean size of dL/dz of the hidden layers: (seeds, layers)
left = {}  # first layer's over the last one's: (seeds,)
for depth in DEPTHS:
    for name, normalization in KINDS.items():
        stack = Stack(
            (28 * 28, *[128] * depth, 10),
            SEEDS,
            "sigmoid",
            draw_default,
            normalization,
        )
        train(stack, x, y, steps, keras.optimizers.SGD(0.01, 0.9))
        by_z = gradients(stack, x, y).z[:depth]
        means = [np.abs(np.float64(z)).mean(axis=(1, 2)) for z in by_z]
        key = f"{name}_{depth}"
        sizes[key] = np.transpose(means)
        left[key] = sizes[key][:, 0] / sizes[key][:, -1]
# --8<-- [end:measure]

# How many of ten plain layers lie within a hundredth of the axis from zero.
plain = sizes["plain_10"]
hidden = (plain < plain.max(axis=1, keepdims=True) / 100).sum(axis=1)

fig, axes = plt.subplots(1, 2, figsize=(6.2, 3.4))
LOOKS = {
    "normalized": ("C1s--", "batch normalization"),
    "plain": ("C0o-", "none"),
}
for ax, scale in zip(axes, ("linear", "log")):
    for name, (style, label) in LOOKS.items():
        draw_band(ax, range(1, 11), sizes[f"{name}_10"], style, label)
    ax.set(yscale=scale, xlabel="layer", title=f"{scale} axis")
axes[0].set_ylabel("mean size of dL/dz")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=2)
fig.savefig("tutorials_axis.svg")
