"""Which slope lets every network solve XOR?

Fixed: 2-8-8-1, Glorot, Adam, 3000 epochs. Varies: the slope alpha of leaky
ReLU. 500 seeds. The figure shows the share of networks that have not solved
XOR, by epoch.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, train

SEEDS = range(500)
SLOPES = {"none": 0, "hundredth": 0.01, "tenth": 0.1, "fifth": 0.2}
epochs = 3000
rate = 0.001
bar = 0.1  # solved: a loss of this or less
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])

# --8<-- [start:measure]
# One network for each slope and seed; all are trained at once.
members = list(product(SLOPES, SEEDS))
stack = Stack(
    (2, 8, 8, 1),
    seeds=[seed for _, seed in members],
    slope=[SLOPES[slope] for slope, _ in members],
)
history = train(stack, x, y, epochs, keras.optimizers.Adam(rate), xla=True)
by_slope = history.reshape(epochs, len(SLOPES), len(SEEDS))
unsolved = by_slope > bar
failed = dict(zip(SLOPES, unsolved[-1]))  # (seeds,) each

# Share of the 16 hidden units that are positive for none of the four inputs.
*zs, _logits = stack.forward(x)[1]  # each (members, 4, 8)
is_silent = np.stack([(z.numpy() <= 0).all(axis=1) for z in zs], axis=1)
shares = is_silent.mean(axis=(1, 2)).reshape(len(SLOPES), len(SEEDS))
silent = dict(zip(SLOPES, shares))
# --8<-- [end:measure]
in_failed = silent["none"][failed["none"]].mean()
in_solved = silent["none"][~failed["none"]].mean()

# Draw what was found.
fig, ax = plt.subplots()
styles = ["C4-", "C0--", "C1-.", "C2:"]
for i, (slope, style) in enumerate(zip(SLOPES.values(), styles)):
    share_unsolved = unsolved[:, i].mean(axis=1)  # by epoch
    ax.plot(range(1, epochs + 1), share_unsolved, style, label=f"slope {slope}")
ax.set(
    yscale="log",
    xlabel="epoch",
    ylabel="share not solved",
    xlim=(200, epochs),
)
ax.legend()
fig.savefig("leaky_relu_xor.svg")
