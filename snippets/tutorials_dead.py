"""Which part of a default initialization leaves ReLU units dead?

Fixed: ten ReLU layers of 256 and 128 units, digits, before training. Varies:
the spread of the weights, PyTorch's default or He's, and the biases, PyTorch's
default or none. Ten seeds. It finds the share of units that are zero for
every digit.
"""

import numpy as np
from sklearn.datasets import load_digits

SEEDS = range(10)
WIDTHS = [256] * 5 + [128] * 5

pixels = load_digits().data / 16
x = (pixels - pixels.mean()) / pixels.std()  # (samples, 64)


# --8<-- [start:measure]
def find_dead(seed, gain, has_biases):
    """Share of dead units, of each layer.

    gain: sigma_w squared; PyTorch's default is 1/3, He's is 2.
    """
    rng = np.random.default_rng(seed)
    h, shares = x, []
    for width in WIDTHS:
        n_in = h.shape[1]
        limit = (3 * gain / n_in) ** 0.5
        kernel = rng.uniform(-limit, limit, (n_in, width))
        bias = rng.uniform(-(n_in**-0.5), n_in**-0.5, width)
        h = np.maximum(h @ kernel + has_biases * bias, 0)
        shares.append((h == 0).all(axis=0).mean())
    return shares


CELLS = {
    "default": (1 / 3, True),
    "default_no_bias": (1 / 3, False),
    "he_bias": (2, True),
    "he": (2, False),
}
ninth = {}  # share of dead units in the last layer but one: (seeds,)
for name, cell in CELLS.items():
    shares = np.array([find_dead(seed, *cell) for seed in SEEDS])
    ninth[name] = shares[:, 8]
# --8<-- [end:measure]

UVA_NINTH = 0.5625  # what the notebook prints for its one network
