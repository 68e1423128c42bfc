"""Does a slope below zero keep ReLU units alive?

Fixed: five layers of width 64, He weights, 300 steps of Adam on digits. Varies:
the slope alpha, and the rate: usual, or so high that it silences many units.
Ten seeds. The figure shows the share of units that no training digit turns on,
and the test accuracy, by slope.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits
from stack import Stack, accuracy, gradients, trainer

SEEDS = range(10)
SLOPES = {"none": 0, "hundredth": 0.01, "tenth": 0.1, "fifth": 0.2}
RATES = {"usual": 0.001, "high": 0.03}
depth = 5
width = 64
steps = 300
batch_size = 128
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:silent]
def find_silent(stack):
    """Which hidden units are positive for no training sample.

    Returns (members, layers, units).
    """
    *zs, _logits = stack.forward(x_train)[1]  # each (members, samples, units)
    return np.stack([(z.numpy() <= 0).all(axis=1) for z in zs], axis=1)


# --8<-- [end:silent]
# --8<-- [start:measure]
# One network for each slope, learning rate and seed; all are trained at once.
members = list(product(SLOPES, RATES, SEEDS))
rates = np.array([RATES[rate] for _, rate, _ in members], "float32")
stack = Stack(
    (64, *[width] * depth, 10),
    seeds=[seed for _, _, seed in members],
    initializer="he_normal",
    slope=[SLOPES[slope] for slope, _, _ in members],
)
optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
go_on = trainer(stack, x_train, y_train, optimizer, batch_size)

# Who is silent halfway, and who at the end?
go_on(steps // 2)
middle = find_silent(stack)
go_on(steps // 2)
end = find_silent(stack)

# Norm of dL/dW into each hidden unit, over all training samples.
*by_kernel, _head = gradients(stack, x_train, y_train).kernels
into_unit = np.linalg.norm(np.array(by_kernel, "float64"), axis=2)
into_unit = into_unit.transpose(1, 0, 2)  # (members, layers, units)
# --8<-- [end:measure]


def by_cell(values):
    """(members,) -> for each slope and rate by name a number per seed."""
    table = np.reshape(values, (-1, len(SEEDS)))
    cells = product(SLOPES, RATES)
    return {f"{slope}_{rate}": row for (slope, rate), row in zip(cells, table)}


per_member = (1, 2)
share = by_cell(end.mean(axis=per_member))
no_gradient = by_cell((into_unit == 0).mean(axis=per_member))
reached = by_cell(accuracy(stack, x_test, y_test))

# Of the units silent halfway, the share that is active at the end.
woken = (middle & ~end).sum(axis=per_member)
back = by_cell(woken / np.maximum(middle.sum(axis=per_member), 1))

# The median dL/dW of silent units over that of the others.
ratios = np.zeros(len(members))
for i in range(len(members)):
    if end[i].any():
        silent_norm = np.median(into_unit[i][end[i]])
        ratios[i] = silent_norm / np.median(into_unit[i][~end[i]])
faint = by_cell(ratios)

# Draw what was found.
fig, axes = plt.subplots(1, 2)
titles = ["share of silent units", "test accuracy"]
for ax, cells, title in zip(axes, (share, reached), titles):
    for rate, style in (("usual", "C0o-"), ("high", "C1s--")):
        by_slope = np.transpose([cells[f"{slope}_{rate}"] for slope in SLOPES])
        label = f"rate {RATES[rate]}"
        draw_band(ax, range(len(SLOPES)), by_slope, style, label)
    ax.set(
        title=title,
        xlabel="slope alpha",
        ylim=(0, 1.02),
        xticks=range(len(SLOPES)),
        xticklabels=SLOPES.values(),
    )
axes[0].legend()
fig.savefig("leaky_relu.svg")
