"""What differs between a hundred ReLU layers and a hundred SELU layers?

Fixed: 300 units and then 99 layers of 100, standardized digits, before
training. Varies: ReLU with He's weights, or SELU with LeCun's. Ten seeds, each
with weights and digits of its own. It finds how much of the gradient is left
in the first layer, and how alike two digits are in the last.
"""

import keras
import numpy as np
from data import digits, draw_batches
from stack import Stack, gradient_norms

SEEDS = range(10)
depth = 100
batch_size = 32

x_train, _, y_train, _ = digits()
spread = x_train.std(axis=0)
x_train = (x_train - x_train.mean(axis=0)) / np.where(spread > 0, spread, 1)
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)


def mean_cosine(vectors):
    """Over all pairs of different rows: (members,).

    vectors: (members, rows, n).
    """
    vectors = np.float64(vectors)
    directions = vectors / np.linalg.norm(vectors, axis=2, keepdims=True)
    rows = vectors.shape[1]
    total = np.square(directions.sum(axis=1)).sum(axis=1) - rows
    return total / (rows * (rows - 1))


# --8<-- [start:measure]
PAIRS = {"relu": "he_normal", "selu": "lecun_normal"}
left = {}  # of dL/dz: (seeds,)
factor = {}  # of dL/dz per layer: (seeds,)
cosine = {}  # of two digits in the last layer: (seeds,)
for activation, initializer in PAIRS.items():
    sizes = (64, 300, *[100] * (depth - 1), 10)
    stack = Stack(sizes, SEEDS, activation, initializer)
    by_z = gradient_norms(stack, x, y).z
    left[activation] = by_z[:, 1] / by_z[:, depth - 1]  # layers of 100
    factor[activation] = left[activation] ** (1 / (depth - 2))
    _, all_z = stack.forward(x)
    features = keras.activations.get(activation)(all_z[depth - 1]).numpy()
    cosine[activation] = mean_cosine(features)
# --8<-- [end:measure]
