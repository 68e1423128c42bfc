"""How do you train recurrent networks of many seeds at once?

One recurrent layer and a linear head on its last state, a network per seed.
Every weight has a leading axis of members, as in `stack.py`. Time comes first
in data: (time, members, batch, features).
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from stack import draw_kernels, list_per_member, losses


# --8<-- [start:cells]
def step_simple(activation, x, from_state, states):
    """A unit has one pre-activation z, the sum of its two shares."""
    return (activation(x + from_state),)


def step_lstm(x, from_state, states):
    """z has the parts input gate, forget gate, candidate, output gate."""
    _, c = states
    i, f, g, o = tf.split(x + from_state, 4, axis=-1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    return tf.sigmoid(o) * tf.tanh(c), c


def step_gru(x, from_state, states):
    """The parts are update gate, reset gate, candidate."""
    (h,) = states
    x_update, x_reset, x_new = tf.split(x, 3, axis=-1)
    h_update, h_reset, h_new = tf.split(from_state, 3, axis=-1)
    keep = tf.sigmoid(x_update + h_update)
    new = tf.tanh(x_new + tf.sigmoid(x_reset + h_reset) * h_new)
    return (keep * h + (1 - keep) * new,)


# --8<-- [end:cells]


class Cell(NamedTuple):
    """What a kind of layer does in one step of time."""

    step: Callable  # (x, from_state, states) -> states, h first
    num_states: int
    num_parts: int  # of z
    keeper: int | None = None  # the part whose gate keeps the state
    keep: float = 0  # its bias in Keras


CELLS = {
    "tanh": Cell(partial(step_simple, tf.tanh), 1, 1),
    "relu": Cell(partial(step_simple, tf.nn.relu), 1, 1),
    "lstm": Cell(step_lstm, 2, 4, keeper=1, keep=1),
    "gru": Cell(step_gru, 1, 3, keeper=0),
}


class Recurrent(keras.layers.Layer):
    """Independent recurrent networks of one shape, one per seed.

    cell: a key of CELLS. Its steps are those of Keras' layers.
    sizes: (n_in, units, n_out).
    seeds: an integer per member. Members of equal seeds and rules start equal,
        and train on equal batches.
    initializer: of the recurrent kernel, Keras' name or a function that takes
        a seed and returns an initializer. Other kernels are Glorot uniform.
    keep: bias of the gate that keeps the state, which is LSTM's forget gate
        and GRU's update gate: a number, or a list, one per member. Without it
        Keras' own.
    """

    def __init__(self, cell, sizes, seeds, initializer="orthogonal", keep=None):
        super().__init__()
        self.cell = CELLS[cell]
        self.seeds = list(seeds)
        num_features, self.units, num_classes = sizes
        members = len(self.seeds)
        width = self.cell.num_parts * self.units

        # One kernel for all parts of z, as Keras draws them
        glorot = "glorot_uniform"
        self.kernel = self.add_kernels(glorot, (num_features, width), 0)
        self.recurrent = self.add_kernels(initializer, (self.units, width), 1)
        self.head = self.add_kernels(glorot, (self.units, num_classes), 2)

        bias = np.zeros((members, 1, self.cell.num_parts, self.units))
        if self.cell.keeper is not None:
            keep = self.cell.keep if keep is None else keep
            keep = np.array(list_per_member(keep, members, "keep"))
            bias[:, :, self.cell.keeper] = keep[:, None, None]
        self.bias = self.add_values(bias.reshape(members, 1, width))

    def add_kernels(self, rule, shape, number):
        """A kernel for each member, (members, *shape)."""
        seeds = [1000 * seed + number for seed in self.seeds]
        return self.add_values(draw_kernels([rule] * len(seeds), shape, seeds))

    def add_values(self, values):
        """A weight of the layer that starts with these values."""
        weight = self.add_weight(shape=values.shape, initializer="zeros")
        weight.assign(values)
        return weight

    def forward(self, x, cut=None, paths=None):
        """Logits (members, batch, n_out), and the input's share of every z.

        x: (time, members, batch, n_in). The share is (time, members, batch,
        parts times units); its gradient is dL/dz.
        cut: so many steps before the end no gradient passes.
        paths: the parts of z through which a gradient may pass to the state
            before; without it all.
        """
        x = tf.cast(x, self.compute_dtype)
        share = x @ self.kernel + self.bias
        time = len(x)
        parts = range(self.cell.num_parts)
        is_open = [float(paths is None or part in paths) for part in parts]
        is_open = np.repeat(np.array(is_open, "float32"), self.units)

        def take_step(now, *states):
            if cut is not None:
                states = [
                    tf.where(now == time - cut, tf.stop_gradient(state), state)
                    for state in states
                ]
            from_state = states[0] @ self.recurrent
            blocked = tf.stop_gradient((1 - is_open) * from_state)
            from_state = is_open * from_state + blocked
            return now + 1, *self.cell.step(share[now], from_state, states)

        zero = tf.zeros((*share.shape[1:3], self.units))
        _, h, *_ = tf.while_loop(
            lambda now, *_: now < time,
            take_step,
            (0, *[zero] * self.cell.num_states),
            maximum_iterations=time,
        )
        return h @ self.head, share

    def call(self, x):
        logits, _ = self.forward(x)
        return logits


def draw_recall(rng, lag, before=0, batch_size=32):
    """Sequences that show a cue, and `lag` steps later ask which it was.

    x: (time, batch, 8), a symbol at each step. The cue is one of four; what
        comes after it, and `before` steps of what comes first, are four others.
    y: (batch,), which cue.
    """
    symbols = rng.integers(4, 8, (before + 1 + lag, batch_size))
    y = rng.integers(0, 4, batch_size)
    symbols[before] = y
    return np.eye(8, dtype="float32")[symbols], y


def make_generators(seeds, number):
    """A generator of random numbers for each seed."""
    return {seed: np.random.default_rng([seed, number]) for seed in seeds}


def draw_batch(draw, generators, seeds):
    """A batch for each member: x (time, members, ...), y (members, batch).

    generators: of each seed; members of equal seeds get the same.
    """
    drawn = {seed: draw(rng) for seed, rng in generators.items()}
    x, y = zip(*[drawn[seed] for seed in seeds])
    return np.stack(x, axis=1), np.stack(y)


def draw_apart(draw, seeds):
    """A batch for each member that `train` does not draw."""
    generators = make_generators(seeds, 1)
    return draw_batch(draw, generators, seeds)


class History(NamedTuple):
    """What happened in training: (steps, members) each."""

    losses: np.ndarray
    norms: np.ndarray  # of dL/dW over all weights, before clipping


def norm_per_member(tensors):
    """Norm over all tensors of each member: (members,)."""
    squares = [tf.reduce_sum(each**2, axis=[1, 2]) for each in tensors]
    return tf.sqrt(tf.add_n(squares))


def train(stack, draw, steps, optimizer, limits=None, cut=None):
    """Take so many steps, each on a fresh batch, and return their History.

    draw: from a generator of random numbers x (time, batch, n_in) and labels
        y (batch,). Each seed has a generator of its own.
    limits: of the norm of each member's whole gradient, (members,).
    cut: as in `Recurrent.forward`.
    """
    variables = stack.trainable_variables
    optimizer.build(variables)
    generators = make_generators(stack.seeds, 0)

    @tf.function(jit_compile=True)
    def take_step(x, y):
        with tf.GradientTape() as tape:
            logits, _ = stack.forward(x, cut)
            each = losses(logits, y)
            loss = tf.reduce_sum(each)
        gradients = tape.gradient(loss, variables)
        norms = norm_per_member(gradients)
        if limits is not None:
            factors = tf.minimum(1.0, limits / norms)[:, None, None]
            gradients = [factors * gradient for gradient in gradients]
        optimizer.apply(gradients, variables)
        return each, norms

    history = []
    for _ in range(steps):
        x, y = draw_batch(draw, generators, stack.seeds)
        history.append(take_step(x, y))
    return History(*[np.array(found) for found in zip(*history)])


def gradient_by_step(stack, x, y, **options):
    """Norms of dL/dz at each step of time: (members, time), in float64.

    options: of `Recurrent.forward`.
    """
    with tf.GradientTape() as tape:
        logits, share = stack.forward(x, **options)
        loss = tf.reduce_sum(losses(logits, y))
    by_step = tape.gradient(loss, share).numpy().astype("float64")
    return np.linalg.norm(by_step, axis=(2, 3)).T  # over samples and units
