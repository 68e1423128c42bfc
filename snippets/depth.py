"""How does the shrinkage grow with depth, and does theory predict it?

Fixed: width 128, Glorot weights, random inputs. Varies: depth, sigmoid or tanh. Five seeds.
The figure shows ||dL/dz|| of the first layer over the last hidden one's, beside theory and "a quarter a layer".
"""

import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, gradient_norms

SEEDS = range(5)
width, batch = 128, 128
DEPTHS = np.array([2, 5, 10, 15, 20, 25, 30])
shallow, deepest = DEPTHS[0], DEPTHS[-1]

# --8<-- [start:theory]
points, weights = np.polynomial.hermite_e.hermegauss(101)  # means over N(0, 1)
weights /= weights.sum()


def factors(f, slope, depth):
    """Theory's factor of ||dL/dz|| per hidden layer, for weights of variance 1 / fan-in: (depth - 1,)."""
    q, found = 1.0, []  # q: variance of z, 1 in the first layer
    for _ in range(depth - 1):
        found.append(np.sqrt(weights @ slope(np.sqrt(q) * points) ** 2))  # sqrt(chi_1) with sigma_w = 1
        q = weights @ f(np.sqrt(q) * points) ** 2
    return np.array(found)


# --8<-- [end:theory]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


theory = {
    "sigmoid": factors(sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)), deepest),
    "tanh": factors(np.tanh, lambda z: 1 - np.tanh(z) ** 2, deepest),
}
rng = np.random.default_rng(0)
x, y = rng.normal(size=(batch, width)).astype("float32"), rng.integers(0, 10, batch)

# --8<-- [start:measure]
measured = {}
for activation in theory:
    by_z = [gradient_norms(Stack((width, *[width] * depth, 10), SEEDS, activation), x, y)[1] for depth in DEPTHS]
    measured[activation] = np.array([norms[:, 0] / norms[:, -2] for norms in by_z]).T  # (seeds, depths)
# --8<-- [end:measure]

few, deep = ({name: found[:, at] for name, found in measured.items()} for at in (0, -1))  # at the ends of DEPTHS
factor = {name: found ** (1 / (deepest - 1)) for name, found in deep.items()}  # per layer: (seeds,)
factor_theory = {name: np.exp(np.log(found).mean()) for name, found in theory.items()}
quarter_deep = 0.25 ** (deepest - 1.0)

fig, ax = plt.subplots()
for name, color, style in (("sigmoid", "C0", "o"), ("tanh", "C1", "s")):
    line = np.concatenate([[1], theory[name].cumprod()])[DEPTHS - 1]
    ax.plot(DEPTHS, line, color=color, ls="-", lw=1, label=f"{name}, theory")
    band(ax, DEPTHS, measured[name], color + style, f"{name}, measured")
ax.plot(DEPTHS, 0.25 ** (DEPTHS - 1.0), "C4:", label="a quarter a layer")
ax.set(yscale="log", xlabel="hidden layers", ylabel="||dL/dz||, first / last")
ax.set_title("Deeper networks leave less for the first layer")
ax.legend()
fig.savefig("depth.svg")
