"""What does each remedy cost in multiply-adds and in parameters?

Counted, not run: one gradient of a network of 20 hidden layers on a batch of
64. Varies: the structure, the width. The figure shows how many more multiply-
adds a step takes than in the plain network of the same width.
"""

import matplotlib.pyplot as plt
import numpy as np

depth = 20
batch_size = 64
num_inputs = 64
num_outputs = 10
narrow = 32
wide = 128

# --8<-- [start:weigh]
# For each hidden value of each sample; what is multiplied or added counts one.
# Plain: the bias; back: the bias' gradient, and the slope.
plain = 1 + 2
# Mean, difference, square, scale, gain; back: gain, two sums, two differences,
# scale.
normalizing = 5 + 6
# The sum; back: the two ways meet.
skipping = 1 + 1

STRUCTURES = {
    "plain": {"normalized": 0, "skips": 0},
    "layer": {"normalized": 1, "skips": 0},
    "batch": {"normalized": 1, "skips": 0},
    "skip": {"normalized": 0, "skips": 1},
    "both": {"normalized": 1, "skips": 1},
}
# --8<-- [end:weigh]


# --8<-- [start:count]
def count_multiply_adds(width, normalized, skips):
    """Of one gradient on one batch."""
    hidden = (depth - 1) * width**2
    products = num_inputs * width + hidden + width * num_outputs  # forward
    # Back: as many for the weights' gradient and as many for the inputs', which
    # the first layer needs not.
    per_sample = 3 * products - num_inputs * width
    per_sample += depth * width * (plain + normalizing * normalized)
    per_sample += (depth - 1) * width * skipping * skips
    return batch_size * per_sample


# --8<-- [end:count]
step = {}  # millions of multiply-adds
more = {"narrow": {}, "wide": {}}  # share more than the plain network
for name, options in STRUCTURES.items():
    step[name] = count_multiply_adds(narrow, **options) / 1e6
    for size, width in {"narrow": narrow, "wide": wide}.items():
        count = count_multiply_adds(width, **options)
        plain_count = count_multiply_adds(width, normalized=0, skips=0)
        more[size][name] = count / plain_count - 1

gains = depth * narrow  # parameters of normalization; its shift is the bias
weights = num_inputs * narrow + (depth - 1) * narrow**2 + narrow * num_outputs
parameters = weights + depth * narrow + num_outputs

fig, ax = plt.subplots(figsize=(6.2, 3.4))
REMEDIES = {
    "skip": "skip",
    "layer": "layer\nnormalization",
    "batch": "batch\nnormalization",
    "both": "batch norm.\n+ skip",
}
places = np.arange(len(REMEDIES))
LOOKS = {
    "narrow": ("C0", "", -0.2, f"width {narrow}"),
    "wide": ("C1", "/", 0.2, f"width {wide}"),
}
for size, (color, hatch, shift, label) in LOOKS.items():
    heights = [more[size][name] for name in REMEDIES]
    bars = ax.bar(
        places + shift, heights, 0.38, color=color, hatch=hatch, label=label
    )
    ax.bar_label(bars, [f"{height:.1%}" for height in heights])
ax.set_xticks(places, REMEDIES.values())
ax.set(title="What a remedy adds to a step", ylabel="share of multiply-adds")
ax.set_ylim(0, 1.15 * max(more["narrow"].values()))
ax.legend(loc="upper left")
fig.savefig("compare_cost.svg")
