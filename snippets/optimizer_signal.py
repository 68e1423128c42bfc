"""Does a layer's gradient know which label belongs to which image?

Fixed: width 64, all training digits, before training, in float64. Varies: the
network. Ten seeds, each with weights and an order of labels of its own. We
shuffle the labels: a gradient that stays as it was holds no more than how
often each label occurs. The figure shows by layer which share of dL/dW
changes.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits
from stack import Stack, gradients, norms

SEEDS = range(10)
width = 64
x_train, _, y_train, _ = digits()

# --8<-- [start:measure]
NETWORKS = {
    "sigmoid3": (3, "sigmoid", "glorot_uniform", None),
    "sigmoid10": (10, "sigmoid", "glorot_uniform", None),
    "normalized10": (10, "sigmoid", "glorot_uniform", "batch"),
    "relu10": (10, "relu", "he_normal", None),
}
shuffled = np.array(
    [np.random.default_rng(seed).permutation(y_train) for seed in SEEDS]
)  # (seeds, samples)

share = {}  # of dL/dW that changes with the labels' order, (seeds, layers)
norms_of_kernels = {}  # of dL/dW, (seeds, layers)
for name, (depth, *rules) in NETWORKS.items():
    sizes = (64, *[width] * depth, 10)
    stack = Stack(sizes, SEEDS, *rules, dtype="float64")
    true = gradients(stack, x_train, y_train).kernels
    false = gradients(stack, x_train, shuffled).kernels
    changes = [after - before for after, before in zip(false, true)]
    norms_of_kernels[name] = norms(true)
    share[name] = norms(changes) / norms(true)
# --8<-- [end:measure]

# --8<-- [start:rounding]
# How much the sums of the twentieth sigmoid layer differ between images.
spread = {}  # (seeds,) each
for dtype in ("float32", "float64"):
    stack = Stack((64, *[width] * 20, 10), SEEDS, "sigmoid", dtype=dtype)
    _, z = stack.forward(x_train)
    last_hidden_z = z[-2].numpy().astype("float64")  # (seeds, images, units)
    spread[dtype] = last_hidden_z.std(axis=1).mean(axis=1)
# --8<-- [end:rounding]

first = {name: found[:, 0] for name, found in share.items()}
last_hidden = {name: found[:, -2] for name, found in share.items()}
resolution = np.finfo("float32").eps

fig, ax = plt.subplots()
LOOKS = {
    "sigmoid3": ("C0o-", "sigmoid, 3 layers"),
    "sigmoid10": ("C1s--", "sigmoid, 10 layers"),
    "normalized10": ("C4D:", "sigmoid, 10 layers, normalized"),
    "relu10": ("C2^-.", "ReLU, 10 layers"),
}
for name, (style, label) in LOOKS.items():
    layers = range(1, share[name].shape[1] + 1)
    draw_band(ax, layers, share[name], style, label)
ax.set(yscale="log", ylabel="share of dL/dW")
ax.set_xlabel("layer (1 is nearest the input; the last is the head)")
ax.set_title("What changes when labels are shuffled")
ax.legend(loc="lower left")
fig.savefig("optimizer_signal.svg")
