"""Which layers does the gradient reach, and does dL/dW tell the same as dL/dz?

Fixed: width 64, one batch of digits, before training, float64. Varies: activation, depth, initial weights: small ones,
N(0, 0.05), and matched ones, Glorot or He. Ten seeds each. The figure shows both norms by layer, for small weights.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, digits, gradient_norms

SEEDS = range(10)
DEPTHS = (5, 10, 20, 50)
width, batch, spread = 64, 128, 0.05
x, _, y, _ = (part[:batch] for part in digits())


def small(seed):
    return keras.initializers.RandomNormal(stddev=spread, seed=seed)


# --8<-- [start:measure]
MATCHED = {"sigmoid": "glorot_normal", "tanh": "glorot_normal", "relu": "he_normal"}
measured = {}  # (activation, depth, weights) -> norms of dL/dW and of dL/dz, (seeds, layers) each
for activation, matched in MATCHED.items():
    for depth in DEPTHS:
        rules = [small] * len(SEEDS) + [matched] * len(SEEDS)
        stack = Stack((64, *[width] * depth, 10), [*SEEDS, *SEEDS], activation, rules, dtype="float64")
        found = np.array(gradient_norms(stack, x, y)).reshape(2, 2, len(SEEDS), -1)  # (kind, weights, seeds, layers)
        measured[activation, depth, "small"], measured[activation, depth, "matched"] = found[:, 0], found[:, 1]
# --8<-- [end:measure]


def left(kind, weights, depth):
    """Norm in the first hidden layer over that in the last one, by activation, one per seed."""
    return {a: measured[a, depth, weights][kind][:, 0] / measured[a, depth, weights][kind][:, -2] for a in MATCHED}


weight = {f"{w}_{d}": left(0, w, d) for w in ("small", "matched") for d in DEPTHS}
z = {f"{w}_{d}": left(1, w, d) for w in ("small", "matched") for d in DEPTHS}

fig, axes = plt.subplots(2, 3, figsize=(6.2, 5.2), sharex=True, sharey="row")
for (row, column), ax in np.ndenumerate(axes):
    activation = list(MATCHED)[column]
    for depth, style in zip(DEPTHS, ("C0-", "C1--", "C2-.", "C4:")):
        band(ax, range(1, depth + 1), measured[activation, depth, "small"][row][:, :-1], style, f"{depth} layers")
    ax.set(yscale="log", title=("sigmoid", "tanh", "ReLU")[column] if row == 0 else "")
    ax.set(ylabel=("norm of dL/dW", "norm of dL/dz")[row] if column == 0 else "", xlabel="layer" if row else "")
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
fig.savefig("gradient_by_layer.svg")
