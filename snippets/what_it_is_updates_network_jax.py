"""Do the early layers of one network barely update?

Fixed: ten sigmoid layers of width 64, the head among them, Glorot weights, 300
steps on batches of digits, one seed. Varies: SGD or Adam. Prints how far the
weights of some layers have moved, relative to their start, and the test
accuracy.
"""

# --8<-- [start:network]
from functools import partial

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
draws = np.random.default_rng(0)
batches = draws.integers(len(x_train), size=(300, 128))  # (steps, batch)


def build_network():
    glorot = jax.nn.initializers.glorot_uniform()
    keys = jax.random.split(jax.random.key(0), 10)
    layers = [(glorot(key, (64, 64)), jnp.zeros(64)) for key in keys[:9]]
    layers.append((glorot(keys[9], (64, 10)), jnp.zeros(10)))
    return layers


def predict(layers, a):
    for weights, bias in layers:
        z = a @ weights + bias
        a = jax.nn.sigmoid(z)
    return z  # a logit for each digit


# --8<-- [end:network]
# --8<-- [start:train]
def find_loss(layers, x, y):
    logits = predict(layers, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


@partial(jax.jit, static_argnames="optimizer")
def step(optimizer, layers, state, x, y):
    gradients = jax.grad(find_loss)(layers, x, y)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(layers, updates), state


first = {}
last = {}
accuracy = {}
for name, optimizer in [
    ("sgd", optax.sgd(0.1)),
    ("adam", optax.adam(0.001, eps=1e-7)),  # as in Keras; Optax has 1e-8
]:
    start = layers = build_network()
    state = optimizer.init(layers)
    for rows in batches:
        batch = x_train[rows], y_train[rows]
        layers, state = step(optimizer, layers, state, *batch)
    moved = [
        np.linalg.norm(np.float64(after - before)) / np.linalg.norm(before)
        for (after, _), (before, _) in zip(layers, start)
    ]
    accuracy[name] = float((predict(layers, x_test).argmax(1) == y_test).mean())
    first[name], last[name] = moved[0], moved[-1]
    print(f"{name}: first layer {first[name]:.0e}, last {last[name]:.0e},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
