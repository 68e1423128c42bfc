"""Is a member of a stack the network that Keras would have trained alone?

Fixed: XOR, 2-8-8-1, sigmoid, Glorot, Adam, 100 steps. Varies: how the members' losses are joined, sum or mean.
100 seeds train together; the first five are trained alone as well, from the same weights.
The figure shows the largest difference between a member's weights and those of its separate model, step by step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, band, losses

SEEDS = range(100)
ALONE_SEEDS = range(5)
sizes, steps, rate = (2, 8, 8, 1), 100, 0.001
X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])


# --8<-- [start:alone]
def alone(start):
    """Kernels of a separate model, from `start` to the last step: steps + 1 lists."""
    layers = [keras.layers.Dense(width, "sigmoid") for width in sizes[1:]]
    model = keras.Sequential([keras.Input((2,)), *layers])
    for layer, kernel in zip(layers, start):
        layer.kernel.assign(kernel)
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy")
    return [([layer.kernel.numpy() for layer in layers], model.train_on_batch(X, y))[0] for _ in range(steps + 1)]


# --8<-- [end:alone]
def together(seeds, join):
    """The same of all members at once, and how many operations TensorFlow starts for one step."""
    stack, adam = Stack(sizes, seeds, "sigmoid"), keras.optimizers.Adam(rate)
    variables = stack.trainable_variables
    adam.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = join(losses(stack(X), y))
        adam.apply(tape.gradient(loss, variables), variables)

    path = [(list(map(np.array, stack.kernels)), step())[0] for _ in range(steps + 1)]
    return path, len(step.get_concrete_function().graph.get_operations())


def apart(path, other, member):
    """Largest difference of a member's kernels from others, (steps + 1,)."""
    return [max(np.abs(a[member] - b).max() for a, b in zip(now, then)) for now, then in zip(path, other)]


(by_sum, operations), (by_mean, _) = together(SEEDS, tf.reduce_sum), together(SEEDS, tf.reduce_mean)
more_operations = operations / together(SEEDS[:1], tf.reduce_sum)[1]  # against a stack of one
twins = [alone([kernel[i] for kernel in by_sum[0]]) for i in range(len(ALONE_SEEDS))]
summed, averaged = (np.array([apart(path, t, i) for i, t in enumerate(twins)]) for path in (by_sum, by_mean))
sum_apart, mean_apart = summed[:, -1], averaged[:, -1]  # after the last step, one per separate model
others, _ = together([*SEEDS[:-1], SEEDS[-1] + 5000], tf.reduce_sum)  # one member changed
influence = max(np.abs(a - b)[:-1].max() for a, b in zip(by_sum[-1], others[-1]))
spread, right_spread = by_sum[0][1].std(axis=(1, 2)), (2 / 16) ** 0.5  # of 8x8 kernels; Glorot's
whole_spread = np.std(keras.initializers.GlorotUniform(0)((100, 8, 8)))  # the whole stack's weights drawn as one

fig, ax = plt.subplots()
band(ax, range(1, steps + 1), averaged[:, 1:], "C1--", "joined by their mean")
band(ax, range(1, steps + 1), np.maximum(summed[:, 1:], 1e-9), "C0-", "joined by their sum")  # a log axis has no 0
ax.set(yscale="log", xlabel="step", ylabel="largest difference of a weight")
ax.set_title("A member and the network trained alone")
ax.legend(loc="center right")
fig.savefig("a_hundred_networks.svg")
