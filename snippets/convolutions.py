"""What does one convolution keep of the gradient?

Fixed: twenty 3x3 convolutions of sixteen channels with ReLU and He weights,
random maps, before training. Varies: the size of the maps; what stands beyond
their edges, zeros or the opposite edge; the fan that the weights are drawn for.
Ten seeds, each with weights and maps of its own. The figure shows the factor of
||dL/dz|| per layer by the size of the maps.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from measures import factor_per_layer

SEEDS = range(10)
SIDES = [2, 4, 8, 16]
depth = 20
channels = 16
batch_size = 4
fan_in = 9 * channels


# --8<-- [start:theory]
def predict(side):
    """The factor of one layer whose maps have zeros beyond their edges.

    In a row a pixel passes its gradient to three neighbors, at an edge to two.
    What is lost so along rows is lost along columns once more, and the norm is
    the root of both.
    """
    neighbors = sum(np.eye(side, k=offset) for offset in (-1, 0, 1))
    passed = np.linalg.matrix_power(neighbors / 3, depth - 1).sum() / side
    return passed ** (1 / (depth - 1))


# --8<-- [end:theory]


# --8<-- [start:measure]
def measure(side, seed, wraps=False, fan=fan_in):
    """Norms of dL/dz of each convolution: (layers,)."""
    rng = np.random.default_rng(seed)
    h = tf.constant(rng.normal(size=(batch_size, side, side, channels)))
    all_z = []
    with tf.GradientTape() as tape:
        tape.watch(h)
        for _ in range(depth):
            shape = (3, 3, channels, channels)
            kernel = rng.normal(0, (2 / fan) ** 0.5, shape)
            if wraps:  # a frame of one pixel from the opposite edges
                h = tf.concat([h[:, -1:], h, h[:, :1]], axis=1)
                h = tf.concat([h[:, :, -1:], h, h[:, :, :1]], axis=2)
            padding = "VALID" if wraps else "SAME"
            z = tf.nn.conv2d(h, kernel, strides=1, padding=padding)
            all_z.append(z)
            h = tf.nn.relu(z)
        loss = tf.reduce_sum(h * rng.normal(size=h.shape))
    return [np.linalg.norm(found) for found in tape.gradient(loss, all_z)]


# --8<-- [end:measure]
def factor_of(side, **options):
    """Of one layer, the mean over all: (seeds,)."""
    found = np.array([measure(side, seed, **options) for seed in SEEDS])
    return factor_per_layer(found)


zeros = {f"of_{side}": factor_of(side) for side in SIDES}
wrapped = {f"of_{side}": factor_of(side, wraps=True) for side in SIDES}
per_channel = factor_of(8, fan=channels)  # nine weights counted as one

theory = {f"of_{side}": predict(side) for side in SIDES}

fig, ax = plt.subplots()
draw_band(
    ax, SIDES, np.transpose(list(wrapped.values())), "C1s--", "opposite edge"
)
draw_band(ax, SIDES, np.transpose(list(zeros.values())), "C0o-", "zeros")
ax.plot(SIDES, list(theory.values()), "C3:", label="zeros, theory")
ax.set(xscale="log", xticks=SIDES, xticklabels=SIDES, ylim=(0, 1.2))
ax.set(xlabel="pixels in a row of the map", ylabel="factor per layer")
ax.minorticks_off()
ax.legend(loc="lower right", title="beyond the edge")
fig.savefig("convolutions.svg")
