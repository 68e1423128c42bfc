"""How much of the error reaches the first layer of a deeper network?

Fixed: sigmoid layers of 64 units, Glorot weights, a batch of 128 digits, one
seed, before training. Varies: the number of hidden layers. Prints the norm of
dL/dz in the first hidden layer over that in the last one.
"""

# --8<-- [start:network]
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)
glorot = jax.nn.initializers.glorot_uniform()


def find_loss(shifts, layers):
    a = x
    for (weights, bias), shift in zip(layers, shifts):
        z = a @ weights + bias + shift
        a = jax.nn.sigmoid(z)
    return optax.softmax_cross_entropy_with_integer_labels(z, y).mean()


left = {}
for depth in (5, 10, 20):
    keys = jax.random.split(jax.random.key(0), depth + 1)
    layers = [(glorot(key, (64, 64)), jnp.zeros(64)) for key in keys[:-1]]
    layers.append((glorot(keys[-1], (64, 10)), jnp.zeros(10)))
    # The gradient with respect to a zero that is added to z is dL/dz.
    zeros = [jnp.zeros((128, bias.size)) for _, bias in layers]
    by_z = jax.grad(find_loss)(zeros, layers)
    norms = [np.linalg.norm(np.asarray(g, "float64")) for g in by_z]
    left[depth] = norms[0] / norms[-2]  # the head is no hidden layer
    print(f"{depth:2} hidden layers: {left[depth]:.0e} is left")
# --8<-- [end:network]

# The factor of one layer, from either depth.
factor_of_five = left[5] ** (1 / 4)
factor_of_twenty = left[20] ** (1 / 19)
