"""Does batch normalization let ten sigmoid layers learn?

Fixed: ten sigmoid layers of width 64, Glorot weights, 25 epochs of Adam on
digits; one network of each kind. Varies: whether sums are normalized before the
sigmoid. It prints how large dL/dz is in the first layer beside
the last hidden one before training, and the test accuracy after it.
"""

# --8<-- [start:data]
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
def build_network(normalized):
    """Layers of weights and bias; a normalized one has a scale as well."""
    glorot = jax.nn.initializers.glorot_uniform()
    *keys, head = jax.random.split(jax.random.key(0), 11)
    layers = [{"w": glorot(key, (64, 64)), "b": jnp.zeros(64)} for key in keys]
    if normalized:
        layers = [layer | {"scale": jnp.ones(64)} for layer in layers]
    return [*layers, {"w": glorot(head, (64, 10)), "b": jnp.zeros(10)}]


def normalize(z, scale, running, training):
    """Each unit's sums, over the batch or, in a test, by running statistics."""
    mean, variance = (z.mean(0), z.var(0)) if training else running
    running = 0.9 * running + 0.1 * jnp.array([mean, variance])
    return scale * (z - mean) / jnp.sqrt(variance + 0.001), running


def predict(layers, running, a, training, shifts=(0,) * 10):
    running = list(running)  # (mean and variance, 64) for each layer
    for i, layer in enumerate(layers[:-1]):
        z = a @ layer["w"]
        if "scale" in layer:
            z, running[i] = normalize(z, layer["scale"], running[i], training)
        a = jax.nn.sigmoid(z + layer["b"] + shifts[i])
    return a @ layers[-1]["w"] + layers[-1]["b"], running


def find_loss(layers, running, x, y, shifts=(0,) * 10):
    logits, running = predict(layers, running, x, True, shifts)
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return losses.mean(), running


def compare_layers(layers, running):
    """Norm of dL/dz in the first hidden layer over that in the last one."""
    # The gradient with respect to a zero that is added to z is dL/dz.
    zeros = [jnp.zeros((num_train, 64))] * 10
    find_by_z = jax.grad(find_loss, argnums=4, has_aux=True)
    by_z, _ = find_by_z(layers, running, x_train, y_train, zeros)
    first, *_, last = [np.linalg.norm(np.float64(g)) for g in by_z]
    return first / last


# --8<-- [end:network]
left = {}
accuracy = {}
# --8<-- [start:train]
optimizer = optax.adam(0.001, eps=1e-7)  # as in Keras; Optax has 1e-8


@jax.jit
def step(layers, running, state, x, y):
    grads, running = jax.grad(find_loss, has_aux=True)(layers, running, x, y)
    updates, state = optimizer.update(grads, state)
    return optax.apply_updates(layers, updates), running, state


draws = np.random.default_rng(0)
for name, normalized in (("plain", False), ("normalized", True)):
    layers = build_network(normalized)
    running = [jnp.array([jnp.zeros(64), jnp.ones(64)])] * 10
    left[name] = compare_layers(layers, running)
    state = optimizer.init(layers)
    for _ in range(25):
        order = draws.permutation(num_train)
        for rows in np.split(order, range(128, num_train, 128)):
            batch = x_train[rows], y_train[rows]
            layers, running, state = step(layers, running, state, *batch)
    logits, _ = predict(layers, running, x_test, False)
    accuracy[name] = float((logits.argmax(1) == y_test).mean())
    print(f"{name}: first / last dL/dz {left[name]:.1g},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
