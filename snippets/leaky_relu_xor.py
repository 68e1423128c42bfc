"""Which slope lets every network solve XOR?

Fixed: 2-8-8-1, Glorot, Adam, 3000 epochs. Varies: the slope alpha of leaky ReLU. 500 seeds.
The figure shows the share of networks that have not solved XOR, by epoch.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, train

SEEDS = range(500)
SLOPES = {"none": 0, "hundredth": 0.01, "tenth": 0.1, "fifth": 0.2}
epochs, rate, bar = 3000, 0.001, 0.1
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])

# --8<-- [start:measure]
members = [(slope, seed) for slope in SLOPES.values() for seed in SEEDS]
slopes, seeds = zip(*members)
stack = Stack((2, 8, 8, 1), seeds, slope=slopes)
history = train(stack, X, Y, epochs, keras.optimizers.Adam(rate), xla=True)  # losses: (epochs, members)
unsolved = (history > bar).reshape(epochs, len(SLOPES), -1)
failed = {name: unsolved[-1, i] for i, name in enumerate(SLOPES)}
zs = stack.forward(X)[1][:-1]
silent = np.stack([(z.numpy() <= 0).all(axis=1) for z in zs], axis=1).mean(axis=(1, 2))  # share of units: (members,)
silent = dict(zip(SLOPES, silent.reshape(len(SLOPES), -1)))
in_failed, in_solved = silent["none"][failed["none"]].mean(), silent["none"][~failed["none"]].mean()
# --8<-- [end:measure]

fig, ax = plt.subplots()
for i, style in enumerate(("C4-", "C0--", "C1-.", "C2:")):
    ax.plot(range(1, epochs + 1), unsolved[:, i].mean(axis=1), style, label=f"slope {list(SLOPES.values())[i]}")
ax.set(yscale="log", xlabel="epoch", ylabel="share not solved", xlim=(200, epochs))
ax.legend()
fig.savefig("leaky_relu_xor.svg")
