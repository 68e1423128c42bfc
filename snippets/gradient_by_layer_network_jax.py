"""Is the gradient of this network the same in all layers?

Fixed: twenty tanh layers of 64 units, small weights, a batch of 128 digits,
one seed, before training. Prints the norms of dL/dW and of dL/dz of some
layers.
"""

# --8<-- [start:network]
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits

pixels, labels = load_digits(return_X_y=True)
x, y = pixels[:128] / 16, labels[:128]  # (128, 64) and (128,)

small = jax.nn.initializers.normal(0.05)
glorot = jax.nn.initializers.glorot_uniform()
keys = jax.random.split(jax.random.key(0), 21)
layers = [(small(key, (64, 64)), jnp.zeros(64)) for key in keys[:20]]
layers.append((glorot(keys[20], (64, 10)), jnp.zeros(10)))
cross_entropy = optax.softmax_cross_entropy_with_integer_labels


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return np.linalg.norm(np.asarray(gradient, "float64"))


# --8<-- [end:network]
# --8<-- [start:gradients]
def find_loss(layers, shifts):
    a = x
    for (weights, bias), shift in zip(layers, shifts):
        z = a @ weights + bias + shift
        a = jnp.tanh(z)
    return cross_entropy(z, y).mean()


# The gradient with respect to a zero that is added to z is dL/dz.
zeros = [jnp.zeros((128, bias.size)) for _, bias in layers]
by_layer, by_z = jax.grad(find_loss, argnums=(0, 1))(layers, zeros)
by_weight = [weights for weights, _ in by_layer]

print("layer    dL/dW    dL/dz")
weight_norms = {}
z_norms = {}
for number in (1, 5, 10, 15, 20):
    weight_norms[number] = norm(by_weight[number - 1])
    z_norms[number] = norm(by_z[number - 1])
    print(f"{number:5}  {weight_norms[number]:.1e}  {z_norms[number]:.1e}")
# --8<-- [end:gradients]

# First hidden layer over the last one.
weight_ratio = weight_norms[1] / weight_norms[20]
z_ratio = z_norms[1] / z_norms[20]
