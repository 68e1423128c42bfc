"""How do you train a hundred networks for the price of one?

Independent dense networks, one per seed, held in one Keras layer. Every weight
has a leading axis of members, so one batched matrix product moves all of them
a step. The loss is summed over members: no member's gradient depends on
another's weights.
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

# Averaged over by normalization, of z (members, batch, width)
AXES = {None: None, "batch": 1, "layer": 2}
EPSILON = 1e-3  # added to a variance by normalization, as in Keras
MOMENTUM = 0.9  # of batch normalization; Keras' 0.99 needs longer runs


class Gradients(NamedTuple):
    """Of each layer, the nearest to the input first."""

    kernels: list  # dL/dW
    z: list  # dL/dz


class Stack(keras.layers.Layer):
    """Independent dense networks of one shape, one per seed.

    sizes: (n_in, width, ..., n_out), the same for every member; the head is
        linear and gives logits.
    seeds: an integer per member. Members of equal seeds and rules start equal,
        and train on equal batches.
    activation: of the hidden layers, Keras' name or a function.
    initializer: of the hidden kernels, Keras' name or a function that takes a
        seed and returns an initializer; or a list of them, one per member.
        Every kernel is drawn by itself, so its fans are its own. The head's
        is Glorot uniform.
    normalization: of the hidden pre-activations: None, "batch" (over samples)
        or "layer" (over units).
    skip: from the second layer on a layer gives its input plus `skip` times
        its activation; with 0 the activation alone.
    slope: of leaky ReLU below zero, in place of `activation`: a number, or a
        list, one per member.
    epsilon: what normalization adds to a variance.
    Raises ValueError where these make no network.
    """

    def __init__(
        self,
        sizes,
        seeds,
        activation="relu",
        initializer="glorot_uniform",
        normalization=None,
        skip=0,
        slope=None,
        epsilon=EPSILON,
        dtype="float32",
    ):
        super().__init__(dtype=dtype)
        self.sizes = list(sizes)
        self.seeds = list(seeds)
        self.normalization = normalization
        self.skip = skip
        self.epsilon = epsilon
        check_network(self.sizes, self.seeds, normalization, skip)

        members = len(self.seeds)
        widths = self.sizes[1:-1]  # of the hidden layers
        self.depth = len(widths)

        self.activation = keras.activations.get(activation)
        if slope is not None:
            slopes = list_per_member(slope, members, "slope")
            slopes = np.reshape(slopes, (members, 1, 1)).astype(dtype)
            self.activation = lambda z: tf.where(z > 0, z, slopes * z)

        # One kernel for each layer: (members, n_in, n_out)
        rules = list_per_member(initializer, members, "initializer")
        head_rules = ["glorot_uniform"] * members
        self.kernels = []
        for layer, shape in enumerate(zip(self.sizes, self.sizes[1:])):
            is_head = layer == self.depth
            self.kernels.append(
                self.add_values(
                    draw_kernels(
                        head_rules if is_head else rules,
                        shape,
                        [1000 * seed + layer for seed in self.seeds],
                    )
                )
            )
        self.biases = [
            self.add_values(np.zeros((members, 1, width)))
            for width in self.sizes[1:]
        ]

        if normalization:
            self.gains = [
                self.add_values(np.ones((members, 1, width)))
                for width in widths
            ]
        if normalization == "batch":
            # Mean and variance of each unit, for use after training
            self.averages = [
                [
                    self.add_values(np.zeros((members, 1, width)), False),
                    self.add_values(np.ones((members, 1, width)), False),
                ]
                for width in widths
            ]

    def add_values(self, values, trainable=True):
        """A weight of the layer that starts with these values."""
        weight = self.add_weight(
            shape=values.shape, initializer="zeros", trainable=trainable
        )
        weight.assign(values)
        return weight

    def standardize(self, z, layer, training):
        """z with mean zero and variance one, over samples or over units.

        z: (members, batch, width).
        """
        if self.normalization == "batch" and not training:
            mean, variance = self.averages[layer]
            return (z - mean) / tf.sqrt(variance + self.epsilon)

        axis = AXES[self.normalization]
        mean = tf.reduce_mean(z, axis, keepdims=True)
        centered = z - mean
        variance = tf.reduce_mean(centered * centered, axis, keepdims=True)

        if self.normalization == "batch":
            for average, now in zip(self.averages[layer], (mean, variance)):
                average.assign_add((1 - MOMENTUM) * (now - average))
        return centered * tf.math.rsqrt(variance + self.epsilon)

    def forward(self, x, training=False):
        """Logits (members, batch, n_out), and z of every layer, head last.

        x: one batch for all members, (batch, n_in), or one for each,
            (members, batch, n_in).
        z is what enters the activation: with normalization, its result.
        """
        x = tf.cast(x, self.compute_dtype)
        h = x[None] if len(x.shape) == 2 else x
        all_z = []
        for layer, (kernel, bias) in enumerate(zip(self.kernels, self.biases)):
            is_hidden = layer < self.depth
            z = h @ kernel
            if self.normalization and is_hidden:
                z = self.gains[layer] * self.standardize(z, layer, training)
            z = z + bias
            all_z.append(z)
            if is_hidden:
                a = self.activation(z)
                h = h + self.skip * a if self.skip and layer > 0 else a
        return all_z[-1], all_z

    def call(self, x, training=False):
        logits, _ = self.forward(x, training)
        return logits


def check_network(sizes, seeds, normalization, skip):
    """Raise ValueError where these make no network."""
    widths = sizes[1:-1]
    if not seeds or not widths:
        raise ValueError(
            "a stack needs a seed and a hidden layer, "
            f"got sizes={sizes}, seeds={seeds}"
        )
    if normalization not in AXES:
        raise ValueError(
            f"normalization is one of {list(AXES)}, got {normalization!r}"
        )
    if skip and len(set(widths)) > 1:
        raise ValueError(
            f"skip connections need hidden layers of one width, got {widths}"
        )


def list_per_member(value, members, name):
    """A list of one value per member. Raises ValueError at another length."""
    if not isinstance(value, list | tuple | np.ndarray):
        return [value] * members
    if len(value) != members:
        raise ValueError(
            f"{name}: one for all or one per member, "
            f"got {len(value)} for {members} members"
        )
    return list(value)


def draw_kernels(rules, shape, seeds):
    """One kernel per member, (members, n_in, n_out).

    rules: per member Keras' name, or a function of the seed.
    """
    kernels = []
    for rule, seed in zip(rules, seeds):
        if callable(rule):
            initializer = rule(seed)
        else:
            config = {"class_name": rule, "config": {"seed": seed}}
            initializer = keras.initializers.get(config)
        kernels.append(initializer(shape))
    return np.stack(kernels)


def split_activations(*activations):
    """One activation for a stack of equal parts, each with its own.

    activations: Keras' names or functions, for the first members first.
    """
    functions = [keras.activations.get(each) for each in activations]

    def activate(z):
        parts = tf.split(z, len(functions))  # along the axis of members
        return tf.concat([f(part) for f, part in zip(functions, parts)], 0)

    return activate


def losses(logits, y):
    """Mean cross-entropy over the batch: (members,).

    logits: (members, batch, n_out). y: (batch,) or (members, batch).
    """
    y = tf.broadcast_to(y, tf.shape(logits)[:2])
    if logits.shape[-1] == 1:
        each = tf.nn.sigmoid_cross_entropy_with_logits(
            tf.cast(y, logits.dtype), logits[..., 0]
        )
    else:
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(
            tf.cast(y, tf.int32), logits
        )
    return tf.reduce_mean(each, axis=1)


def accuracy(stack, x, y):
    """Share of (x, y) that each member classifies correctly: (members,)."""
    logits = stack(x).numpy()
    if logits.shape[-1] == 1:
        guess = logits[..., 0] > 0
    else:
        guess = logits.argmax(axis=-1)
    return (guess == np.asarray(y)).mean(axis=1)


def gradients(stack, x, y, training=True):
    """dL/dW and dL/dz of every layer: `.kernels` and `.z`.

    Each is a list with an array (members, ...) per layer, head last. (x, y) is
    one batch for all members, or one for each, as in `Stack.forward`.
    """
    with tf.GradientTape() as tape:
        logits, all_z = stack.forward(x, training)
        loss = tf.reduce_sum(losses(logits, y))
    return Gradients(*tape.gradient(loss, (stack.kernels, all_z)))


def norms(tensors):
    """Euclidean norms per member and layer: (members, layers).

    tensors: one per layer, (members, ...). In float64, since squares of
    float32 underflow.
    """
    by_layer = []
    for tensor in tensors:
        flat = np.asarray(tensor, "float64").reshape(len(tensor), -1)
        by_layer.append(np.linalg.norm(flat, axis=1))
    return np.stack(by_layer, axis=1)


def gradient_norms(stack, x, y, training=True):
    """Norms of dL/dW and dL/dz, `.kernels` and `.z`: each (members, layers).

    Layer 1 is nearest the input, the head is last.
    """
    found = gradients(stack, x, y, training)
    return Gradients(norms(found.kernels), norms(found.z))


def trainer(stack, x, y, optimizer, batch_size=None, xla=False):
    """A function that takes so many steps, from where the stack stands.

    It returns losses (steps, members).
    batch_size: each member draws its batches with its own seed; with None it
        takes the whole data at each step.
    optimizer: Keras' own. For a learning rate per member give it a function
        that returns an array (members, 1, 1).
    xla: compile with XLA, which pays for tiny networks and many steps; it
        compiles anew for each number of steps.
    """
    x, y = tf.constant(x), tf.constant(y)
    variables = stack.trainable_variables
    optimizer.build(variables)
    generators = {seed: np.random.default_rng(seed) for seed in stack.seeds}

    def draw_rows(steps):
        """Which samples each member sees: (steps, members, batch_size)."""
        shape = (steps, batch_size or 0)
        rows = {
            seed: generator.integers(0, len(x), shape, "int32")
            for seed, generator in generators.items()
        }
        return np.stack([rows[seed] for seed in stack.seeds], axis=1)

    @tf.function(jit_compile=xla, reduce_retracing=True)
    def run(rows):
        history = tf.TensorArray(stack.compute_dtype, len(rows))
        for step in tf.range(len(rows)):
            x_now, y_now = x, y
            if batch_size:
                x_now = tf.gather(x, rows[step])
                y_now = tf.gather(y, rows[step])
            with tf.GradientTape() as tape:
                logits, _ = stack.forward(x_now, training=True)
                each = losses(logits, y_now)
                loss = tf.reduce_sum(each)
            optimizer.apply(tape.gradient(loss, variables), variables)
            history = history.write(step, each)
        return history.stack()

    def go(steps):
        return run(tf.constant(draw_rows(steps))).numpy()

    return go


def train(stack, x, y, steps, optimizer, batch_size=None, xla=False):
    """Take so many steps and return losses (steps, members): see `trainer`."""
    return trainer(stack, x, y, optimizer, batch_size, xla)(steps)
