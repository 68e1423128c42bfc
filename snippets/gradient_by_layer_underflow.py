"""At which depth does float32 lose the gradient, and at which its norm?

Fixed: sigmoid, width 64, N(0, 0.05²) weights. Varies: depth, precision. Five
seeds, each with weights and a batch of digits of its own. The figure shows the
norm of dL/dz in the first layer: of a float64 network, of a float32 network
with the norm taken in float64, and of the same with TensorFlow's own norm.
Zeros are drawn at the bottom.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from data import digits, draw_batches
from stack import Stack, gradients, norms

SEEDS = range(5)
DEPTHS = np.array([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
width = 64
batch_size = 128
x_train, _, y_train, _ = digits()
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


# --8<-- [start:measure]
def first_layer(depth, dtype):
    """dL/dz of the first layer, (seeds, batch, width)."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, "sigmoid", "random_normal", dtype=dtype)
    return gradients(stack, x, y).z[0]


true = []  # norms for each depth: (seeds,)
in_double = []
in_single = []
for depth in DEPTHS:
    double = first_layer(depth, "float64")
    single = first_layer(depth, "float32")
    true.append(norms([double])[:, 0])
    in_double.append(
        norms([single])[:, 0]
    )  # float32 gradients, squares in float64
    in_single.append(tf.norm(single, axis=(1, 2)).numpy())  # squares in float32
# --8<-- [end:measure]

true = np.array(true)  # (depths, seeds)
in_double = np.array(in_double)
in_single = np.array(in_single, "float64")

# The smallest positive float32, and what TensorFlow makes of a number near it.
smallest_normal = float(np.finfo("float32").tiny)
smallest_subnormal = float(np.finfo("float32").smallest_subnormal)
flushed = float(tf.constant(1e-30) * tf.constant(1e-10))
kept_by_numpy = float(np.float32(1e-30) * np.float32(1e-10))


def first_zero(values):
    """The first depth at which nothing is left, by seed: (seeds,)."""
    return np.array([DEPTHS[of_seed == 0].min() for of_seed in values.T])


lost_norm = first_zero(in_single)
lost_gradient = first_zero(in_double)
at = {"20": true[3], "25": true[4], "30": true[5], "50": true[9]}
# Relative errors: of the gradient up to 30 layers, of tf.norm up to 15.
error = np.abs(in_double[:6] / true[:6] - 1).max(axis=0)
error_before = np.abs(in_single[:3] / true[:3] - 1).max(axis=0)

# The drawing.
fig, ax = plt.subplots()
floor = 1e-56
LINES = (
    (true, "C0-", "float64 network"),
    (in_double, "C1s", "float32 network, norm in float64"),
    (in_single, "C2^", "float32 network, tf.norm"),
)
for values, style, name in LINES:
    shown = np.maximum(np.median(values, axis=1), floor)
    ax.plot(DEPTHS, shown, style, label=name, mfc="none", ms=8)
ax.axhline(floor, color="C4", ls=":")
ax.text(5, floor * 10, "exactly zero")
ax.set(yscale="log", ylim=(floor / 100, 1))
ax.set(xlabel="hidden layers", ylabel="norm of dL/dz, first layer")
ax.legend()
fig.savefig("gradient_by_layer_underflow.svg")
