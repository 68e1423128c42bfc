"""How alike are the gradients of different inputs, by depth?

Fixed: ReLU layers of 64 units, He weights, 64 digits, before training. Varies:
depth and structure, and once the width. Ten seeds, each with weights and digits
of its own. The figure shows the mean cosine of the gradients of two digits.
"""

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches

SEEDS = range(10)
DEPTHS = (1, 2, 3, 5, 10, 20, 50)
batch_size = 64
wide = 512

x_train, _, y_train, _ = digits()
x, _ = draw_batches(x_train, y_train, batch_size, SEEDS)
x = x.astype("float64")  # (seeds, batch, pixels)


# --8<-- [start:theory]
def predict(cosine, depth):
    """The cosine of two gradients, from that of their inputs.

    Of wide plain ReLU layers with He's weights. A layer passes both gradients
    where both inputs are active, which angles between their sums decide.
    """
    gradients = 1.0
    for _ in range(depth):
        angle = np.arccos(np.clip(cosine, -1, 1))
        gradients = gradients * (1 - angle / np.pi)
        cosine = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi
    return gradients


# --8<-- [end:theory]


# --8<-- [start:weights]
def draw_he(rng, n_in, width, is_first):
    return rng.normal(0, (2 / n_in) ** 0.5, (n_in, width))


def draw_mirrored(rng, n_in, width, is_first):
    """Half of the units have minus the sums of the other half.

    Of the two that belong together one is active: the network is linear.
    """
    rows = n_in if is_first else n_in // 2
    half, _ = np.linalg.qr(rng.normal(size=(rows, width // 2)))
    kernel = np.hstack([half, -half])
    return kernel if is_first else np.vstack([kernel, -kernel])


# --8<-- [end:weights]


# --8<-- [start:gradients]
def find_gradients(
    x, depth, seed, width=64, draw=draw_he, normalized=False, skip=0
):
    """The gradient of one random output, of each input: (batch, n_in).

    The statistics of normalization are those of x, and held fixed.
    """
    rng = np.random.default_rng(seed)
    layers = []  # of each layer what the way back needs
    h = x  # (batch, n_in)
    for layer in range(depth):
        kernel = draw(rng, h.shape[1], width, layer == 0)
        z = h @ kernel
        spread = z.std(axis=0) if normalized else 1
        z = (z - z.mean(axis=0)) / spread if normalized else z
        has_skip = skip and layer > 0
        h = h + skip * np.maximum(z, 0) if has_skip else np.maximum(z, 0)
        layers.append((kernel, z > 0, spread, has_skip))

    gradient = np.tile(rng.normal(size=width), (len(x), 1))
    for kernel, slope, spread, has_skip in reversed(layers):
        branch = (gradient * slope / spread) @ kernel.T
        gradient = gradient + skip * branch if has_skip else branch
    return gradient


# --8<-- [end:gradients]


def mean_cosine(vectors):
    """The mean over all pairs of different rows."""
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    count = len(directions)
    total = (directions @ directions.T).sum() - count  # without its diagonal
    return total / (count * (count - 1))


# --8<-- [start:measure]
def measure(depth, **options):
    """Mean cosine of two digits' gradients: (seeds,)."""
    found = [
        find_gradients(x_of_seed, depth, seed, **options)
        for x_of_seed, seed in zip(x, SEEDS)
    ]
    return np.array([mean_cosine(gradients) for gradients in found])


at = {"plain": {}, "wide": {}, "mirrored": {}, "batch": {}}
at |= {"skips": {}, "both": {}, "scaled": {}}
for depth in DEPTHS:
    key = f"of_{depth}"
    root = depth**-0.5
    at["plain"][key] = measure(depth)
    at["mirrored"][key] = measure(depth, draw=draw_mirrored)
    at["batch"][key] = measure(depth, normalized=True)
    at["skips"][key] = measure(depth, skip=root)
    at["both"][key] = measure(depth, normalized=True, skip=1)
    at["scaled"][key] = measure(depth, normalized=True, skip=root)
at["wide"]["of_20"] = measure(20, width=wide)
# --8<-- [end:measure]

directions = x / np.linalg.norm(x, axis=2, keepdims=True)
cosines = directions @ directions.transpose(0, 2, 1)  # (seeds, batch, batch)
pairs = ~np.eye(batch_size, dtype=bool)
theory = {f"of_{d}": predict(cosines[:, pairs], d).mean() for d in DEPTHS}

# What one batch-normalized layer keeps, over the first five.
halving = (at["batch"]["of_5"] / at["batch"]["of_1"]) ** (1 / 4)
halved_ten = 0.5**10

fig, ax = plt.subplots(figsize=(6.2, 4))
LOOKS = {
    "mirrored": ("C4o-", "mirrored weights"),
    "skips": ("C2s--", "skips / √L"),
    "scaled": ("C2^-.", "BN + skips / √L"),
    "plain": ("C0o-", "plain"),
    "both": ("C1^:", "BN + skips"),
    "batch": ("C1s--", "BN"),
}
for name, (style, label) in LOOKS.items():
    curve = np.transpose(list(at[name].values()))  # (seeds, depths)
    draw_band(ax, DEPTHS, curve, style, label)
ax.plot(DEPTHS, list(theory.values()), "C3-", lw=1, label="plain, theory")
ax.set(xscale="log", xticks=DEPTHS, xticklabels=DEPTHS, ylim=(-0.05, 1))
ax.set(xlabel="hidden layers L", ylabel="cosine of two gradients")
ax.minorticks_off()
handles, labels = ax.get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=4)
fig.savefig("shattered.svg")
