"""From which weights and batches do networks of all frameworks start?"""

from typing import NamedTuple

import numpy as np
from data import digits

STEPS = 20  # of training
KERAS_EPSILON = 1e-7  # Adam's, added to a root that is not corrected yet
BETA_1, BETA_2 = 0.9, 0.999  # Adam's, of the mean and the mean square
NORM_EPSILON = 1e-3  # added to a variance by Keras' batch normalization


class Setting(NamedTuple):
    """The network of a program, and how it trains.

    rule: of the hidden weights; the head's is Glorot uniform. Biases are zero.
    rate: zero where the program trains nothing.
    """

    sizes: tuple  # (n_in, width, ..., n_out)
    activation: str
    rule: str = "glorot_uniform"
    normalized: bool = False  # over the batch, before the activation
    skips: bool = False  # from the second layer on
    optimizer: str = "adam"
    rate: float = 0.0
    batch_size: int = 128
    data: str = "digits"


def list_sizes(depth, width=64):
    """Of a network for the digits."""
    return (64, *[width] * depth, 10)


def round_rate(rate):
    """As Keras holds it: in float32, whatever the weights are."""
    return float(np.float32(rate))


FAST, SLOW = round_rate(0.01), round_rate(0.001)
SETTINGS = {
    "gradient_by_layer": Setting(list_sizes(20), "tanh", "small"),
    "depth": Setting(list_sizes(20), "sigmoid"),
    "what_it_is": Setting(
        (4, 6, 6, 6, 6, 6, 2), "sigmoid", batch_size=64, data="noise"
    ),
    "what_it_is_gradients": Setting(list_sizes(9), "sigmoid"),
    "updates_sgd": Setting(
        list_sizes(9), "sigmoid", optimizer="sgd", rate=round_rate(0.1)
    ),
    "updates_adam": Setting(list_sizes(9), "sigmoid", rate=SLOW),
    "relu": Setting(list_sizes(10), "relu", "he_uniform", rate=SLOW),
    "initialization": Setting(
        list_sizes(20), "tanh", "glorot_normal", rate=SLOW
    ),
    "batch_normalization": Setting(
        list_sizes(10), "sigmoid", normalized=True, rate=SLOW
    ),
    "skip_connections": Setting(
        list_sizes(10), "sigmoid", skips=True, rate=SLOW
    ),
    "optimizer_sgd": Setting(
        list_sizes(5), "sigmoid", optimizer="sgd", rate=1.0, batch_size=64
    ),
    "optimizer_adam": Setting(
        list_sizes(5), "sigmoid", rate=FAST, batch_size=64
    ),
    "tutorial_sigmoid": Setting(
        (2, 8, 8, 1), "sigmoid", rate=SLOW, batch_size=4, data="xor"
    ),
    "tutorial_relu": Setting(
        (2, 8, 8, 1), "relu", rate=SLOW, batch_size=4, data="xor"
    ),
}


class Start(NamedTuple):
    """What a network begins with, in float32."""

    kernels: list  # (n_in, n_out) of each layer
    x: np.ndarray  # (steps, batch, n_in)
    y: np.ndarray  # (steps, batch)


def draw_start(setting, seed):
    """First weights and all batches, drawn by NumPy."""
    rng = np.random.default_rng(seed)
    rules = [setting.rule] * (len(setting.sizes) - 2) + ["glorot_uniform"]
    shapes = zip(setting.sizes, setting.sizes[1:])
    kernels = [draw_weights(*pair, rng) for pair in zip(rules, shapes)]
    return Start(kernels, *draw_data(setting, rng))


def draw_weights(rule, shape, rng):
    """As Keras' initializers of these names do; "small" is its normal one."""
    n_in, n_out = shape
    spread = {
        "small": 0.05,
        "he_uniform": (2 / n_in) ** 0.5,
        "glorot_uniform": (2 / (n_in + n_out)) ** 0.5,
        "glorot_normal": (2 / (n_in + n_out)) ** 0.5,
    }[rule]
    if rule.endswith("uniform"):
        draws = rng.uniform(-(3**0.5), 3**0.5, shape)
    else:
        draws = rng.normal(size=shape)
    return (spread * draws).astype("float32")


def draw_data(setting, rng):
    """A batch for each step: (steps, batch, n_in) and (steps, batch)."""
    shape = (STEPS, setting.batch_size)
    if setting.data == "noise":
        x = rng.normal(size=(*shape, setting.sizes[0])).astype("float32")
        return x, (x[..., 0] * x[..., 1] > 0).astype("int32")
    if setting.data == "xor":  # all four rows at each step
        x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
        y = np.array([0, 1, 1, 0], "int32")
        return np.tile(x, (STEPS, 1, 1)), np.tile(y, (STEPS, 1))
    x_train, _, y_train, _ = digits()
    rows = rng.integers(len(x_train), size=shape)
    return x_train[rows], y_train[rows].astype("int32")


def move_weights(start, seed):
    """Each first weight one unit in the last place up or down."""
    rng = np.random.default_rng(seed)
    moved = []
    for kernel in start.kernels:
        toward = rng.choice([-np.inf, np.inf], kernel.shape)
        moved.append(np.nextafter(kernel, toward.astype("float32")))
    return start._replace(kernels=moved)


def adam_epsilon(step):
    """What others add to the corrected root for what Keras adds before.

    step: from one on.
    """
    return KERAS_EPSILON / (1 - BETA_2**step) ** 0.5


ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


def find_loss(setting, weights, start):
    """Cross-entropy of the first batch, in float64, whatever trained it.

    weights: (kernel, bias, gain) of each layer.
    """
    h = start.x[0].astype("float64")
    last = len(weights) - 1
    for layer, (kernel, bias, gain) in enumerate(weights):
        z = h @ np.asarray(kernel, "float64")
        if setting.normalized and layer < last:
            z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + NORM_EPSILON)
        z = gain * z + np.asarray(bias, "float64")
        a = ACTIVATIONS[setting.activation](z)
        h = h + a if setting.skips and 0 < layer < last else a
    if z.shape[1] == 1:  # one logit: the other class has zero
        z = np.hstack([np.zeros_like(z), z])
    of_label = z[np.arange(len(z)), start.y[0]]
    return np.mean(np.logaddexp.reduce(z, axis=1) - of_label)


def find_differences(ours, theirs):
    """||ours - theirs|| / ||theirs|| of each layer: (seeds, layers).

    Each a list of arrays (seeds, ...), one for each layer.
    """
    by_layer = []
    for our, their in zip(ours, theirs):
        our = np.reshape(our, (len(our), -1)).astype("float64")
        their = np.reshape(their, our.shape).astype("float64")
        gap = np.linalg.norm(our - their, axis=1)
        by_layer.append(gap / np.linalg.norm(their, axis=1))
    return np.stack(by_layer, axis=1)
