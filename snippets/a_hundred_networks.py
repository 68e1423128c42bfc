"""Is a member of a stack the network that Keras would have trained alone?

Fixed: XOR, 2-8-8-1, sigmoid, Glorot, Adam, 100 steps. Varies: how the members'
losses are joined, sum or mean. 100 seeds train together; the first five are
trained alone as well, from the same weights. The figure shows the largest
difference between a member's weights and those of its separate model, step by
step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from bands import draw_band
from stack import Stack, losses

SEEDS = range(100)
ALONE_SEEDS = range(5)
sizes = (2, 8, 8, 1)
steps = 100
rate = 0.001

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([0, 1, 1, 0])


# --8<-- [start:alone]
def train_alone(start):
    """Kernels of a separate model before each step: (steps + 1) lists.

    start: the kernels that it starts from.
    """
    layers = [keras.layers.Dense(width, "sigmoid") for width in sizes[1:]]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy")
    for layer, kernel in zip(layers, start):
        layer.kernel.assign(kernel)

    path = []
    for _ in range(steps + 1):
        path.append([layer.kernel.numpy() for layer in layers])
        model.train_on_batch(x, y)
    return path
    # --8<-- [end:alone]


def train_together(seeds, join):
    """The same of all members at once, each kernel (members, n_in, n_out).

    join: of the members' losses, sum or mean.
    Also how many operations TensorFlow starts for one step.
    """
    stack = Stack(sizes, seeds, "sigmoid")
    adam = keras.optimizers.Adam(rate)
    variables = stack.trainable_variables
    adam.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = join(losses(stack(x), y))
        adam.apply(tape.gradient(loss, variables), variables)

    path = []
    for _ in range(steps + 1):
        path.append([np.array(kernel) for kernel in stack.kernels])
        step()
    graph = step.get_concrete_function().graph
    return path, len(graph.get_operations())


def compare(path, alone, member):
    """Largest difference of a member's kernels at each step: (steps + 1,)."""
    found = []
    for together, apart in zip(path, alone):
        differences = [
            np.abs(stacked[member] - kernel).max()
            for stacked, kernel in zip(together, apart)
        ]
        found.append(max(differences))
    return found


# Train all members together, and some of them alone.
by_sum, operations = train_together(SEEDS, tf.reduce_sum)
by_mean, _ = train_together(SEEDS, tf.reduce_mean)
summed, averaged = [], []
for member in range(len(ALONE_SEEDS)):
    alone = train_alone([kernel[member] for kernel in by_sum[0]])
    summed.append(compare(by_sum, alone, member))
    averaged.append(compare(by_mean, alone, member))
summed = np.array(summed)  # (separate models, steps + 1)
averaged = np.array(averaged)
sum_apart = summed[:, -1]  # after the last step
mean_apart = averaged[:, -1]

# Does a member notice that another one is replaced?
replaced = [*SEEDS[:-1], SEEDS[-1] + 5000]
others, _ = train_together(replaced, tf.reduce_sum)
influence = max(
    np.abs(kernel - other)[:-1].max()
    for kernel, other in zip(by_sum[-1], others[-1])
)

# The spread of each member's 8x8 kernel, and of the array drawn as one.
spread = by_sum[0][1].std(axis=(1, 2))  # (seeds,)
right_spread = (2 / 16) ** 0.5  # Glorot's
whole = keras.initializers.GlorotUniform(0)((100, 8, 8))
whole_spread = np.std(whole)

# The price, against a stack of one.
_, operations_of_one = train_together(SEEDS[:1], tf.reduce_sum)
more_operations = operations / operations_of_one

# Draw both; an axis with a log scale has no zero.
fig, ax = plt.subplots()
step = range(1, steps + 1)
draw_band(ax, step, averaged[:, 1:], "C1--", "joined by their mean")
floored = np.maximum(summed[:, 1:], 1e-9)
draw_band(ax, step, floored, "C0-", "joined by their sum")
ax.set(title="A member and the network trained alone", yscale="log")
ax.set(xlabel="step", ylabel="largest difference of a weight")
ax.legend(loc="center right")
fig.savefig("a_hundred_networks.svg")
