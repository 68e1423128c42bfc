"""How do you train a hundred networks for the price of one?

Independent dense networks, one per seed, held as one Keras model: every kernel
has a leading axis of members, so one matrix product moves all of them a step.
The loss is summed over members, so no member's gradient depends on another.
"""

import keras
import numpy as np
import tensorflow as tf


def draw(initializer, shape, seed):
    """Draw one kernel of `shape` (n_in, n_out). `initializer` is Keras' name or a function of the seed."""
    if isinstance(initializer, str):
        config = {"class_name": initializer, "config": {"seed": seed}}
        return keras.initializers.get(config)(shape)
    return initializer(seed)(shape)


class Stack(keras.Model):
    """Independent dense networks of the same shape, one per seed.

    sizes: (n_in, width, ..., n_out), the same for every member.
    seeds: one integer per member; members with equal seeds start equal.
    activation: of the hidden layers; the head is linear and gives logits.
    initializer: of the hidden kernels; the head keeps Keras' default, Glorot uniform.
    batch_norm: normalize each hidden pre-activation over the batch, per member.
    skip: add each hidden layer's input to its output, from the second layer on.
    """

    def __init__(self, sizes, seeds, activation="relu", initializer="glorot_uniform", batch_norm=False, skip=False):
        super().__init__()
        seeds, (n_in, *widths, n_out) = list(seeds), sizes
        if not seeds or not widths:
            raise ValueError(f"a stack needs a seed and a hidden layer, got sizes={sizes}, seeds={seeds}")
        if skip and len(set(widths)) > 1:
            raise ValueError(f"skip connections need hidden layers of one width, got {widths}")
        self.skip, self.members = skip, len(seeds)
        self.activation = keras.activations.get(activation)
        self.hidden = [self.dense(i, width, bias=not batch_norm) for i, width in enumerate(widths)]
        self.norms = [keras.layers.BatchNormalization(momentum=0.9) for _ in widths] if batch_norm else []
        self.head = self.dense(len(widths), n_out)
        self(tf.zeros((1, n_in)))
        for i, (layer, shape) in enumerate(zip([*self.hidden, self.head], zip(sizes, sizes[1:]), strict=False)):
            rule = initializer if i < len(widths) else "glorot_uniform"
            kernels = [draw(rule, shape, 1000 * seed + i) for seed in seeds]
            layer.kernel.assign(np.stack(kernels))  # (members, n_in, n_out)

    def dense(self, i, width, bias=True):
        equation = "beo" if i else "bo"
        equation = f"{equation[:-1]}i,eio->beo"  # the first layer broadcasts the input to all members
        return keras.layers.EinsumDense(equation, (self.members, width), bias_axes="eo" if bias else None)

    def forward(self, x, training=False):
        """x (batch, n_in) -> logits (batch, members, n_out), and z of every layer, head last.

        z is what enters the activation: with batch normalization, the normalized value.
        """
        h, zs = x, []
        for i, layer in enumerate(self.hidden):
            z = layer(h)  # (batch, members, width)
            if self.norms:  # one flat axis, so that no member's statistics touch another's
                flat = tf.reshape(z, (-1, z.shape[1] * z.shape[2]))
                z = tf.reshape(self.norms[i](flat, training=training), tf.shape(z))
            zs.append(z)
            h = h + self.activation(z) if self.skip and i else self.activation(z)
        logits = self.head(h)
        return logits, [*zs, logits]

    def call(self, x, training=False):
        return self.forward(x, training)[0]

    @property
    def kernels(self):
        """The kernels, nearest the input first: a list of (members, n_in, n_out)."""
        return [layer.kernel for layer in [*self.hidden, self.head]]


def losses(logits, y):
    """Mean cross-entropy over the batch, per member: logits (batch, members, n_out), y (batch,) -> (members,)."""
    if logits.shape[-1] == 1:
        each = tf.nn.sigmoid_cross_entropy_with_logits(
            tf.cast(y, logits.dtype)[:, None] + 0 * logits[..., 0], logits[..., 0]
        )
    else:
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(
            tf.repeat(tf.cast(y, tf.int32)[:, None], logits.shape[1], axis=1), logits
        )
    return tf.reduce_mean(each, axis=0)


def norms(tensors, member_axis):
    """Euclidean norm per member, in float64 since float32 squares underflow: list of tensors -> (members, layers)."""
    moved = [np.moveaxis(np.asarray(t, "float64"), member_axis, 0) for t in tensors]
    return np.stack([np.sqrt((t.reshape(len(t), -1) ** 2).sum(axis=1)) for t in moved], axis=1)


def gradient_norms(stack, x, y, training=True):
    """Norms of dL/dW and of dL/dz on the batch (x, y), layer 1 nearest the input: two arrays (members, layers)."""
    with tf.GradientTape() as tape:
        logits, zs = stack.forward(tf.constant(x), training)
        loss = tf.reduce_sum(losses(logits, y))
    by_weight, by_preactivation = tape.gradient(loss, (stack.kernels, zs))
    return norms(by_weight, member_axis=0), norms(by_preactivation, member_axis=1)


def train(stack, x, y, steps, optimizer, batch=None, seed=0):
    """Take `steps` steps, all members on the same batches (the whole data without `batch`). Losses (steps, members)."""
    n = len(x)
    order = np.random.default_rng(seed).integers(0, n, (steps, batch)) if batch else np.tile(np.arange(n), (steps, 1))
    x, y, order = tf.constant(x), tf.constant(y), tf.constant(order)
    variables = stack.trainable_variables
    optimizer.build(variables)

    @tf.function
    def run():
        history = tf.TensorArray(tf.float32, steps)
        for step in tf.range(steps):
            picked = order[step]
            with tf.GradientTape() as tape:
                each = losses(stack.forward(tf.gather(x, picked), training=True)[0], tf.gather(y, picked))
                loss = tf.reduce_sum(each)
            optimizer.apply(tape.gradient(loss, variables), variables)
            history = history.write(step, each)
        return history.stack()

    return run().numpy()


def accuracy(stack, x, y):
    """Share of (x, y) that each member classifies correctly: (members,)."""
    logits = stack(tf.constant(x)).numpy()
    guess = logits[..., 0] > 0 if logits.shape[-1] == 1 else logits.argmax(axis=-1)
    return (guess == np.asarray(y)[:, None]).mean(axis=0)
