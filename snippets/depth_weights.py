"""What sets the factor of a sigmoid layer: its slope or its weights?

Fixed: 15 hidden layers of width 128, random inputs, sigmoid. Varies: the initializer, the spread of the weights.
Five seeds. The figure shows the factor of ||dL/dz|| per layer against sigma_w, the spread times the root of the width.
"""

import matplotlib.pyplot as plt
import numpy as np
from keras.initializers import GlorotUniform, HeNormal, RandomNormal, RandomUniform
from stack import Stack, band, gradient_norms

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
def measure(rule):
    """Per seed: factor of ||dL/dz|| per hidden layer, slopes of the last one, weights between hidden layers."""
    stack = Stack((width, *[width] * depth, 10), SEEDS, "sigmoid", rule)
    by_z = gradient_norms(stack, x, y)[1]
    s = 1 / (1 + np.exp(-stack.forward(x)[1][depth - 1].numpy()))
    kernels = np.array(stack.kernels[1:-1]).swapaxes(0, 1)  # (seeds, layers, units, units)
    return (by_z[:, 0] / by_z[:, depth - 1]) ** (1 / (depth - 1)), s * (1 - s), kernels


swept = [measure(lambda seed, s=s: RandomNormal(stddev=s / root, seed=seed)) for s in SPREADS]
rules = {
    "normal": lambda seed: RandomNormal(stddev=0.05, seed=seed),
    "uniform": lambda seed: RandomUniform(-1 / root, 1 / root, seed=seed),
    "glorot": lambda seed: GlorotUniform(seed=seed),
    "he": lambda seed: HeNormal(seed=seed),
}
factor = {name: measure(rule)[0] for name, rule in rules.items()}  # (seeds,)
at = {"normal": 0.05 * root, "uniform": 3**-0.5, "glorot": 1, "he": 2**0.5}  # their sigma_w
# --8<-- [end:measure]
measured = np.array([found for found, _, _ in swept]).T  # (seeds, spreads)
_predicted = np.array([theory(s) for s in SPREADS])
worst = np.abs(measured / _predicted - 1).max(axis=1)  # over the spreads: (seeds,)
smallest, largest, largest_at = measured[:, 0], measured[:, -1], SPREADS[-1]
saturated = {name: (swept[i][1] < 0.01).mean(axis=(1, 2)) for name, i in (("glorot", 1), ("largest", -1))}
largest_weights = swept[-1][2]
typical_weight, below_four = largest_weights.std(axis=(1, 2, 3)), (np.abs(largest_weights) < 4).mean(axis=(1, 2, 3))
factor_theory = {name: theory(s) for name, s in at.items()}

fig, ax = plt.subplots()
ax.plot(SPREADS, _predicted, "C1-", lw=1, label="theory, √χ₁")
band(ax, SPREADS, measured, "C0o", "measured, normal weights")
medians = [np.median(found) for found in factor.values()]
ax.plot(at.values(), medians, "C2D", ls="", mfc="none", ms=8, label="measured, four initializers")
ax.axhline(0.25, color="C4", ls=":", label="a quarter")
ax.set(xlabel="spread of the weights, sigma_w", ylabel="factor of ||dL/dz|| per layer")
ax.set_title("The factor is slope times weights")
ax.legend()
fig.savefig("depth_weights.svg")
