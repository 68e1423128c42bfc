"""Does the variance of a deep tanh network stop falling?

Fixed: layers of 512, 256, 256 and then 128 units, Xavier's weights, inputs from
N(0, 1), before training. Varies: the layer. Ten seeds, each with weights and
inputs of its own. It finds the variance of what enters tanh.
"""

import numpy as np
from data import draw_noise

SEEDS = range(10)
batch_size = 64
num_features = 784
LAYERS = (4, 20, 100, 400)
widths = [512, 256, 256] + [128] * (LAYERS[-1] - 3)

x, _ = draw_noise(batch_size, num_features, SEEDS)


# --8<-- [start:measure]
def find_variances(x, seed):
    """Of z over units and inputs, by layer."""
    rng = np.random.default_rng(seed)
    h, variances = x.astype("float64"), []
    for width in widths:
        limit = (6 / (h.shape[1] + width)) ** 0.5
        z = h @ rng.uniform(-limit, limit, (h.shape[1], width))
        variances.append(z.var())
        h = np.tanh(z)
    return variances


found = np.array([find_variances(*each) for each in zip(x, SEEDS)])
variance = {f"of_{layer}": found[:, layer - 1] for layer in LAYERS}
# --8<-- [end:measure]

UVA_VARIANCE = 0.25  # around which it "will stabilize", says the notebook
