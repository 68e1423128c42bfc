"""What does Keras make of weights and batches that all frameworks share?"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from same_start import (
    BETA_1,
    BETA_2,
    SETTINGS,
    STEPS,
    draw_start,
    find_differences,
    find_loss,
    move_weights,
)
from stack import Stack, gradients, losses


def stack_starts(setting, starts, dtype):
    """Keras networks of these weights, one for each start."""
    stack = Stack(
        setting.sizes,
        range(len(starts)),
        setting.activation,
        lambda seed: np.zeros,  # the drawn ones come below
        normalization="batch" if setting.normalized else None,
        skip=int(setting.skips),
        dtype=dtype,
    )
    for layer, kernel in enumerate(stack.kernels):
        kernel.assign(np.stack([start.kernels[layer] for start in starts]))
    return stack


def keras_gradients(setting, starts, dtype):
    """dL/dW and dL/dz of the first batch, both in one list.

    An array (starts, ...) for each layer and kind.
    """
    stack = stack_starts(setting, starts, dtype)
    x = np.stack([start.x[0] for start in starts])
    y = np.stack([start.y[0] for start in starts])
    found = gradients(stack, x, y)
    return [g.numpy() for g in (*found.kernels, *found.z)]


def keras_weights(setting, starts, dtype):
    """(kernel, bias, gain) of each layer after all steps, for each start."""
    stack = stack_starts(setting, starts, dtype)
    kind = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    optimizer = kind[setting.optimizer](setting.rate)
    variables = stack.trainable_variables
    optimizer.build(variables)

    @tf.function
    def take_step(x_now, y_now):
        with tf.GradientTape() as tape:
            logits, _ = stack.forward(x_now, training=True)
            loss = tf.reduce_sum(losses(logits, y_now))
        optimizer.apply(tape.gradient(loss, variables), variables)

    x = np.stack([start.x for start in starts], axis=1)  # (steps, starts, ...)
    y = np.stack([start.y for start in starts], axis=1)
    for batch in zip(tf.constant(x), tf.constant(y)):
        take_step(*batch)
    return list_weights_by_start(stack)


def list_weights_by_start(stack):
    """(kernel, bias, gain) of each layer, for each start."""
    kernels = [kernel.numpy() for kernel in stack.kernels]
    biases = [bias.numpy() for bias in stack.biases]
    gains = [gain.numpy() for gain in getattr(stack, "gains", [])]
    gains += [np.ones_like(bias) for bias in biases[len(gains) :]]
    by_layer = [list(zip(*layer)) for layer in zip(kernels, biases, gains)]
    return list(zip(*by_layer))


def keras_corrections(dtype):
    """Adam's correction as Keras computes it over the exact one: (steps,).

    Keras rounds both betas to float32, whatever the weights are, and takes
    their powers in the weights' precision.
    """
    steps = np.arange(1, STEPS + 1)
    exact = np.sqrt(1 - BETA_2**steps) / (1 - BETA_1**steps)
    power_1, power_2 = [
        keras.ops.power(
            keras.ops.cast(beta, dtype), keras.ops.cast(steps, dtype)
        )
        for beta in (BETA_1, BETA_2)
    ]
    rounded = keras.ops.sqrt(1 - power_2) / (1 - power_1)
    return rounded.numpy().astype("float64") / exact


class Agreement(NamedTuple):
    """Of another framework with Keras: for each setting an array (seeds,).

    double, single: the largest difference of a layer's gradient, relative, in
        float64 and in float32.
    rounding: the other framework's own, float32 against float64.
    of_tolerance: the differences in float32 over twice Keras' own rounding,
        where that is largest.
    double_loss: relative difference of the losses after training in float64.
    loss: their difference in float32 over the spread that last digits cause,
        with Adam's correction as Keras rounds it.
    own_loss: the same with the other framework's own correction.
    rounding_loss: of Keras, float32 against float64, in the same unit.
    """

    double: dict
    single: dict
    rounding: dict
    of_tolerance: dict
    double_loss: dict
    loss: dict
    own_loss: dict
    rounding_loss: dict


def compare_gradients(agreement, name, starts, their_gradients):
    """Fill in what the gradients of one setting say."""
    setting, theirs, ours = SETTINGS[name], {}, {}
    for dtype in ("float32", "float64"):
        theirs[dtype] = their_gradients(setting, starts, dtype)
        ours[dtype] = keras_gradients(setting, starts, dtype)
    single = find_differences(theirs["float32"], ours["float32"])
    double = find_differences(theirs["float64"], ours["float64"])
    rounding = find_differences(theirs["float32"], theirs["float64"])
    our_rounding = find_differences(ours["float32"], ours["float64"])
    of_tolerance = single / (2 * our_rounding)  # (seeds, layers)
    agreement.double[name] = double.max(axis=1)
    agreement.single[name] = single.max(axis=1)
    agreement.rounding[name] = rounding.max(axis=1)
    agreement.of_tolerance[name] = of_tolerance.max(axis=1)


def list_losses(setting, starts, weights):
    """After training, of the first batch, in float64: (starts,)."""
    pairs = zip(weights, starts)
    return np.array([find_loss(setting, *pair) for pair in pairs])


def train_copies(setting, starts, moves):
    """Losses (starts,) of Keras in float32, and their spread (starts,) over
    copies whose first weights differ in the last place.
    """
    copies = [
        move_weights(start, seed) for start in starts for seed in range(moves)
    ]
    both = starts + copies
    found = list_losses(setting, both, keras_weights(setting, both, "float32"))
    loss, of_copies = found[: len(starts)], found[len(starts) :]
    return loss, of_copies.reshape(len(starts), moves).std(axis=1)


def compare_losses(agreement, name, starts, their_weights, moves):
    """Fill in what the losses of one setting say after training."""
    setting = SETTINGS[name]

    def train_theirs(dtype, corrections):
        weights = their_weights(setting, starts, dtype, corrections)
        return list_losses(setting, starts, weights)

    ours, spread = train_copies(setting, starts, moves)
    same = train_theirs("float32", keras_corrections("float32"))
    own = same
    if setting.optimizer == "adam":
        own = train_theirs("float32", np.ones(STEPS))
    agreement.loss[name] = np.abs(same - ours) / spread
    agreement.own_loss[name] = np.abs(own - ours) / spread

    weights = keras_weights(setting, starts, "float64")
    ours_double = list_losses(setting, starts, weights)
    same = train_theirs("float64", keras_corrections("float64"))
    agreement.double_loss[name] = np.abs(same / ours_double - 1)
    agreement.rounding_loss[name] = np.abs(ours - ours_double) / spread


def compare_with_keras(seeds, moves, their_gradients, their_weights):
    """The Agreement of a framework, from the same weights and batches."""
    agreement = Agreement(*[{} for _ in Agreement._fields])
    for name, setting in SETTINGS.items():
        starts = [draw_start(setting, seed) for seed in seeds]
        compare_gradients(agreement, name, starts, their_gradients)
        if setting.rate:
            compare_losses(agreement, name, starts, their_weights, moves)
    return agreement
