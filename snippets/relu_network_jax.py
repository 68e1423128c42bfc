"""Does a deep network learn once its units are ReLUs instead of sigmoids?

Fixed: ten hidden layers of width 64, Adam, 25 epochs on digits; one network of
each kind. Varies: the activation and the first weights. It prints how large
dL/dz is in the first layer beside the last hidden one before training, and the
test accuracy after it.
"""

# --8<-- [start:data]
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# Pixels from 0 to 1, shape (samples, 64), and the digit that each shows.
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)
# --8<-- [end:data]
num_train = len(x_train)
num_test = len(x_test)


# --8<-- [start:network]
def build_network(initializer):
    keys = jax.random.split(jax.random.key(0), 11)
    layers = [(initializer(key, (64, 64)), jnp.zeros(64)) for key in keys[:10]]
    glorot = jax.nn.initializers.glorot_uniform()
    layers.append((glorot(keys[10], (64, 10)), jnp.zeros(10)))
    return layers


def predict(layers, activate, a, shifts=(0,) * 11):
    for (weights, bias), shift in zip(layers, shifts):
        z = a @ weights + bias + shift  # (samples, 64)
        a = activate(z)
    return z  # a logit for each digit


def find_loss(layers, activate, x, y, shifts=(0,) * 11):
    logits = predict(layers, activate, x, shifts)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def compare_layers(layers, activate):
    """Norm of dL/dz in the first hidden layer over that in the last one."""
    # The gradient with respect to a zero that is added to z is dL/dz.
    zeros = [jnp.zeros((num_train, bias.size)) for _, bias in layers]
    by_z = jax.grad(find_loss, 4)(layers, activate, x_train, y_train, zeros)
    first, *_, last, _ = [np.linalg.norm(np.float64(g)) for g in by_z]
    return first / last


# --8<-- [end:network]

left = {}
accuracy = {}
# --8<-- [start:train]
optimizer = optax.adam(0.001, eps=1e-7)  # as in Keras; Optax has 1e-8


@partial(jax.jit, static_argnames="activate")
def step(layers, state, activate, x, y):
    gradients = jax.grad(find_loss)(layers, activate, x, y)
    updates, state = optimizer.update(gradients, state)
    return optax.apply_updates(layers, updates), state


draws = np.random.default_rng(0)
for activation, initializer in [
    ("sigmoid", "glorot_uniform"),  # Keras' default
    ("relu", "glorot_uniform"),
    ("relu", "he_uniform"),
]:
    layers = build_network(getattr(jax.nn.initializers, initializer)())
    activate = getattr(jax.nn, activation)
    ratio = compare_layers(layers, activate)
    state = optimizer.init(layers)
    for _ in range(25):
        order = draws.permutation(num_train)
        for rows in np.split(order, range(128, num_train, 128)):
            batch = x_train[rows], y_train[rows]
            layers, state = step(layers, state, activate, *batch)
    guesses = predict(layers, activate, x_test).argmax(1)
    right = float((guesses == y_test).mean())
    print(f"{activation}, {initializer}:")
    print(f"  first / last dL/dz {ratio:.1g}, test accuracy {right:.2f}")
    # --8<-- [end:train]
    left[f"{activation}_{initializer}"] = ratio
    accuracy[f"{activation}_{initializer}"] = right
