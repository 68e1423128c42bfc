"""How do you train a hundred networks for the price of one?

Independent dense networks, one per seed, held in one Keras layer: every weight has a leading axis of members,
so one batched matrix product moves all of them a step. The loss is summed over members: no member's gradient
depends on another's weights.
"""

import keras
import numpy as np
import tensorflow as tf

EPSILON = 1e-3  # of normalization, as in Keras
MOMENTUM = 0.9  # of batch normalization's averages; Keras' 0.99 needs longer runs than ours


def draw(initializer, shape, seed):
    """Draw one kernel of `shape` (n_in, n_out). `initializer`: Keras' name or a function of the seed."""
    if callable(initializer):
        return initializer(seed)(shape)
    return keras.initializers.get({"class_name": initializer, "config": {"seed": seed}})(shape)


def per_member(value, members, name):
    """A list with one value per member. Raises ValueError if it has another length."""
    found = list(value) if isinstance(value, list | tuple | np.ndarray) else [value] * members
    if len(found) != members:
        raise ValueError(f"{name}: one for all or one per member, got {len(found)} for {members} members")
    return found


class Stack(keras.layers.Layer):
    """Independent dense networks of one shape, one per seed.

    sizes: (n_in, width, ..., n_out), the same for every member; the head is linear and gives logits.
    seeds: an integer per member; members with equal seeds and rules start equal.
    activation: of the hidden layers, Keras' name or a function.
    initializer: of the hidden kernels, Keras' name or a function seed -> initializer; may be a list, one per member.
        Every kernel is drawn by itself, so its fans are its own. The head's is Glorot uniform.
    normalization: of the hidden pre-activations: None, "batch" (over samples) or "layer" (over units).
    skip: from the second layer on a layer gives its input + skip * activation; 0: the activation alone.
    slope: of leaky ReLU below zero, in place of `activation`: a number, or a list, one per member.
    Raises ValueError where these make no network.
    """

    def __init__(
        self, sizes, seeds, activation="relu", initializer="glorot_uniform",
        normalization=None, skip=0, slope=None, dtype="float32",
    ):  # fmt: skip
        super().__init__(dtype=dtype)
        sizes, seeds = list(sizes), list(seeds)
        members, widths = len(seeds), sizes[1:-1]
        if not seeds or not widths:
            raise ValueError(f"a stack needs a seed and a hidden layer, got sizes={sizes}, seeds={seeds}")
        if normalization not in AXES:
            raise ValueError(f"normalization is one of {list(AXES)}, got {normalization!r}")
        if skip and len(set(widths)) > 1:
            raise ValueError(f"skip connections need hidden layers of one width, got {widths}")
        self.skip, self.normalization, self.depth = skip, normalization, len(widths)
        self.activation = keras.activations.get(activation)
        if slope is not None:
            alpha = np.reshape(per_member(slope, members, "slope"), (-1, 1, 1)).astype(dtype)
            self.activation = lambda z: tf.where(z > 0, z, alpha * z)
        rules = [per_member(initializer, members, "initializer")] * len(widths) + [["glorot_uniform"] * members]
        self.kernels = [
            self.weight(np.stack([draw(rule, shape, 1000 * seed + i) for rule, seed in zip(rules[i], seeds)]))
            for i, shape in enumerate(zip(sizes, sizes[1:], strict=False))
        ]  # nearest the input first, each (members, n_in, n_out)
        self.biases = [self.weight(np.zeros((members, 1, width))) for width in sizes[1:]]
        if normalization:
            self.gains = [self.weight(np.ones((members, 1, width))) for width in widths]
        if normalization == "batch":  # mean and variance of each unit, for use after training
            self.averages = [
                [self.weight(fill((members, 1, width)), trainable=False) for fill in (np.zeros, np.ones)]
                for width in widths
            ]

    def weight(self, values, trainable=True):
        weight = self.add_weight(shape=values.shape, initializer="zeros", trainable=trainable)
        weight.assign(values)
        return weight

    def standardize(self, z, i, training):
        """z (members, batch, width) with mean zero and variance one over samples, or over units."""
        if self.normalization == "batch" and not training:
            mean, variance = self.averages[i]
            return (z - mean) / tf.sqrt(variance + EPSILON)
        mean = tf.reduce_mean(z, AXES[self.normalization], keepdims=True)
        centered = z - mean
        variance = tf.reduce_mean(centered * centered, AXES[self.normalization], keepdims=True)
        if self.normalization == "batch":
            for average, now in zip(self.averages[i], (mean, variance)):
                average.assign_add((1 - MOMENTUM) * (now - average))
        return centered * tf.math.rsqrt(variance + EPSILON)

    def forward(self, x, training=False):
        """x (batch, n_in) -> logits (members, batch, n_out), and z of every layer, head last.

        z is what enters the activation: with normalization, the normalized value.
        """
        h, zs = tf.cast(x, self.compute_dtype)[None], []  # all members see the same samples
        for i, (kernel, bias) in enumerate(zip(self.kernels, self.biases)):
            z = h @ kernel
            if self.normalization and i < self.depth:
                z = self.gains[i] * self.standardize(z, i, training)
            zs.append(z + bias)
            if i < self.depth:
                a = self.activation(zs[-1])
                h = h + self.skip * a if self.skip and i else a
        return zs[-1], zs

    def call(self, x, training=False):
        return self.forward(x, training)[0]


AXES = {None: None, "batch": 1, "layer": 2}  # of z (members, batch, width), that normalization averages over


def losses(logits, y):
    """Mean cross-entropy over the batch, per member: logits (members, batch, n_out), y (batch,) -> (members,)."""
    if logits.shape[-1] == 1:
        y = tf.cast(y, logits.dtype)[None] + tf.zeros_like(logits[..., 0])
        each = tf.nn.sigmoid_cross_entropy_with_logits(y, logits[..., 0])
    else:
        y = tf.repeat(tf.cast(y, tf.int32)[None], logits.shape[0], axis=0)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    return tf.reduce_mean(each, axis=1)


def norms(tensors):
    """Euclidean norm per member, in float64 since squares of float32 underflow: (members, ...) -> (members, layers)."""
    wide = [np.asarray(tensor, "float64").reshape(len(tensor), -1) for tensor in tensors]
    return np.stack([np.linalg.norm(tensor, axis=1) for tensor in wide], axis=1)


def gradients(stack, x, y, training=True):
    """dL/dW and dL/dz on the batch (x, y), of each layer, nearest the input first: two lists of (members, ...)."""
    with tf.GradientTape() as tape:
        logits, zs = stack.forward(x, training)
        loss = tf.reduce_sum(losses(logits, y))
    return tape.gradient(loss, (stack.kernels, zs))


def gradient_norms(stack, x, y, training=True):
    """Norms of dL/dW and of dL/dz on the batch (x, y), layer 1 nearest the input: two arrays (members, layers)."""
    by_weight, by_preactivation = gradients(stack, x, y, training)
    return norms(by_weight), norms(by_preactivation)


def trainer(stack, x, y, optimizer, batch=None, seed=0, xla=False):
    """A function of a number of steps that trains on from where it stood and returns losses (steps, members).

    All members see the same batches, drawn with `seed`; without `batch`, the whole data at each step.
    optimizer: Keras' own. A learning rate per member: a function that returns an array (members, 1, 1).
    xla: compile with XLA, which pays for tiny networks and many steps; it compiles anew for each number of steps.
    """
    rng, n = np.random.default_rng(seed), len(x)
    x, y = tf.constant(x), tf.constant(y)
    variables = stack.trainable_variables
    optimizer.build(variables)

    @tf.function(jit_compile=xla, reduce_retracing=True)
    def run(order):
        history = tf.TensorArray(stack.compute_dtype, len(order))
        for step in tf.range(len(order)):
            now = (tf.gather(x, order[step]), tf.gather(y, order[step])) if batch else (x, y)
            with tf.GradientTape() as tape:
                each = losses(stack.forward(now[0], training=True)[0], now[1])
                loss = tf.reduce_sum(each)
            optimizer.apply(tape.gradient(loss, variables), variables)
            history = history.write(step, each)
        return history.stack()

    def go(steps):
        order = rng.integers(0, n, (steps, batch or 0))
        return run(tf.constant(order)).numpy()

    return go


def train(stack, x, y, steps, optimizer, batch=None, seed=0, xla=False):
    """Take `steps` steps and return losses (steps, members): see `trainer`."""
    return trainer(stack, x, y, optimizer, batch, seed, xla)(steps)


def digits():
    """scikit-learn's 8×8 digits, pixels from 0 to 1: x_train (1437, 64), x_test (360, 64), y_train, y_test."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    return train_test_split((data.data / 16).astype("float32"), data.target, test_size=360, random_state=0)


def band(ax, x, values, style, label=None):
    """Draw the median over members as a line, and from the smallest to the largest as a band: values (members, x)."""
    (line,) = ax.plot(x, np.median(values, axis=0), style, label=label)
    ax.fill_between(x, np.min(values, axis=0), np.max(values, axis=0), color=line.get_color(), alpha=0.3, lw=0)


def accuracy(stack, x, y):
    """Share of (x, y) that each member classifies correctly: (members,)."""
    logits = stack(x).numpy()
    guess = logits[..., 0] > 0 if logits.shape[-1] == 1 else logits.argmax(axis=-1)
    return (guess == np.asarray(y)).mean(axis=1)
