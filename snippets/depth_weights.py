"""What sets the factor of a sigmoid layer: its slope or its weights?

Fixed: 15 hidden layers of width 128, random inputs, sigmoid. Varies: the spread of the weights. Five seeds.
The figure shows the factor of ||dL/dz|| per layer against sigma_w (the spread times the root of the width).
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, gradient_norms

SEEDS = range(5)
depth, width, batch = 15, 128, 128
SPREADS = np.array([0.5, 1, 1.414, 2, 3, 4, 5, 6, 8, 12])  # sigma_w; Glorot has 1, He 1.414
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)

# --8<-- [start:theory]
points, weights = np.polynomial.hermite_e.hermegauss(201)  # means over N(0, 1)
weights /= weights.sum()


def theory(sigma_w):
    """sqrt(chi_1) of a sigmoid layer, at the variance q where z settles."""
    q = 1.0
    for _ in range(100):
        q = sigma_w**2 * weights @ (1 / (1 + np.exp(-np.sqrt(q) * points))) ** 2
    s = 1 / (1 + np.exp(-np.sqrt(q) * points))
    return sigma_w * np.sqrt(weights @ (s * (1 - s)) ** 2)


# --8<-- [end:theory]
# --8<-- [start:measure]
def factor(sigma_w):
    """Measured factor of ||dL/dz|| per hidden layer: (seeds,)."""
    spread = sigma_w / np.sqrt(width)
    stack = Stack(
        (width, *[width] * depth, 10), SEEDS, "sigmoid",
        initializer=lambda seed: keras.initializers.RandomNormal(stddev=spread, seed=seed),
    )  # fmt: skip
    by_z = gradient_norms(stack, x, y)[1]
    return (by_z[:, 0] / by_z[:, depth - 1]) ** (1 / (depth - 1))


# --8<-- [end:measure]
measured = np.array([factor(s) for s in SPREADS])  # (spreads, seeds)
predicted = np.array([theory(s) for s in SPREADS])
medians = np.median(measured, axis=1)
small, glorot, he = medians[:3]
glorot_low, glorot_high = measured[1].min(), measured[1].max()
largest, largest_low = medians.max(), measured[medians.argmax()].min()
largest_at = SPREADS[medians.argmax()]
he_low = measured[2].min()
last, last_high = medians[-1], measured[-1].max()
worst_small = np.abs(medians / predicted - 1)[:3].max()  # relative, up to He's spread
worst = np.abs(medians / predicted - 1).max()

fig, ax = plt.subplots()
ax.plot(SPREADS, predicted, "C1-", lw=1, label="theory, √χ₁")
ax.plot(SPREADS, medians, "C0o", ls="", label="measured")
ax.fill_between(SPREADS, measured.min(axis=1), measured.max(axis=1), color="C0", alpha=0.3)
ax.axhline(0.25, color="C4", ls=":", label="a quarter")
ax.set(xlabel="spread of the weights, sigma_w", ylabel="factor of ||dL/dz|| per layer")
ax.set_title("The factor is slope times weights")
ax.legend()
fig.savefig("depth_weights.svg")
