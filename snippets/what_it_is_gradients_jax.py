"""How large is the gradient that each layer of a deep sigmoid network gets?

Fixed: ten layers, width 64, Glorot weights, before training. Five seeds, each
with weights and a batch of digits of its own. Prints the norm of dL/dz in the
first layer.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from data import digits, draw_batches

SEEDS = range(5)
depth = 10  # layers of weights, the head among them
width = 64
batch_size = 128
x_train, _, y_train, _ = digits()
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
cross_entropy = optax.softmax_cross_entropy_with_integer_labels
glorot = jax.nn.initializers.glorot_uniform()
sizes = [64] + [width] * (depth - 1) + [10]


def norms(gradients):
    """One for each layer, in float64, where no square is lost."""
    return [np.linalg.norm(np.asarray(g, "float64")) for g in gradients]


# --8<-- [start:measure]
def find_loss(weights, biases, a, y):
    for w, b in zip(weights, biases):
        z = a @ w + b
        a = jax.nn.sigmoid(z)
    return cross_entropy(z, y).mean()


by_weight = []  # norms of dL/dW, a list of layers for each seed
by_z = []  # norms of dL/dz
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    keys = jax.random.split(jax.random.key(seed), depth)
    weights = []
    for key, n_in, n_out in zip(keys, sizes, sizes[1:]):
        weights.append(glorot(key, (n_in, n_out)))
    # Each sample has its own biases, all zero: their gradient is dL/dz.
    biases = [jnp.zeros((batch_size, size)) for size in sizes[1:]]

    # Two gradients for each layer.
    find_gradients = jax.grad(find_loss, argnums=(0, 1))
    of_weights, of_z = find_gradients(weights, biases, x_batch, y_batch)
    by_weight.append(norms(of_weights))
    by_z.append(norms(of_z))
# --8<-- [end:measure]

by_weight = np.array(by_weight)  # (seeds, layers)
by_z = np.array(by_z)
weight_ratio = by_weight[:, 0] / by_weight[:, -1]  # first layer / last
z_ratio = by_z[:, 0] / by_z[:, -1]
middle_share = by_weight[:, 4] / by_weight[:, -1]  # fifth layer / last
# Of dL/dz, from one hidden layer to the one before.
hidden_factor = (by_z[:, 0] / by_z[:, -2]) ** (1 / (depth - 2))

print(f"median norm of dL/dz in the first layer: {np.median(by_z[:, 0]):.1e}")
