"""Does a layer's gradient know which label belongs to which image?

Fixed: width 64, all training digits, before training, in float64. Varies: network. Ten seeds.
We shuffle the labels: a gradient that stays as it was holds no more than how often each label occurs.
The figure shows by layer which share of dL/dW changes with the labels' order.
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, digits, gradients, norms

SEEDS = range(10)
width = 64
x_train, _, y_train, _ = digits()
shuffled = np.random.default_rng(0).permutation(y_train)

# --8<-- [start:measure]
NETS = {
    "sigmoid3": (3, "sigmoid", "glorot_uniform"),
    "sigmoid10": (10, "sigmoid", "glorot_uniform"),
    "relu10": (10, "relu", "he_normal"),
}
share, by_weight, spread = {}, {}, {}
for name, (depth, activation, initializer) in NETS.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer, dtype="float64")
    true, false = (gradients(stack, x_train, labels)[0] for labels in (y_train, shuffled))
    by_weight[name] = norms([g.numpy() for g in true])  # (seeds, layers)
    share[name] = norms([g.numpy() - h.numpy() for g, h in zip(true, false)]) / by_weight[name]
for dtype in ("float32", "float64"):  # of 20 sigmoid layers: differences between images in the last
    stack = Stack((64, *[width] * 20, 10), SEEDS, "sigmoid", dtype=dtype)
    z = stack.forward(x_train)[1][-2].numpy().astype("float64")
    spread[dtype] = z.std(axis=1).mean(axis=1)  # over images, mean over units: (seeds,)
# --8<-- [end:measure]
first = {name: found[:, 0] for name, found in share.items()}
last_hidden = {name: found[:, -2] for name, found in share.items()}
ratio = {name: found[:, 0] / found[:, -1] for name, found in by_weight.items()}  # norm of dL/dW, first layer / head
resolution = np.finfo("float32").eps

fig, ax = plt.subplots()
labels = ("sigmoid, 3 layers", "sigmoid, 10 layers", "ReLU, 10 layers")
for found, label, style in zip(share.values(), labels, ("C0o-", "C1s--", "C2^-.")):
    band(ax, range(1, found.shape[1] + 1), found, style, label)
ax.set(yscale="log", xlabel="layer (1 is nearest the input; the last is the head)", ylabel="share of dL/dW")
ax.set_title("What changes when labels are shuffled")
ax.legend(loc="lower left")
fig.savefig("optimizer_signal.svg")
