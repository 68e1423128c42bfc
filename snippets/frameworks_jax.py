"""Does JAX compute the gradients that Keras computes?

Fixed: fourteen settings, those of the programs that three frameworks share.
Five seeds, each with weights and batches of its own, drawn by NumPy and the
same in both. Varies: the framework, and float32 or float64. Nothing is drawn.
"""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import optax
from keras_start import compare_with_keras
from same_start import KERAS_EPSILON, NORM_EPSILON, STEPS, adam_epsilon

jax.config.update("jax_enable_x64", True)  # else float64 becomes float32

SEEDS = range(5)
QUICK = {"xla_backend_optimization_level": 0}  # of compilation, not of steps
moves = 4  # copies of each network in Keras, each with its own last digits


def draw_params(setting, starts, dtype):
    """A dictionary for each layer; its arrays have a first axis of seeds."""
    params = []
    last = len(setting.sizes) - 2
    for i, n_out in enumerate(setting.sizes[1:]):
        kernels = [start.kernels[i] for start in starts]
        layer = {
            "kernel": jnp.array(kernels, dtype),  # (seeds, n_in, n_out)
            "bias": jnp.zeros((len(starts), n_out), dtype),
        }
        if setting.normalized and i < last:
            layer["gain"] = jnp.ones((len(starts), n_out), dtype)
        params.append(layer)
    return params


# --8<-- [start:network]
def standardize(z):
    """Over the batch: z is (batch, width)."""
    return (z - z.mean(axis=0)) / jnp.sqrt(z.var(axis=0) + NORM_EPSILON)


def forward(setting, params, shifts, x):
    """Logits of one network. The shifts, zeros, are added to every z."""
    functions = {"tanh": jnp.tanh, "relu": jax.nn.relu}
    activation = functions.get(setting.activation, jax.nn.sigmoid)
    h, last = x, len(params) - 1
    for i, (layer, shift) in enumerate(zip(params, shifts)):
        z = h @ layer["kernel"]
        if "gain" in layer:
            z = layer["gain"] * standardize(z)
        z = z + layer["bias"] + shift
        a = activation(z)
        h = h + a if setting.skips and 0 < i < last else a
    return z
    # --8<-- [end:network]


def cross_entropy(logits, y):
    """Mean over the batch, of two classes from one logit."""
    if logits.shape[1] == 1:
        each = optax.sigmoid_binary_cross_entropy(logits[:, 0], y)
    else:
        each = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return each.mean()


def stack_batches(starts, dtype):
    """(seeds, steps, batch, n_in) and (seeds, steps, batch)."""
    x = jnp.array([start.x for start in starts], dtype)
    return x, jnp.array([start.y for start in starts])


# --8<-- [start:gradients]
def jax_gradients(setting, starts, dtype):
    """dL/dW and dL/dz of the first batch: (seeds, ...) by layer and kind."""

    def shifted_loss(params, shifts, x, y):
        return cross_entropy(forward(setting, params, shifts, x), y)

    params = draw_params(setting, starts, dtype)
    x, y = stack_batches(starts, dtype)
    shape = (len(starts), setting.batch_size)
    shifts = [jnp.zeros((*shape, n), dtype) for n in setting.sizes[1:]]
    # The gradient by what is added to z is dL/dz.
    both = jax.vmap(jax.grad(shifted_loss, argnums=(0, 1)))
    both = jax.jit(both, compiler_options=QUICK)
    by_params, by_z = both(params, shifts, x[:, 0], y[:, 0])
    by_weight = [layer["kernel"] for layer in by_params]
    return [np.asarray(g) for g in by_weight + by_z]
    # --8<-- [end:gradients]


@cache
def build_trainer(setting):
    """A function that takes all steps with networks of one setting."""
    optimizer = optax.sgd(setting.rate)
    if setting.optimizer == "adam":
        adam = optax.inject_hyperparams(optax.adam)
        optimizer = adam(setting.rate, eps=KERAS_EPSILON)

    def plain_loss(params, x, y):
        shifts = [0] * len(params)
        return cross_entropy(forward(setting, params, shifts, x), y)

    def take_step(carry, batch):
        params, state = carry
        x, y, rate, epsilon = batch
        if setting.optimizer == "adam":  # epsilon in Keras' place
            state.hyperparams.update(learning_rate=rate, eps=epsilon)
        by_params = jax.grad(plain_loss)(params, x, y)
        updates, state = optimizer.update(by_params, state)
        return (optax.apply_updates(params, updates), state), None

    def train(params, *batches):
        carry = params, optimizer.init(params)
        (params, _), _ = jax.lax.scan(take_step, carry, batches)
        return params

    of_all = jax.vmap(train, in_axes=(0, 0, 0, None, None))
    return jax.jit(of_all, compiler_options=QUICK)


def jax_weights(setting, starts, dtype, corrections):
    """(kernel, bias, gain) of each layer after all steps, for each start.

    corrections: factors of Adam's learning rate, (steps,).
    """
    params = draw_params(setting, starts, dtype)
    x, y = stack_batches(starts, dtype)
    rates = jnp.array(setting.rate * corrections, dtype)
    epsilons = jnp.array([adam_epsilon(1 + i) for i in range(STEPS)], dtype)
    trained = build_trainer(setting)(params, x, y, rates, epsilons)
    return [list_weights(trained, seed) for seed in range(len(starts))]


def list_weights(params, index):
    """(kernel, bias, gain) of each layer of one network."""
    weights = []
    for layer in params:
        gain = layer.get("gain", jnp.ones_like(layer["bias"]))
        own = (layer["kernel"], layer["bias"], gain)
        weights.append([np.asarray(values[index]) for values in own])
    return weights


found = compare_with_keras(SEEDS, moves, jax_gradients, jax_weights)
double, single = found.double, found.single
loss, own_loss, rounding_loss = found[-3:]

# Over all settings, the largest and the middle one: (seeds,).
worst, usual = {}, {}
for name, of_settings in found._asdict().items():
    worst[name] = np.max(list(of_settings.values()), axis=0)
    usual[name] = np.median(list(of_settings.values()), axis=0)
    print(f"{name}: {np.median(usual[name]):.1e}, {worst[name].max():.1e}")
of_rounding = usual["loss"] / usual["rounding_loss"]
