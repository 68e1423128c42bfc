"""What does the gradient look like inside a network?

Fixed: six layers of sigmoid units, Glorot weights, a batch of random inputs,
one seed, before training. Prints the norm of dL/dW by layer.
"""

# --8<-- [start:network]
import jax
import jax.numpy as jnp
import numpy as np
import optax

x_key, *keys = jax.random.split(jax.random.key(0), 7)
sizes = [4, 6, 6, 6, 6, 6, 2]
x = jax.random.normal(x_key, (64, 4))
y = (x[:, 0] * x[:, 1] > 0).astype("int32")  # do both have one sign?

glorot = jax.nn.initializers.glorot_uniform()
weights = []
for key, n_in, n_out in zip(keys, sizes, sizes[1:]):
    weights.append(glorot(key, (n_in, n_out)))
biases = [jnp.zeros(size) for size in sizes[1:]]


def find_loss(weights):
    a = x
    for w, b in zip(weights, biases):
        z = a @ w + b
        a = jax.nn.sigmoid(z)
    return optax.softmax_cross_entropy_with_integer_labels(z, y).mean()


gradients = jax.grad(find_loss)(weights)  # of dL/dW

norms = [np.linalg.norm(np.asarray(g, "float64")) for g in gradients]
for number, norm in enumerate(norms, start=1):
    print(f"layer {number}: {norm:.0e}")
# --8<-- [end:network]

# What pages show.
batch_size = len(x)
depth = len(norms)
first = norms[0]
last = norms[-1]
ratio = first / last
# Every layer back is smaller where this is above one.
smallest_step = min(after / before for before, after in zip(norms, norms[1:]))
