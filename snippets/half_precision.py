"""What do float16 and bfloat16 lose of a gradient, by layer?

Fixed: ten layers of width 64, sigmoid with Glorot weights or ReLU with He's, 64
digits, before training. Varies: the format of weights and gradients, and by
what the loss is multiplied. Five seeds, each with weights and digits of its
own. The figure shows the share of exact zeros in dL/dz of the sigmoid networks.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from data import digits, draw_batches
from stack import Stack, losses

SEEDS = range(5)
depth = 10
width = 64
batch_size = 64
sizes = (64, *[width] * depth, 10)

x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # one for each seed

# Of float16: the smallest number above zero, and the largest of all.
tiny = float(np.finfo("float16").smallest_subnormal)
largest = float(np.finfo("float16").max)


# --8<-- [start:gradients]
def scaled_gradients(dtype, scale, activation, initializer):
    """`scale` times dL/dz of the hidden layers: (seeds, layers, ...)."""
    stack = Stack(sizes, SEEDS, activation, initializer, dtype=dtype)
    with tf.GradientTape() as tape:
        logits, all_z = stack.forward(x)
        loss = scale * losses(tf.cast(logits, "float32"), y)
    found = tape.gradient(loss, all_z[:depth])
    return np.stack([tf.cast(each, "float64") for each in found], axis=1)


# --8<-- [end:gradients]
# --8<-- [start:measure]
FORMATS = {
    "float32": ("float32", 1),
    "bfloat16": ("bfloat16", 1),
    "float16": ("float16", 1),
    "scaled": ("float16", 2**15),
}
zeros = {}  # share of exact zeros in the sigmoid networks: (seeds, layers)
worst = {}  # the largest relative error of a layer's norm: (seeds,)
in_relu = {}  # share of zeros in all layers of the ReLU networks: (seeds,)
exact = scaled_gradients("float32", 1, "sigmoid", "glorot_normal")
norms = np.linalg.norm(exact, axis=(2, 3))  # (seeds, layers)
for name, (dtype, scale) in FORMATS.items():
    found = scaled_gradients(dtype, scale, "sigmoid", "glorot_normal")
    zeros[name] = (found == 0).mean(axis=(2, 3))
    ratio = np.linalg.norm(found / scale, axis=(2, 3)) / norms
    worst[name] = np.abs(ratio - 1).max(axis=1)
    found = scaled_gradients(dtype, scale, "relu", "he_normal")
    in_relu[name] = (found == 0).mean(axis=(1, 2, 3))
# --8<-- [end:measure]

first = {name: share[:, 0] for name, share in zeros.items()}
third = {name: share[:, 2] for name, share in zeros.items()}
last = {name: share[:, -1] for name, share in zeros.items()}

fig, ax = plt.subplots()
LOOKS = {
    "float16": ("C1s--", "float16"),
    "scaled": ("C2^-.", "float16, loss × 32768"),
    "bfloat16": ("C0o-", "bfloat16"),
}
for name, (style, label) in LOOKS.items():
    draw_band(ax, range(1, depth + 1), zeros[name], style, label)
ax.set(xlabel="layer (1 is nearest the input)", ylabel="zeros in dL/dz")
ax.set_title("Float16 cuts off what has vanished")
ax.legend()
fig.savefig("half_precision.svg")
