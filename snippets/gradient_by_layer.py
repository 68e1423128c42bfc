"""Which layers does the gradient reach, and does dL/dW tell the same as dL/dz?

Fixed: width 64, before training, float64. Varies: activation, depth, initial
weights: small ones, N(0, 0.05²), and matched ones, Glorot or He. Ten seeds,
each with weights and a batch of digits of its own. The figure shows both norms
by layer, for small weights.
"""

import matplotlib.pyplot as plt
from bands import draw_band
from data import digits, draw_batches
from stack import Stack, gradient_norms

SEEDS = range(10)
DEPTHS = (5, 10, 20, 50)
width = 64
batch_size = 128
x_train, _, y_train, _ = digits()

# --8<-- [start:measure]
MATCHED = {
    "sigmoid": "glorot_normal",
    "tanh": "glorot_normal",
    "relu": "he_normal",
}
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


def measure(activation, depth, initializer):
    """Norms of dL/dW and of dL/dz, (seeds, layers) each."""
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, activation, initializer, dtype="float64")
    return gradient_norms(stack, x, y)


small = {}  # with Keras' "random_normal", of spread 0.05
matched = {}
for activation, initializer in MATCHED.items():
    for depth in DEPTHS:
        small[activation, depth] = measure(activation, depth, "random_normal")
        matched[activation, depth] = measure(activation, depth, initializer)
# --8<-- [end:measure]


def left(norms):
    """First hidden layer's norm over the last one's: (seeds,)."""
    return norms[:, 0] / norms[:, -2]


# What pages show of both, by weights and depth, then by activation.
weight = {}
z = {}
for weights, measured in (("small", small), ("matched", matched)):
    for depth in DEPTHS:
        key = f"{weights}_{depth}"
        weight[key] = {
            name: left(measured[name, depth].kernels) for name in MATCHED
        }
        z[key] = {name: left(measured[name, depth].z) for name in MATCHED}

# The drawing: a column for each activation, dL/dW above dL/dz.
fig, axes = plt.subplots(2, 3, figsize=(6.2, 5.2), sharex=True, sharey="row")
STYLES = ("C0-", "C1--", "C2-.", "C4:")
for (above, below), activation in zip(axes.T, MATCHED):
    for depth, style in zip(DEPTHS, STYLES):
        layers = range(1, depth + 1)
        found = small[activation, depth]
        draw_band(
            above, layers, found.kernels[:, :-1], style, f"{depth} layers"
        )
        draw_band(below, layers, found.z[:, :-1], style, f"{depth} layers")
    above.set(
        title="ReLU" if activation == "relu" else activation, yscale="log"
    )
    below.set(xlabel="layer", yscale="log")
axes[0, 0].set_ylabel("norm of dL/dW")
axes[1, 0].set_ylabel("norm of dL/dz")
handles, labels = axes[0, 0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=4)
fig.savefig("gradient_by_layer.svg")
