"""Does a path around each layer let ten sigmoid layers learn?

Fixed: ten sigmoid layers of width 64, Glorot weights, Adam, 26 epochs of
digits. Varies: whether a layer adds its input to its output. One network of
each kind. It prints the test accuracy after training.
"""

# --8<-- [start:network]
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)


def build_network():
    glorot = jax.nn.initializers.glorot_uniform()
    keys = jax.random.split(jax.random.key(0), 11)
    layers = [(glorot(key, (64, 64)), jnp.zeros(64)) for key in keys[:10]]
    layers.append((glorot(keys[10], (64, 10)), jnp.zeros(10)))
    return layers


def predict(layers, skips, x):
    """Ten sigmoid layers; from the second on, each may add its input."""
    (weights, bias), *others, head = layers
    hidden = jax.nn.sigmoid(x @ weights + bias)
    for weights, bias in others:
        branch = jax.nn.sigmoid(hidden @ weights + bias)
        hidden = skips * hidden + branch
    weights, bias = head
    return hidden @ weights + bias  # a logit for each digit


# --8<-- [end:network]


# --8<-- [start:train]
optimizer = optax.adam(0.001, eps=1e-7)  # as in Keras; Optax has 1e-8


def find_loss(layers, skips, x, y):
    logits = predict(layers, skips, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


@jax.jit
def step(layers, state, skips, x, y):
    gradients = jax.grad(find_loss)(layers, skips, x, y)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(layers, updates), state


draws = np.random.default_rng(0)
reached = {}
for name, skips in {"plain": False, "skips": True}.items():
    layers = build_network()
    state = optimizer.init(layers)
    for _ in range(26):
        order = draws.permutation(len(x_train))
        for rows in np.split(order, range(128, len(order), 128)):
            batch = x_train[rows], y_train[rows]
            layers, state = step(layers, state, skips, *batch)
    guesses = predict(layers, skips, x_test).argmax(1)
    reached[name] = float((guesses == y_test).mean())
    print(f"{name}: test accuracy {reached[name]:.2f}")
# --8<-- [end:train]
