"""How do you train many transformers at once?

Like `Stack` they are independent networks, one per seed, in one Keras layer,
and the same functions train and measure them: `train`, `accuracy`,
`gradient_norms`. Inputs are digits of 64 pixels, whose rows are eight tokens.
"""

import keras
import numpy as np
import tensorflow as tf
from stack import EPSILON, draw_kernels


def standardize(values):
    """Each token's values with mean zero and variance one."""
    mean, variance = tf.nn.moments(values, [-1], keepdims=True)
    return (values - mean) * tf.math.rsqrt(variance + EPSILON)


def divide_by_rms(values):
    """Each token's values with a mean square of one."""
    square = tf.reduce_mean(values**2, axis=-1, keepdims=True)
    return values * tf.math.rsqrt(square + EPSILON)


class TransformerStack(keras.layers.Layer):
    """Blocks of self-attention and two dense layers, each with a way around.

    seeds: an integer per member, as of a `Stack`.
    place: of normalization: "post", after the sum of path and branch; "pre",
        where a branch begins, and once before the head; or None.
    normalize: standardize, or divide_by_rms.
    scale: what branches are multiplied by.
    Kernels are Glorot uniform, each member's drawn by itself. Normalization has
    no learned scale and shift.
    """

    def __init__(
        self,
        depth,
        width,
        seeds,
        place="pre",
        normalize=standardize,
        scale=1,
        heads=4,
    ):
        super().__init__()
        self.depth = depth
        self.seeds = list(seeds)
        self.place = place
        self.normalize = normalize
        self.scale = scale
        self.heads = heads

        # Each (members, n_in, n_out)
        self.kernels = []
        shapes = [
            (width, 3 * width),  # queries, keys and values
            (width, width),
            (width, 2 * width),
            (2 * width, width),
        ]
        rules = ["glorot_uniform"] * len(self.seeds)
        for layer, shape in enumerate(
            [(8, width), *shapes * depth, (width, 10)]
        ):
            layer_seeds = [1000 * seed + layer for seed in self.seeds]
            values = draw_kernels(rules, shape, layer_seeds)
            self.kernels.append(self.add_values(values))
        self.bias = self.add_values(np.zeros((len(self.seeds), 1, 10)))
        generators = [np.random.default_rng(seed) for seed in self.seeds]
        positions = [rng.normal(size=(8, width)) for rng in generators]
        self.positions = self.add_values(np.stack(positions))

    def add_values(self, values):
        """A weight that starts with these values."""
        weight = self.add_weight(shape=values.shape, initializer="zeros")
        weight.assign(values)
        return weight

    def forward(self, x, training=False):
        """Logits (members, batch, 10), and the output of every block.

        x: (batch, 64), or one batch for each member. An output: (members,
        batch, tokens, width).
        """
        x = tf.cast(x, "float32")
        x = x[None] if len(x.shape) == 2 else x
        tokens = tf.reshape(x, (x.shape[0], -1, 8, 8))
        kernels = [kernel[:, None] for kernel in self.kernels]
        h = tokens @ kernels[0] + self.positions[:, None]
        outputs = []
        for block in range(self.depth):
            mix, join, widen, narrow = kernels[1 + 4 * block : 5 + 4 * block]
            h = self.add(h, self.attend(self.enter(h) @ mix) @ join)
            h = self.add(h, tf.nn.relu(self.enter(h) @ widen) @ narrow)
            outputs.append(h)
        if self.place == "pre":
            h = self.normalize(h)
        pooled = tf.reduce_mean(h, axis=2)  # over tokens
        return pooled @ self.kernels[-1] + self.bias, outputs

    def call(self, x, training=False):
        logits, _ = self.forward(x, training)
        return logits

    def enter(self, h):
        """What a branch starts from."""
        return self.normalize(h) if self.place == "pre" else h

    def add(self, h, change):
        """The path h and what a branch computed, added."""
        total = h + self.scale * change
        return self.normalize(total) if self.place == "post" else total

    def attend(self, mixed):
        """Self-attention: (..., tokens, 3 * width) to (..., tokens, width).

        mixed: of each head its queries, keys and values, side by side.
        """
        parts = tf.split(mixed, 3 * self.heads, axis=-1)
        query, key, value = (tf.stack(parts[i::3], axis=2) for i in range(3))
        logits = tf.matmul(query, key, transpose_b=True)
        shares = tf.nn.softmax(logits * query.shape[-1] ** -0.5)
        return tf.concat(tf.unstack(shares @ value, axis=2), axis=-1)
