"""Does a slope below zero keep ReLU units alive?

Fixed: five layers of width 64, He weights, 300 steps of Adam on digits. Varies: the slope alpha, and the rate: usual,
or so high that it silences many units. Ten seeds. The figure shows the share of units that no training digit turns on,
and the test accuracy, by slope.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradients, trainer

SEEDS = range(10)
SLOPES, RATES = {"none": 0, "hundredth": 0.01, "tenth": 0.1, "fifth": 0.2}, {"usual": 0.001, "high": 0.03}
depth, width, steps, half, batch = 5, 64, 300, 150, 128
x_train, x_test, y_train, y_test = digits()


def silent(stack):
    """Which hidden units are positive for no training sample: (members, layers, units)."""
    return np.stack([(z.numpy() <= 0).all(axis=1) for z in stack.forward(x_train)[1][:-1]], axis=1)


# --8<-- [start:measure]
members = [(slope, rate, seed) for slope in SLOPES.values() for rate in RATES.values() for seed in SEEDS]
slopes, rates, seeds = zip(*members)
stack = Stack((64, *[width] * depth, 10), seeds, initializer="he_normal", slope=slopes)
rates = np.array(rates, "float32")[:, None, None]
go = trainer(stack, x_train, y_train, keras.optimizers.Adam(lambda: rates), batch)
go(half)
middle = silent(stack)
go(steps - half)
end = silent(stack)
by_weight = gradients(stack, x_train, y_train)[0][:-1]  # dL/dW of the hidden layers, over all training samples
norm = np.stack([np.linalg.norm(np.asarray(g, "float64"), axis=1) for g in by_weight], axis=1)  # into each unit
# --8<-- [end:measure]


def cells(values):
    """(members,) -> by slope and rate, one number per seed."""
    table = np.reshape(values, (len(SLOPES), len(RATES), -1))
    return {f"{s}_{r}": table[i, j] for i, s in enumerate(SLOPES) for j, r in enumerate(RATES)}


per_seed = (1, 2)
share, no_gradient = cells(end.mean(axis=per_seed)), cells((norm == 0).mean(axis=per_seed))
back = cells((middle & ~end).sum(axis=per_seed) / np.maximum(middle.sum(axis=per_seed), 1))  # of the silent halfway
reached = cells(accuracy(stack, x_test, y_test))
faint = cells([np.median(n[e]) / np.median(n[~e]) if e.any() else 0 for n, e in zip(norm, end)])  # silent / others

fig, axes = plt.subplots(1, 2)
for ax, _found, title in zip(axes, (share, reached), ("share of silent units", "test accuracy")):
    for rate, style in (("usual", "C0o-"), ("high", "C1s--")):
        band(
            ax, range(len(SLOPES)), np.transpose([_found[f"{s}_{rate}"] for s in SLOPES]), style, f"rate {RATES[rate]}"
        )
    ax.set(title=title, xlabel="slope alpha", ylim=(0, 1.02), xticks=range(4), xticklabels=SLOPES.values())
axes[0].legend()
fig.savefig("leaky_relu.svg")
