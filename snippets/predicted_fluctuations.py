"""How far apart are the gradients of networks that differ in their seed alone?

Fixed: ReLU layers with He weights, one random input, float64, before training.
Varies: width and depth; one case narrows the layers from the input on. Ten
seeds, each with 200 networks of its own. The figure shows the variance of
ln ||dL/dz||², first layer over last, against the sum of 1 / width, beside
theory.
"""

import math
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band

SEEDS = range(10)
networks = 200  # for each seed
DEPTHS = (5, 10, 20, 40)
WIDTHS = (16, 32, 64)


# --8<-- [start:measure]
def log_gradients(widths, seed):
    """ln ||dL/dz||² of the first layer over the last's: (networks,).

    widths: of the input, and of every layer.
    """
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(networks, 1, widths[0]))
    kernels, slopes = [], []
    for n_in, n_out in zip(widths, widths[1:]):
        he = (2 / n_in) ** 0.5
        kernel = rng.normal(0, he, (networks, n_in, n_out))
        z = a @ kernel
        a = np.maximum(z, 0)
        kernels.append(kernel)
        slopes.append(z > 0)

    direction = rng.normal(size=a.shape)  # dL/da of the last, of any loss
    by_z = last = slopes[-1] * direction
    for kernel, slope in zip(kernels[:0:-1], slopes[-2::-1]):
        by_z = slope * (by_z @ kernel.transpose(0, 2, 1))
    ratio = np.linalg.norm(by_z, axis=2) / np.linalg.norm(last, axis=2)
    with np.errstate(divide="ignore"):
        return 2 * np.log(ratio[:, 0])
    # --8<-- [end:measure]


# --8<-- [start:theory]
def predict(width):
    """What one layer adds to the variance and to the mean of the logarithm.

    Of `width` units k are active, each with probability 1/2. The squared norm
    is multiplied by 2 / width times a sum of k squares of N(0, 1).
    """
    active = np.arange(1, width + 1)
    chances = np.array([math.comb(width, k) / 2**width for k in active])
    chances /= chances.sum()
    centers = tf.math.digamma(active / 2).numpy() + np.log(4 / width)
    spreads = tf.math.polygamma(np.float64(1), active / 2).numpy()
    mean = chances @ centers
    variance = chances @ (spreads + (centers - mean) ** 2)
    return variance, mean
    # --8<-- [end:theory]


CASES = {
    f"of_{width}_{depth}": [width] * (depth + 1)
    for width, depth in product(WIDTHS, DEPTHS)
}
CASES["narrowing"] = [64, *[64] * 5, *[32] * 5, *[16] * 5]
silent = 0  # networks
beta = {}  # sum of 1 / width over the layers that the gradient passes
exact, exact_mean = {}, {}  # theory
variance, mean = {}, {}  # of ln ||dL/dz||², first layer over last: (seeds,)
for name, widths in CASES.items():
    passed = widths[1:-1]
    beta[name] = sum(1 / width for width in passed)
    exact[name], exact_mean[name] = map(sum, zip(*map(predict, passed)))
    logs = np.array([log_gradients(widths, seed) for seed in SEEDS])
    # In narrow networks a layer may be silent, and passes nothing.
    logs = np.where(np.isfinite(logs), logs, np.nan)
    silent += np.isnan(logs).sum()
    variance[name] = np.nanvar(logs, axis=1)
    mean[name] = np.nanmean(logs, axis=1)

# The variance over beta, of the widest networks: a line through zero.
wide = [f"of_64_{depth}" for depth in DEPTHS]
betas = np.array([beta[name] for name in wide])
slope = np.array([variance[name] for name in wide]).T @ betas
slope /= (betas**2).sum()
five = {name: 5 * value for name, value in beta.items()}
half = {name: -2.5 * value for name, value in beta.items()}
# How far one network in twenty lies from the median: times, of the norm.
times = np.exp(1.645 * np.sqrt(variance["of_16_40"]) / 2)

fig, ax = plt.subplots()
for width, style in zip(WIDTHS, ("C3s-", "C1^-", "C0o-")):
    names = [f"of_{width}_{depth}" for depth in DEPTHS]
    sums = [beta[name] for name in names]
    curves = np.transpose([variance[name] for name in names])
    draw_band(ax, sums, curves, style, f"width {width}")
    theory = [exact[name] for name in names]
    ax.plot(sums, theory, style[:2] + ":", label=f"_width {width}, theory")
ends = np.array([0.06, 2.5])
ax.plot(ends, 5 * ends, "C4-", lw=1, label="five times the sum")
ax.set(xscale="log", yscale="log", xlabel="sum of 1 / width over the layers")
ax.set_ylabel("variance of ln ||dL/dz||²")
ax.set_title("Networks that differ in their seed alone")
ax.legend()
fig.savefig("predicted_fluctuations.svg")
