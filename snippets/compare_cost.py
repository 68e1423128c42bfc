"""What does each remedy cost in multiply-adds and in parameters?

Counted, not run: one gradient of a network of 20 hidden layers on a batch of 64. Varies: the structure, the width.
The figure shows how many more multiply-adds a step takes than the plain network of the same width.
"""

import matplotlib.pyplot as plt
import numpy as np

WIDTHS = {"narrow": 32, "wide": 128}
STRUCTURES = {"plain": (0, 0), "layer": (1, 0), "batch": (1, 0), "skip": (0, 1), "both": (1, 1)}
depth, batch = 20, 64
narrow, wide = WIDTHS.values()

# --8<-- [start:count]
# For each hidden value of each sample; what is added up or multiplied counts one.
plain = 1 + 1 + 1  # bias; back: its gradient, times the slope
normalizing = 5 + 6  # mean, difference, square, scale, gain; back: gain, two sums, two differences, scale
skipping = 1 + 1  # the sum; back: the two ways meet


def multiply_adds(structure, width):
    """Of one gradient on one batch."""
    sizes = 64, *[width] * depth, 10
    products = sum(a * b for a, b in zip(sizes, sizes[1:]))  # forward, for one sample
    dense = 3 * products - 64 * width  # the gradient of the weights as many, that of the input not for the first layer
    normalized, skips = STRUCTURES[structure]
    return batch * (dense + width * (depth * (plain + normalizing * normalized) + (depth - 1) * skipping * skips))


# --8<-- [end:count]
step = {s: multiply_adds(s, narrow) / 1e6 for s in STRUCTURES}  # millions
more = {
    name: {s: multiply_adds(s, w) / multiply_adds("plain", w) - 1 for s in STRUCTURES} for name, w in WIDTHS.items()
}
deeper = (3 * narrow**2 + plain * narrow) * batch / 1e6  # one more plain layer, millions
gains = depth * narrow  # parameters that normalization adds; its shift takes the place of the bias
parameters = sum((a + 1) * b for a, b in zip((64, *[narrow] * depth), (*[narrow] * depth, 10)))

fig, ax = plt.subplots(figsize=(6.2, 3.4))
for i, (name, found) in enumerate(more.items()):
    shown = [found[s] for s in ("skip", "layer", "batch", "both")]
    bars = ax.bar(
        np.arange(4) + 0.4 * i - 0.2, shown, 0.38, color=f"C{i}", hatch="/"[:i], label=f"width {WIDTHS[name]}"
    )
    ax.bar_label(bars, [f"{value:.1%}" for value in shown])
ax.set_xticks(range(4), ["skip", "layer\nnormalization", "batch\nnormalization", "batch norm.\n+ skip"])
ax.set(
    title="What a remedy adds to a step", ylabel="share of multiply-adds", ylim=(0, max(more["narrow"].values()) * 1.15)
)
ax.legend(loc="upper left")
fig.savefig("compare_cost.svg")
