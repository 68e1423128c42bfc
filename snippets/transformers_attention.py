"""How much gradient does attention's softmax pass, by the width of a head?

Fixed: 32 tokens, queries and keys from N(0, 1), random gradients of the shares.
Varies: the width; whether logits are divided by its root. Ten seeds, each with
queries, keys and gradients of its own. The figure shows the norm of what the
softmax passes of a token's gradient over what it gets, the median over tokens.
"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band

SEEDS = range(10)
WIDTHS = (4, 16, 64, 256, 1024)
tokens = 32


# --8<-- [start:measure]
def measure(width, seed, scaled):
    """The median token's share of its gradient passed, and largest share."""
    rng = np.random.default_rng(seed)
    queries = rng.normal(size=(tokens, width))
    keys = rng.normal(size=(tokens, width))
    logits = queries @ keys.T  # (tokens, tokens)
    if scaled:
        logits = logits / width**0.5
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = weights / weights.sum(axis=1, keepdims=True)
    gradient = rng.normal(size=shares.shape)  # dL/dshares
    mean = (shares * gradient).sum(axis=1, keepdims=True)
    by_logits = shares * (gradient - mean)  # dL/dlogits
    kept = np.linalg.norm(by_logits, axis=1) / np.linalg.norm(gradient, axis=1)
    return np.median(kept), np.median(shares.max(axis=1))


# --8<-- [end:measure]
passed = {"raw": {}, "scaled": {}}  # of the gradient: (seeds,) each
largest = {"raw": {}, "scaled": {}}  # share of the token attended most
for name, width in product(passed, WIDTHS):
    found = [measure(width, seed, name == "scaled") for seed in SEEDS]
    found = np.transpose(found)  # (2, seeds)
    passed[name][f"of_{width}"] = found[0]
    largest[name][f"of_{width}"] = found[1]

fig, ax = plt.subplots()
for name, style, label in (
    ("scaled", "C0o-", "logits / √d"),
    ("raw", "C1s--", "logits as they are"),
):
    curve = np.transpose(list(passed[name].values()))  # (seeds, widths)
    draw_band(ax, WIDTHS, curve, style, label)
ax.set(xscale="log", yscale="log", xticks=WIDTHS, xticklabels=WIDTHS)
ax.set(xlabel="width d of a head", ylabel="||dL/dlogits|| / ||dL/dshares||")
ax.minorticks_off()
ax.legend()
fig.savefig("transformers_attention.svg")
