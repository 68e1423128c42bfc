"""What sets the factor of a sigmoid layer: its slope or its weights?

Fixed: 15 hidden layers of width 128, random inputs, sigmoid. Varies: the initializer, the spread of the weights.
Five seeds. The figure shows the factor of ||dL/dz|| per layer against sigma_w, the spread times the root of the width.
"""

import matplotlib.pyplot as plt
import numpy as np
from keras.initializers import GlorotUniform, HeNormal, RandomNormal, RandomUniform
from stack import Stack, gradient_norms

SEEDS = range(5)
depth, width, batch, root = 15, 128, 128, 128**0.5
SPREADS = np.array([0.5, 1, 1.414, 2, 3, 4, 5, 6, 8, 12])  # sigma_w
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)
points, weights = np.polynomial.hermite_e.hermegauss(201)  # means over N(0, 1)
weights /= weights.sum()


def theory(sigma_w):
    """sqrt(chi_1) of a sigmoid layer, at the variance q where z settles."""
    q = 1.0
    for _ in range(100):
        q = sigma_w**2 * weights @ (1 / (1 + np.exp(-np.sqrt(q) * points))) ** 2
    s = 1 / (1 + np.exp(-np.sqrt(q) * points))
    return sigma_w * np.sqrt(weights @ (s * (1 - s)) ** 2)


# --8<-- [start:measure]
def factor(rule):
    """Factor of ||dL/dz|| per hidden layer (seeds,), slopes of the last hidden layer, kernels between hidden layers."""
    stack = Stack((width, *[width] * depth, 10), SEEDS, "sigmoid", rule)
    by_z = gradient_norms(stack, x, y)[1]
    s = 1 / (1 + np.exp(-stack.forward(x)[1][depth - 1].numpy()))
    return (by_z[:, 0] / by_z[:, depth - 1]) ** (1 / (depth - 1)), s * (1 - s), np.array(stack.kernels[1:-1])


swept = [factor(lambda seed, s=s: RandomNormal(stddev=s / root, seed=seed)) for s in SPREADS]
rules = [
    lambda seed: RandomNormal(stddev=0.05, seed=seed),
    lambda seed: RandomUniform(-1 / root, 1 / root, seed=seed),
    lambda seed: GlorotUniform(seed=seed),
    lambda seed: HeNormal(seed=seed),
]
named, at = np.array([factor(rule)[0] for rule in rules]), np.array([0.05 * root, 3**-0.5, 1, 2**0.5])
# --8<-- [end:measure]
measured = np.array([found for found, _, _ in swept])  # (spreads, seeds)
predicted, medians = np.array([theory(s) for s in SPREADS]), np.median(measured, axis=1)
worst = np.abs(medians / predicted - 1).max()
small, largest, largest_low, largest_at = medians[0], medians[-1], measured[-1].min(), SPREADS[-1]
saturated_largest, saturated_glorot = (swept[-1][1] < 0.01).mean(), (swept[1][1] < 0.01).mean()
largest_weights = swept[-1][2]
typical_weight, below_four = largest_weights.std(), (np.abs(largest_weights) < 4).mean()
normal, uniform, glorot, he = np.median(named, axis=1)
theory_normal, theory_uniform, theory_glorot, theory_he = (theory(s) for s in at)
glorot_low, glorot_high, he_low = named[2].min(), named[2].max(), named[3].min()
small_high = named[:2].max()  # the two small initializers

fig, ax = plt.subplots()
ax.plot(SPREADS, predicted, "C1-", lw=1, label="theory, √χ₁")
ax.plot(SPREADS, medians, "C0o", ls="", label="measured, normal weights")
ax.fill_between(SPREADS, measured.min(axis=1), measured.max(axis=1), color="C0", alpha=0.3)
ax.plot(at, np.median(named, axis=1), "C2D", ls="", mfc="none", ms=8, label="measured, four initializers")
ax.axhline(0.25, color="C4", ls=":", label="a quarter")
ax.set(xlabel="spread of the weights, sigma_w", ylabel="factor of ||dL/dz|| per layer")
ax.set_title("The factor is slope times weights")
ax.legend()
fig.savefig("depth_weights.svg")
