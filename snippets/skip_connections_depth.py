"""Does scaling by the root of the depth bound the growth at every depth?

Fixed: layers of width 128 with skips scaled by 1/sqrt(depth), random inputs,
before training. Varies: the depth; the branch: tanh with Glorot's weights,
ReLU with He's, and that ReLU with a random sign for each unit. Ten seeds,
each with weights and inputs of its own. The figure shows how many times the
spread of the outputs grows from the first layer to the last.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(10)
DEPTHS = (10, 30, 100, 400)
width = 128
batch_size = 128


# --8<-- [start:branches]
def tanh(z, rng):
    return np.tanh(z)


def relu(z, rng):
    return np.maximum(z, 0)


def signed_relu(z, rng):
    """ReLU with a sign for each unit: as large as before, of mean near zero."""
    signs = rng.choice([-1, 1], (width, 1))
    return signs * np.maximum(z, 0)


# Each with the variance of its weights, times the width.
BRANCHES = {"tanh": (tanh, 1), "relu": (relu, 2), "signed": (signed_relu, 2)}
# --8<-- [end:branches]


# --8<-- [start:measure]
def growth_of(branch, variance, depth, seed):
    """The spread of the last layer's outputs over that of the first's."""
    rng = np.random.default_rng(seed)
    outputs = rng.normal(size=(width, batch_size))
    spreads = []
    for layer in range(depth):
        weights = rng.normal(0, (variance / width) ** 0.5, (width, width))
        change = branch(weights @ outputs, rng)
        outputs = outputs + depth**-0.5 * change if layer else change
        spreads.append(outputs.std())
    return spreads[-1] / spreads[0]


growth = {}  # each (seeds,)
for name, (branch, variance) in BRANCHES.items():
    for depth in DEPTHS:
        found = [growth_of(branch, variance, depth, seed) for seed in SEEDS]
        growth[f"{name}_{depth}"] = np.array(found)
# --8<-- [end:measure]

# If a positive mean adds up: a layer's mean is 1/sqrt(pi) of the path's size.
means = {f"at_{depth}": np.exp((depth / np.pi) ** 0.5) for depth in DEPTHS}
uncorrelated = np.e**0.5  # if nothing does

fig, ax = plt.subplots()
LOOKS = {
    "relu": ("C3s--", "ReLU, He"),
    "signed": ("C2^-.", "ReLU, He, a random sign for each unit"),
    "tanh": ("C0o-", "tanh, Glorot"),
}
for name, (style, label) in LOOKS.items():
    curve = np.transpose([growth[f"{name}_{depth}"] for depth in DEPTHS])
    draw_band(ax, DEPTHS, curve, style, label)
ax.plot(DEPTHS, list(means.values()), "C4:", label="exp √(L/π)")
ax.axhline(uncorrelated, color="C4", ls="-", label="√e")
ax.set(xscale="log", yscale="log", xticks=DEPTHS, xticklabels=DEPTHS)
ax.set(xlabel="layers L", ylabel="spread of outputs, last / first")
ax.set_title("Skips scaled by 1/√L")
ax.minorticks_off()
ax.legend()
fig.savefig("skip_connections_depth.svg")
