"""How does the shrinkage grow with depth, and does theory predict it?

Fixed: width 128, Glorot weights, before training. Varies: depth, sigmoid or
tanh. Five seeds, each with weights and a batch of random inputs of its own.
The figure shows ||dL/dz|| of the first hidden layer over the last one's,
beside theory and "a quarter a layer".
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import draw_noise
from gaussian import gaussian_mean
from stack import Stack, gradient_norms

SEEDS = range(5)
DEPTHS = np.array([2, 5, 10, 15, 20, 25, 30])
width = 128
batch_size = 128
shallow = DEPTHS[0]
deepest = DEPTHS[-1]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


# --8<-- [start:theory]
def mean_square(function, variance):
    """The mean of function(z)² over z ~ N(0, variance)."""
    spread = np.sqrt(variance)
    return gaussian_mean(lambda z: function(spread * z) ** 2)


def predict_factors(activation, slope):
    """Factor of ||dL/dz|| from each hidden layer to the one before.

    For weights of variance 1 / fan-in, where sigma_w is one: (deepest - 1,).
    """
    q = 1.0  # variance of z, in the first layer that of the inputs
    factors = []
    for _ in range(deepest - 1):
        chi = mean_square(slope, q)
        factors.append(np.sqrt(chi))
        q = mean_square(activation, q)
    return np.array(factors)


# --8<-- [end:theory]


theory = {
    "sigmoid": predict_factors(sigmoid, sigmoid_slope),
    "tanh": predict_factors(np.tanh, tanh_slope),
}

# --8<-- [start:measure]
x, y = draw_noise(batch_size, width, SEEDS)  # x: (seeds, batch, width)

measured = {}  # dL/dz, first hidden layer over last: (seeds, depths)
for activation in ("sigmoid", "tanh"):
    left = []
    for depth in DEPTHS:
        stack = Stack((width, *[width] * depth, 10), SEEDS, activation)
        by_z = gradient_norms(stack, x, y).z  # (seeds, layers), head last
        left.append(by_z[:, 0] / by_z[:, -2])
    measured[activation] = np.stack(left, axis=1)
# --8<-- [end:measure]

# At the ends of DEPTHS, and the factor of one layer over the deepest: (seeds,).
few = {name: found[:, 0] for name, found in measured.items()}
deep = {name: found[:, -1] for name, found in measured.items()}
factor = {name: found ** (1 / (deepest - 1)) for name, found in deep.items()}
factor_theory = {
    name: np.exp(np.log(factors).mean()) for name, factors in theory.items()
}
quarter_deep = 0.25 ** (deepest - 1.0)

# The drawing.
fig, ax = plt.subplots()
for name, color, marker in (("sigmoid", "C0", "o"), ("tanh", "C1", "s")):
    line = np.concatenate([[1], theory[name].cumprod()])[DEPTHS - 1]
    ax.plot(DEPTHS, line, color + "-", lw=1, label=f"{name}, theory")
    draw_band(ax, DEPTHS, measured[name], color + marker, f"{name}, measured")
ax.plot(DEPTHS, 0.25 ** (DEPTHS - 1.0), "C4:", label="a quarter a layer")
ax.set(yscale="log", xlabel="hidden layers", ylabel="||dL/dz||, first / last")
ax.set_title("Deeper networks leave less for the first layer")
ax.legend()
fig.savefig("depth.svg")
