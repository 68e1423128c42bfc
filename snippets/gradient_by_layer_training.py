"""Does the gradient stay as the first step found it?

Fixed: ten layers of width 64, matched weights, digits, Adam at 1e-3. Varies:
activation, the step; at the end also the trained weights: scaled back to their
first size, or their entries shuffled within each layer. Ten seeds, each with
weights and a measured batch of its own. The figure shows ||dL/dz|| by layer
before training, early, and at the end.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches, find_chance
from measures import factor_per_layer
from stack import Stack, accuracy, gradient_norms, norms, trainer

SEEDS = range(10)
depth = 10  # hidden layers
width = 64
batch_size = 128
rate = 0.001
early = 50  # steps
late = 300
x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

MATCHED = {
    "sigmoid": "glorot_normal",
    "tanh": "glorot_normal",
    "relu": "he_normal",
}
# A batch for each seed: (seeds, batch, 64) and (seeds, batch).
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)

# --8<-- [start:measure]
stacks = {}
first_kernels = {}  # before training
by_z = {}  # norms of dL/dz: (moments, seeds, layers), head last
for activation, initializer in MATCHED.items():
    stack = Stack((64, *[width] * depth, 10), SEEDS, activation, initializer)
    stacks[activation] = stack
    first_kernels[activation] = [kernel.numpy() for kernel in stack.kernels]
    adam = keras.optimizers.Adam(rate)
    take_steps = trainer(stack, x_train, y_train, adam, batch_size)

    moments = [gradient_norms(stack, x, y).z]
    take_steps(early)
    moments.append(gradient_norms(stack, x, y).z)
    take_steps(late - early)
    moments.append(gradient_norms(stack, x, y).z)
    by_z[activation] = np.array(moments)
# --8<-- [end:measure]

reached = {
    name: accuracy(stack, x_test, y_test) for name, stack in stacks.items()
}

# How much the kernels between hidden layers have grown, in the mean: (seeds,).
growth = {}
for activation, stack in stacks.items():
    sizes = norms([kernel.numpy() for kernel in stack.kernels[1:depth]])
    first_sizes = norms(first_kernels[activation][1:depth])
    growth[activation] = (sizes / first_sizes).mean(axis=1)

# First hidden layer's norm over the last one's, at each moment: (seeds,).
z = {}
for moment, name in enumerate(("start", "early", "end")):
    z[name] = {
        activation: norms_now[moment, :, 0] / norms_now[moment, :, -2]
        for activation, norms_now in by_z.items()
    }
# The head's dL/dz, at the end over the start: (seeds,).
last = {name: found[2, :, -1] / found[0, :, -1] for name, found in by_z.items()}


# --8<-- [start:changes]
def scale_back(kernel, first):
    """The kernel at the norm that it had before training."""
    growth = norms([kernel]) / norms([first])  # (seeds, 1)
    return kernel / growth[:, :, None]


def shuffle(kernel, first):
    """The same entries in a random order: size stays, pattern goes."""
    rng = np.random.default_rng(0)
    entries = rng.permuted(kernel.reshape(len(SEEDS), -1), axis=1)
    return entries.reshape(kernel.shape)


# --8<-- [end:changes]
# --8<-- [start:cause]
def measure_factor(stack):
    """Factor of dL/dz from one hidden layer to the one before: (seeds,)."""
    return factor_per_layer(gradient_norms(stack, x, y).z[:, :-1])


factor = {"start": {}, "end": {}, "scaled": {}, "shuffled": {}}
for activation, stack in stacks.items():
    factor["start"][activation] = factor_per_layer(by_z[activation][0][:, :-1])
    factor["end"][activation] = measure_factor(stack)
    trained = [kernel.numpy() for kernel in stack.kernels]
    for name, change in (("scaled", scale_back), ("shuffled", shuffle)):
        for layer in range(1, depth):  # between hidden layers
            values = change(trained[layer], first_kernels[activation][layer])
            stack.kernels[layer].assign(values)
        factor[name][activation] = measure_factor(stack)
# --8<-- [end:cause]

# The drawing.
fig, axes = plt.subplots(1, 3, sharey=True)
LINES = (("C0-", "start"), ("C1--", f"step {early}"), ("C2-.", f"step {late}"))
for ax, activation in zip(axes, MATCHED):
    for norms_now, (style, name) in zip(by_z[activation], LINES):
        draw_band(ax, range(1, depth + 2), norms_now, style, name)
    ax.set_title("ReLU" if activation == "relu" else activation)
    ax.set(yscale="log", xlabel="layer", xticks=(1, 5, 11))
axes[0].set_ylabel("norm of dL/dz")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.savefig("gradient_by_layer_training.svg")
