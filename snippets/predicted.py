"""What do two recursions predict for skips and for centered sigmoids?

Fixed: width 128, random inputs, before training. Varies: a ReLU network with
skips, unscaled and scaled by 1/sqrt(depth); a sigmoid network whose weights
are four times orthogonal, with biases that center it. Ten seeds, each with
weights and inputs of its own. Nothing is drawn.
"""

import keras
import numpy as np
import tensorflow as tf
from data import draw_noise
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, gradient_norms

SEEDS = range(10)
width = 128
batch_size = 128
depth = 20  # of the sigmoid network
skips_depth = 30
gain = 4  # one over the sigmoid's slope at zero


# --8<-- [start:skips]
def predict_spreads(depth, scale):
    """The spread of a layer's outputs, by layer, with skips: (depth,).

    m and q are the mean and the mean square of the outputs. With He's weights
    z is N(0, 2q): a branch has the mean sqrt(q / pi) and the mean square q.
    """
    m, q = np.pi**-0.5, 1.0  # the first layer's, without a skip
    spreads = [np.sqrt(q - m**2)]
    for _ in range(depth - 1):
        branch = np.sqrt(q / np.pi)
        q = q + 2 * scale * m * branch + scale**2 * q
        m = m + scale * branch
        spreads.append(np.sqrt(q - m**2))
    return np.array(spreads)
    # --8<-- [end:skips]


spreads = predict_spreads(skips_depth, 1)
unscaled = (spreads[-1] / spreads[0]) ** (1 / (skips_depth - 1))
scaled = {}  # last spread over first
for d in (10, 30, 100, 400):
    spreads = predict_spreads(d, d**-0.5)
    scaled[f"at_{d}"] = spreads[-1] / spreads[0]


# --8<-- [start:centered]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def mean_square(function, variance):
    """The mean of function(z)² over z ~ N(0, variance)."""
    return gaussian_mean(lambda u: function(np.sqrt(variance) * u) ** 2)


def predict_centered():
    """Factor of dL/dz per layer: the weights see the sigmoid less 1/2."""
    q = gain**2 / 2**2  # inputs of standard deviation 1/2
    factors = []
    for _ in range(depth - 1):
        factors.append(gain * np.sqrt(mean_square(slope, q)))
        q = gain**2 * mean_square(lambda z: sigmoid(z) - 0.5, q)
    return np.exp(np.log(factors).mean())
    # --8<-- [end:centered]


# --8<-- [start:measure]
def draw_orthogonal(seed):
    return keras.initializers.Orthogonal(gain, seed)


sizes = (width, *[width] * depth, 10)
stack = Stack(sizes, SEEDS, "sigmoid", draw_orthogonal)
for kernel, bias in zip(stack.kernels[1:-1], stack.biases[1:-1]):
    bias.assign(-0.5 * tf.reduce_sum(kernel, axis=1, keepdims=True))
x, y = draw_noise(batch_size, width, SEEDS)
centered = factor_per_layer(gradient_norms(stack, x / 2, y).z[:, :depth])
centered_theory = predict_centered()
# --8<-- [end:measure]

gate = sigmoid(1.0)  # an LSTM's forget gate with Keras' bias
