"""At which depth does float32 lose the gradient, and at which does it lose the norm?

Fixed: sigmoid, width 64, N(0, 0.05) weights, one batch of digits. Varies: depth, precision. Five seeds.
The figure shows the norm of dL/dz in the first layer: of a float64 network, of a float32 network with the norm taken in
float64, and of the same with TensorFlow's own norm. Zeros are drawn at the bottom.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, digits, gradients, norms

SEEDS = range(5)
DEPTHS = np.array([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
width, batch, spread = 64, 128, 0.05
x, _, y, _ = (part[:batch] for part in digits())


def small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


# --8<-- [start:measure]
def first(depth, dtype):
    """dL/dz of the first layer, (seeds, batch, width)."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid", small, dtype=dtype)
    return gradients(stack, x, y)[1][0]


single = [first(depth, "float32") for depth in DEPTHS]
true = np.array([norms([first(depth, "float64")])[:, 0] for depth in DEPTHS])  # (depths, seeds)
in_double = np.array([norms([g])[:, 0] for g in single])  # float32 gradients, squares in float64
in_single = np.array([tf.norm(g, axis=(1, 2)) for g in single], "float64")  # squares in float32
# --8<-- [end:measure]

lost_norm = np.array([DEPTHS[column == 0].min() for column in in_single.T])  # first depth without a norm, by seed
lost_gradient = np.array([DEPTHS[column == 0].min() for column in in_double.T])  # first depth without a gradient
at = {"20": true[3], "25": true[4], "30": true[5], "50": true[9]}
error = np.abs(in_double[:6] / true[:6] - 1).max(axis=0)  # relative, up to 30 layers
error_before = np.abs(in_single[:3] / true[:3] - 1).max(axis=0)  # the same of tf.norm, up to 15 layers

fig, ax = plt.subplots()
floor = 1e-56
for values, style, name in (
    (true, "C0-", "float64 network"),
    (in_double, "C1s", "float32 network, norm in float64"),
    (in_single, "C2^", "float32 network, tf.norm"),
):
    ax.plot(DEPTHS, np.maximum(np.median(values, axis=1), floor), style, label=name, mfc="none", ms=8)
ax.axhline(floor, color="C4", ls=":")
ax.text(5, floor * 10, "exactly zero")
ax.set(yscale="log", xlabel="hidden layers", ylabel="norm of dL/dz, first layer", ylim=(floor / 100, 1))
ax.legend()
fig.savefig("gradient_by_layer_underflow.svg")
