"""Does the gradient stay as the first step found it?

Fixed: ten layers of width 64, matched weights, digits, Adam at 1e-3. Varies: activation, the step. Ten seeds.
The figure shows ||dL/dz|| by layer before training, early, and at the end.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, trainer

SEEDS = range(10)
depth, width, batch, rate, early, late = 10, 64, 128, 0.001, 50, 300
x_train, x_test, y_train, y_test = digits()
x, y = x_train[:batch], y_train[:batch]
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class

# --8<-- [start:measure]
MATCHED = {"sigmoid": "glorot_normal", "tanh": "glorot_normal", "relu": "he_normal"}
norms_of, reached = {}, {}  # norms of dL/dW and dL/dz by moment: (moments, kinds, seeds, layers)
for activation, matched in MATCHED.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, matched)
    go = trainer(stack, x_train, y_train, keras.optimizers.Adam(rate), batch)
    moments = [gradient_norms(stack, x, y)]
    for steps in (early, late - early):
        go(steps)
        moments.append(gradient_norms(stack, x, y))
    norms_of[activation], reached[activation] = np.array(moments), accuracy(stack, x_test, y_test)
# --8<-- [end:measure]


def left(kind, moment):
    """First hidden layer's norm over the last one's, by activation, one per seed."""
    return {a: n[moment, kind, :, 0] / n[moment, kind, :, -2] for a, n in norms_of.items()}


weight, z = ({"start": left(kind, 0), "early": left(kind, 1), "end": left(kind, 2)} for kind in (0, 1))
last = {a: n[2, 1, :, -1] / n[0, 1, :, -1] for a, n in norms_of.items()}  # the head's dL/dz, end over start

fig, axes = plt.subplots(1, 3, sharey=True)
for ax, (activation, n) in zip(axes, norms_of.items()):
    for moment, style, name in zip(range(3), ("C0-", "C1--", "C2-."), ("start", f"step {early}", f"step {late}")):
        band(ax, range(1, depth + 2), n[moment, 1], style, name)
    ax.set(yscale="log", title="ReLU" if activation == "relu" else activation, xlabel="layer", xticks=(1, 5, 11))
axes[0].set_ylabel("norm of dL/dz")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.savefig("gradient_by_layer_training.svg")
