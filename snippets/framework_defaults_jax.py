"""What do JAX's and Optax's defaults do to the gradient?

JAX has no layers: weights are LeCun normal, as Flax has them, and biases are
zero. Fixed: width 64, twenty hidden layers, batches of 128 digits. Varies: the
activation. Five seeds where something is drawn. Nothing is drawn as a figure.
"""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import optax
from data import digits, draw_batches

SEEDS = range(5)
width = 64
depth = 20
batch_size = 128
x_train, _, y_train, _ = digits()
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
lecun = jax.nn.initializers.lecun_normal()
small = jax.nn.initializers.normal(0.05)


def norm(gradient):
    """In float64: the squares of small float32 numbers are lost."""
    return float(np.linalg.norm(np.asarray(gradient, "float64")))


def find_by_z(seed, x, y, activation, depth, initializer=lecun):
    """dL/dz of all hidden layers, the nearest to the input first."""
    *keys, head_key = jax.random.split(jax.random.key(seed), depth + 1)
    kernels = [initializer(key, (width, width)) for key in keys]
    head = lecun(head_key, (width, 10))

    def find_loss(shifts):  # zeros; the gradient by them is dL/dz
        a = x
        for kernel, shift in zip(kernels, shifts):
            a = activation(a @ kernel + shift)
        each = optax.softmax_cross_entropy_with_integer_labels(a @ head, y)
        return each.mean()

    return jax.grad(find_loss)([jnp.zeros((batch_size, width))] * depth)


factor = {"sigmoid": [], "tanh": [], "relu": []}  # of dL/dz, a layer
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    for name in factor:
        activation = getattr(jax.nn, name)
        first, *_, last = find_by_z(seed, x_batch, y_batch, activation, depth)
        ratio = norm(first) / norm(last)
        factor[name].append(ratio ** (1 / (depth - 1)))
factor = {name: np.array(values) for name, values in factor.items()}
left = {name: values ** (depth - 1) for name, values in factor.items()}

# The weights' variance times the number of inputs.
variance = 1000 * float(lecun(jax.random.key(0), (1000, 1000)).var())

# Hidden layers back from the head until float32's dL/dz is exactly zero.
until_zero = []
for seed, x_batch, y_batch in zip(SEEDS, x, y):
    by_z = find_by_z(seed, x_batch, y_batch, jax.nn.sigmoid, 60, small)
    is_zero = [norm(g) == 0 for g in reversed(by_z)]
    until_zero.append(1 + is_zero.index(True))
until_zero = np.array(until_zero)
product = float(jnp.float32(1e-30) * jnp.float32(1e-10))


def find_default(function, name):
    """What an argument is where it is not given."""
    return inspect.signature(function).parameters[name].default


def find_update(optimizer, gradient):
    """The first update of an optimizer of rate one, of a weight at zero."""
    weight = jnp.zeros(1)
    update, _ = optimizer.update(
        jnp.array([gradient]), optimizer.init(weight), weight
    )
    return float(-update[0])


sizes = {"of_4": 1e-4, "of_6": 1e-6, "of_8": 1e-8, "of_10": 1e-10}
adam = {n: find_update(optax.adam(1.0), g) for n, g in sizes.items()}
rmsprop = {n: find_update(optax.rmsprop(1.0), g) for n, g in sizes.items()}
# Of a first step that epsilon does not touch: of the correction alone.
adam_error = abs(find_update(optax.adam(1.0), 1e4) - 1)
adam_epsilon = find_default(optax.adam, "eps")
rmsprop_epsilon = find_default(optax.rmsprop, "eps")
rmsprop_rho = find_default(optax.rmsprop, "decay")

# A step with momentum after the rate was divided by ten, over one before.
rates = optax.piecewise_constant_schedule(0.1, {50: 0.1})
optimizer = optax.sgd(rates, momentum=0.9)
state = optimizer.init(jnp.zeros(1))
updates = []
for _ in range(51):
    update, state = optimizer.update(jnp.ones(1), state)
    updates.append(float(update[0]))
before, after = updates[-2:]
after_drop = after / before

# Norm of two tensors' gradients, 3 and 4, once they are clipped.
clip = optax.clip_by_global_norm(1.0)
tensors = [jnp.array([3.0]), jnp.array([4.0])]
clipped = {"all": norm(clip.update(tensors, clip.init(tensors))[0])}

norm_epsilon = find_default(jax.nn.standardize, "epsilon")
small_spread = 0.01  # of z, before it is normalized
z_key, weights_key = jax.random.split(jax.random.key(0))
z = small_spread * jax.random.normal(z_key, (batch_size, width))
weights = jax.random.normal(weights_key, z.shape)


def find_sum(z, **options):
    return (weights * jax.nn.standardize(z, axis=0, **options)).sum()


exact_by_z = jax.grad(find_sum)(z, epsilon=1e-12)
# dL/dz over what it is where epsilon is next to nothing.
norm_share = norm(jax.grad(find_sum)(z)) / norm(exact_by_z)

leaky_slope = -float(jax.nn.leaky_relu(-1.0))
exact_gelu = 0.8413447460685429  # of one: the normal distribution's share
gelu_error = abs(float(jax.nn.gelu(1.0)) - exact_gelu)


def of_probability(z, label):
    """As a textbook writes it; neither JAX nor Optax has it."""
    p = jax.nn.sigmoid(z)
    return -(label * jnp.log(p) + (1 - label) * jnp.log(1 - p))


def find_saturated(z, label, loss):
    """|dL/dz|, which is one but for a tiny share, on the wrong side."""
    return abs(float(jax.grad(loss)(z, label)))


of_logit = optax.sigmoid_binary_cross_entropy
saturated = {
    "under_20": find_saturated(-20.0, 1.0, of_probability),
    "under_40": find_saturated(-40.0, 1.0, of_probability),
    "logit": find_saturated(-40.0, 1.0, of_logit),
}
# Where a probability is one, its logarithm has no gradient at all.
is_nan = int(np.isnan(find_saturated(20.0, 0.0, of_probability)))

print(f"dL/dz a layer: {[f'{f.mean():.3f}' for f in factor.values()]}")
print(f"zero after {until_zero} layers; 1e-30 * 1e-10 = {product}")
print(f"Adam's first updates: {[f'{u:.2g}' for u in adam.values()]}")
print(f"error of its correction: {adam_error:.0e}")
print(f"RMSprop's: {[f'{u:.2g}' for u in rmsprop.values()]}")
print(f"after the rate's drop: {after_drop:.2f}; clipped: {clipped}")
print(f"standardizing lets through {norm_share:.2f}")
print(f"saturated: {saturated}, NaN: {is_nan}")
