"""At which spread of the weights does a deep tanh network keep its gradient?

And does it train there? Fixed: 30 tanh layers of width 32, biases of variance
0.05, digits, 300 steps of Adam, batch 64. Varies: spread of the weights, three
learning rates. Five seeds; the rate of a seed is the one that did best on the
other seeds. The figure shows the factor of dL/dz per layer before training and
the test accuracy after it, against the spread.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from gaussian import gaussian_mean
from measures import choose_rate, factor_per_layer
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(5)
RATES = [0.0002, 0.0007, 0.002]
SPREADS = {  # sigma_w
    "smallest": 0.6,
    "small": 0.8,
    "one": 1.0,
    "below": 1.2,
    "critical": 1.4,
    "above": 1.7,
    "two": 2.0,
    "large": 2.5,
    "largest": 3.0,
}
depth = 30
width = 32
steps = 300
batch_size = 64
bias_variance = 0.05
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


def predict_factors(sigma_w, num_layers):
    """Theory's factors of ||dL/dz||, first layer first."""
    variance = sigma_w**2 * (x_train**2).mean() + bias_variance  # of z
    factors = []
    for _ in range(num_layers - 1):
        spread = variance**0.5

        def tanh_square(u, spread=spread):
            return np.tanh(spread * u) ** 2

        def slope_square(u, spread=spread):
            return (1 - np.tanh(spread * u) ** 2) ** 2

        factors.append(sigma_w * gaussian_mean(slope_square) ** 0.5)
        variance = sigma_w**2 * gaussian_mean(tanh_square) + bias_variance
    return np.array(factors)


# --8<-- [start:measure]
def scale_by(spread):
    """An initializer for each seed, with weights of variance spread^2 / n."""
    return lambda seed: keras.initializers.VarianceScaling(spread**2, seed=seed)


# One network for each spread, learning rate and seed; all train at once.
members = list(product(SPREADS.values(), RATES, SEEDS))
rates = np.array([rate for _, rate, _ in members], "float32")
seeds = [seed for _, _, seed in members]
initializers = [scale_by(spread) for spread, _, _ in members]
stack = Stack((64, *[width] * depth, 10), seeds, "tanh", initializers)
for i, bias in enumerate(stack.biases[:-1]):
    rngs = [np.random.default_rng((seed, i)) for seed in seeds]
    bias.assign([rng.normal(0, bias_variance**0.5, (1, width)) for rng in rngs])
# --8<-- [end:measure]

# --8<-- [start:train]
# Before training; the rates do not matter yet.
shape = (len(SPREADS), len(RATES), len(SEEDS))
x, y = draw_batches(x_train, y_train, batch_size, seeds)
by_layer = gradient_norms(stack, x, y).z[:, :depth]  # of dL/dz
factors = factor_per_layer(by_layer).reshape(shape)[:, 0]  # (spreads, seeds)

optimizer = keras.optimizers.Adam(lambda: rates[:, None, None])
train(stack, x_train, y_train, steps, optimizer, batch_size, xla=True)
runs = accuracy(stack, x_test, y_test).reshape(shape)
chosen = choose_rate(runs)  # (spreads, seeds)
# --8<-- [end:train]
factor = dict(zip(SPREADS, factors))
reached = dict(zip(SPREADS, chosen))
best = dict(zip(SPREADS, runs.max(axis=1)))  # at the seed's own best rate

# Where the factor is one: for each seed, and in theory behind many layers.
spreads = np.array(list(SPREADS.values()))
crossing = np.array([np.interp(1, by_seed, spreads) for by_seed in factors.T])
grid = np.linspace(spreads[0], spreads[-1], 31)
predicted = np.array([predict_factors(spread, 60) for spread in grid])
critical = np.interp(1, predicted[:, -1], grid)

# Draw what was found.
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True)
logs = np.log(predicted[:, : depth - 1])
axes[0].plot(grid, np.exp(logs.mean(axis=1)), "C1--", label="theory")
draw_band(axes[0], spreads, factors.T, "C0o", "measured")
draw_band(axes[1], spreads, chosen.T, "C0o-")
for ax in axes:
    ax.axvline(critical, color="C4", ls=":", label="critical")
axes[0].set(
    ylabel="factor of dL/dz",
    title=f"{depth} tanh layers, before training",
)
axes[1].set(
    xlabel="spread of the weights, times √n",
    ylabel="test accuracy",
    title="after training",
    ylim=(0, 1),
)
axes[0].legend()
fig.savefig("initialization_critical.svg")
