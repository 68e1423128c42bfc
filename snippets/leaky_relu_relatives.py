"""Do smoother relatives of ReLU pass the gradient, and do they learn?

Fixed: 20 layers of width 32, Adam, 200 steps on digits, batch 64. Varies: the
activation, with He weights (SELU with the LeCun weights it is made for); three
learning rates. Five seeds; the rate of a seed is the one that did best on the
other seeds. The figure shows the factor of dL/dz per layer before training, and
the test accuracy.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, draw_batches
from gaussian import gaussian_mean
from measures import choose_rate, factor_per_layer
from stack import Stack, accuracy, gradient_norms, split_activations, train

SEEDS = range(5)
RATES = (0.0003, 0.001, 0.003)
depth = 20
width = 32
steps = 200
batch_size = 64
x_train, x_test, y_train, y_test = digits()

# --8<-- [start:measure]
NAMES = ["relu", "leaky_relu", "elu", "selu", "gelu", "silu"]
INITIALIZERS = dict.fromkeys(NAMES, "he_normal") | {"selu": "lecun_normal"}

# One network for each activation, learning rate and seed.
members = list(product(NAMES, RATES, SEEDS))
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
stack = Stack(
    (64, *[width] * depth, 10),
    seeds,
    activation=split_activations(*NAMES),
    initializer=[INITIALIZERS[name] for name, _, _ in members],
)
shape = (len(NAMES), len(RATES), len(SEEDS))

# Before training; the rates do not matter yet.
x, y = draw_batches(x_train, y_train, batch_size, seeds)
by_layer = gradient_norms(stack, x, y).z[:, :depth]  # of dL/dz
factors = factor_per_layer(by_layer).reshape(shape)[:, 0]  # (names, seeds)

optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
train(stack, x_train, y_train, steps, optimizer, batch_size, xla=True)
runs = accuracy(stack, x_test, y_test).reshape(shape)
chosen = choose_rate(runs)  # (names, seeds)
# --8<-- [end:measure]
factor = dict(zip(NAMES, factors))
reached = dict(zip(NAMES, chosen))


# Theory of SELU, where sums have mean zero and variance one, as it promises.
def selu_slope(z):
    scale, alpha = 1.0507, 1.6733  # of the paper
    return scale * np.where(z > 0, 1, alpha * np.exp(z))


selu_theory = gaussian_mean(lambda z: selu_slope(z) ** 2) ** 0.5

# Draw what was found.
fig, axes = plt.subplots(1, 2, sharey=True)
panels = [(factors, "dL/dz per layer", "C0o"), (chosen, "test accuracy", "C1s")]
for ax, (values, title, style) in zip(axes, panels):
    middle = np.median(values, axis=1)
    bars = middle - values.min(axis=1), values.max(axis=1) - middle
    ax.errorbar(middle, range(len(NAMES)), xerr=bars, fmt=style, capsize=3)
    ax.set(
        title=title,
        ylim=(5.5, -0.5),
        yticks=range(len(NAMES)),
        yticklabels=["ReLU", "leaky", "ELU", "SELU", "GELU", "SiLU"],
    )
axes[0].axvline(1, color="C4", ls=":")
fig.savefig("leaky_relu_relatives.svg")
