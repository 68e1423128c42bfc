"""Is there a spread of the weights at which a deep tanh network keeps its gradient, and does it train there?

Fixed: 30 tanh layers of width 32, biases of variance 0.05, digits, 300 steps of Adam, batch 64. Varies: spread of the
weights, three learning rates. Five seeds; the rate of a seed is the one that did best on the other seeds.
The figure shows the factor of dL/dz per layer before training and the test accuracy after it, against the spread.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(5)
RATES = [0.0002, 0.0007, 0.002]
SPREADS = [0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0]  # sigma_w
depth, width, steps, batch, bias = 30, 32, 300, 64, 0.05  # bias: variance of the biases
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class

# --8<-- [start:theory]
points, weights = np.polynomial.hermite_e.hermegauss(100)  # means over N(0, 1)
weights /= weights.sum()


def predict(sigma_w, bias, depth):
    """Theory's factors of ||dL/dz||, first layer first: (depth - 1,)."""
    q, factors = sigma_w**2 * (x_train**2).mean() + bias, []
    for _ in range(depth - 1):
        a = np.tanh(np.sqrt(q) * points)
        factors.append(sigma_w * np.sqrt(weights @ (1 - a**2) ** 2))
        q = sigma_w**2 * weights @ a**2 + bias
    return np.array(factors)


# --8<-- [end:theory]
# --8<-- [start:measure]
rules = [lambda seed, s=s: keras.initializers.VarianceScaling(s**2, seed=seed) for s in SPREADS]
rules, rates, seeds = zip(*[(rule, rate, seed) for rule in rules for rate in RATES for seed in SEEDS])
stack = Stack((64, *[width] * depth, 10), seeds, "tanh", rules)
for i, b in enumerate(stack.biases[:-1]):
    b.assign([np.random.default_rng((seed, i)).normal(0, bias**0.5, (1, width)) for seed in seeds])
by_z = gradient_norms(stack, x_train[:batch], y_train[:batch])[1]
factors = (by_z[:, 0] / by_z[:, depth - 1]) ** (1 / (depth - 1))
factors = factors.reshape(len(SPREADS), len(RATES), -1)[:, 0]  # (spreads, seeds): before training rates do not matter
rates = np.reshape(rates, (-1, 1, 1)).astype("float32")
train(stack, x_train, y_train, steps, keras.optimizers.Adam(lambda: rates), batch, xla=True)
runs = accuracy(stack, x_test, y_test).reshape(len(SPREADS), len(RATES), -1)
others = runs.sum(axis=2, keepdims=True) - runs  # of the same rate: what the other seeds reached
chosen = np.take_along_axis(runs, others.argmax(axis=1, keepdims=True), axis=1)[:, 0]  # (spreads, seeds)
# --8<-- [end:measure]

NAMES = "smallest", "small", "one", "below", "critical", "above", "two", "large", "largest"
factor, reached, best = (dict(zip(NAMES, found)) for found in (factors, chosen, runs.max(axis=1)))
spread = dict(zip(NAMES, SPREADS))
crossing = np.array([np.interp(1, found, SPREADS) for found in factors.T])  # where the factor is one: (seeds,)
grid = np.linspace(SPREADS[0], SPREADS[-1], 121)
critical = np.interp(1, [predict(s, bias, 1000)[-1] for s in grid], grid)  # the same in theory, behind many layers

fig, axes = plt.subplots(2, 1, figsize=(4.8, 6), sharex=True)
axes[0].plot(grid, [np.exp(np.log(predict(s, bias, depth)).mean()) for s in grid], "C1--", label="theory")
band(axes[0], SPREADS, factors.T, "C0o", "measured")
band(axes[1], SPREADS, chosen.T, "C0o-")
for ax in axes:
    ax.axvline(critical, color="C4", ls=":", label="critical")
axes[0].set(ylabel="factor of dL/dz", title=f"{depth} tanh layers, before training")
axes[1].set(xlabel="spread of the weights, times √n", ylabel="test accuracy", title="after training", ylim=(0, 1))
axes[0].legend()
fig.savefig("initialization_critical.svg")
