"""Does a slope of 0.01 below zero keep ReLU units alive?

Fixed: Adam; XOR with 2-8-8-1; digits with five layers and a rate that silences many units. Varies: the slope alpha.
500 seeds on XOR, ten on digits. The figure shows the share of units that no training digit turns on.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, accuracy, digits, losses, train

SEEDS = range(10)
XOR_SEEDS = range(500)
xor_steps, depth, width, steps, half, batch, rate, small, large = 3000, 5, 64, 300, 150, 128, 0.03, 0.01, 0.2
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
x_train, x_test, y_train, y_test = digits()


def silent(stack, x):
    """Which hidden units are positive for no sample: (layers, seeds, units)."""
    return np.array([(z.numpy() <= 0).all(axis=1) for z in stack.forward(x)[1][:-1]])


# --8<-- [start:measure]
failed = []  # shares of seeds
for alpha in (small, 0):  # plain ReLU last: its networks are looked at below
    xor = Stack((2, 8, 8, 1), XOR_SEEDS, slope=alpha)
    unsolved = train(xor, X, Y, xor_steps, keras.optimizers.Adam(0.001))[-1] > 0.1
    failed.append(unsolved.mean())
shares, back, no_gradient, relative, accuracies = [], [], [], [], []
for alpha in (0, small, large):
    deep = Stack((64, *[width] * depth, 10), SEEDS, initializer="he_normal", slope=alpha)
    adam = keras.optimizers.Adam(rate)
    train(deep, x_train, y_train, half, adam, batch)
    middle = silent(deep, x_train)
    train(deep, x_train, y_train, steps - half, adam, batch, seed=1)
    end = silent(deep, x_train)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(losses(deep(tf.constant(x_train)), y_train))
    by_weight = tape.gradient(loss, deep.kernels[:-1])  # dL/dW; its norm for the weights into each unit:
    norm = np.linalg.norm([np.asarray(g, "float64") for g in by_weight], axis=2)  # (layers, seeds, units)
    shares.append(end.mean(axis=(0, 2)))  # (seeds,)
    back.append((middle & ~end).sum() / middle.sum())
    no_gradient.append((norm == 0).mean())
    relative.append(np.median(norm[end]) / np.median(norm[~end]))
    accuracies.append(accuracy(deep, x_test, y_test))
# --8<-- [end:measure]

failed_leaky, failed_relu = failed
xor_silent_relu, xor_silent_failed = silent(xor, X).mean(), silent(xor, X)[:, unsolved].mean()
relu, leaky_small, leaky_large = (np.median(s) for s in shares)
large_low, large_high = shares[2].min(), shares[2].max()
(back_relu, back_small, back_large), (no_gradient_relu, no_gradient_small, _) = back, no_gradient
relative_small = relative[1]
accuracy_relu, accuracy_small, accuracy_large = (np.median(a) for a in accuracies)
accuracy_relu_low, accuracy_small_high, accuracy_large_low = (f(a) for f, a in zip((min, max, min), accuracies))

fig, ax = plt.subplots()
for i, share in enumerate(shares):
    ax.plot(i + np.linspace(-0.15, 0.15, len(share)), share, "C1s", ls="")
    ax.hlines(np.median(share), i - 0.3, i + 0.3, color="C0")
ax.set(title="Units positive for no training digit", xlabel="slope alpha", ylabel="share of units", ylim=0)
ax.set_xticks(range(3), ["0 (ReLU)", small, large])
fig.savefig("leaky_relu.svg")
