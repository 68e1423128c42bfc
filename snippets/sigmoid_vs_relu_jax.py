"""Which of the tutorial's two networks predicts closer to one?"""

import jax
import jax.numpy as jnp
import optax

# Sample data: 4 samples, 2 features (XOR gate)
X = jnp.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = jnp.array([0, 1, 1, 0])
keys = jax.random.split(jax.random.key(0), 3)  # the seed


def find_logits(layers, activation, a):
    for weights, bias in layers:
        z = a @ weights + bias
        a = activation(z)
    return z[:, 0]


def fit(activation):
    glorot = jax.nn.initializers.glorot_uniform()
    shapes = [(2, 8), (8, 8), (8, 1)]
    layers = [(glorot(k, s), jnp.zeros(s[1])) for k, s in zip(keys, shapes)]
    optimizer = optax.adam(0.001)
    state = optimizer.init(layers)

    def find_loss(layers):
        logits = find_logits(layers, activation, X)
        return optax.sigmoid_binary_cross_entropy(logits, y).mean()

    @jax.jit
    def step(layers, state):
        updates, state = optimizer.update(jax.grad(find_loss)(layers), state)
        return optax.apply_updates(layers, updates), state

    for _ in range(200):  # all four samples are one batch
        layers, state = step(layers, state)
    return lambda x: jax.nn.sigmoid(find_logits(layers, activation, x))


# Sigmoid model (prone to vanishing gradients)
model_sigmoid = fit(jax.nn.sigmoid)

# ReLU model
model_relu = fit(jax.nn.relu)

# Predict
pred_sigmoid = float(model_sigmoid(jnp.array([[1, 0]]))[0])
pred_relu = float(model_relu(jnp.array([[1, 0]]))[0])
print(f"Sigmoid Prediction for [1, 0]: {pred_sigmoid:.2f}")
print(f"ReLU Prediction for [1, 0]: {pred_relu:.2f}")
