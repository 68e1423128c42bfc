"""How large a step does each layer take under four optimizers?

Fixed: ten sigmoid layers of width 64 and a head, Glorot weights, batches of
64 digits. Varies: the optimizer. Ten seeds, each with weights and batches of
its own, the same for all optimizers. The figure shows ||step|| / ||W|| by
layer in the first step, and of the first layer from step to step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, draw_batches
from stack import Stack, gradients, norms, trainer

SEEDS = range(10)
depth = 10
width = 64
batch_size = 64
rate_sgd = 0.1
rate_adam = 0.001
epsilon = 1e-7
beta_2 = 0.999
rho = 0.9
STEPS = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500])  # at which we look
last_step = STEPS[-1]

x_train, x_test, y_train, y_test = digits()
sizes = (64, *[width] * depth, 10)

# --8<-- [start:optimizers]
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(rate_sgd),
    "momentum": lambda: keras.optimizers.SGD(rate_sgd, momentum=0.9),
    "rmsprop": lambda: keras.optimizers.RMSprop(
        rate_adam, rho=rho, epsilon=epsilon
    ),
    "adam": lambda: keras.optimizers.Adam(
        rate_adam, beta_2=beta_2, epsilon=epsilon
    ),
}


def copy_kernels(stack):
    """The weights as they are now, in float64."""
    return [kernel.numpy().astype("float64") for kernel in stack.kernels]


def step_sizes(before, after):
    """||W after - W before|| / ||W before|| of each layer: (seeds, layers)."""
    changes = [new - old for new, old in zip(after, before)]
    return norms(changes) / norms(before)


# --8<-- [end:optimizers]

# --8<-- [start:first]
# The first step by hand, from a gradient that we keep.
stack = Stack(sizes, SEEDS, "sigmoid")
start = copy_kernels(stack)
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)
found = gradients(stack, x, y).kernels  # dL/dW, each (seeds, n_in, n_out)

first_step = {}  # (seeds, layers) each
for name, make_optimizer in OPTIMIZERS.items():
    stack = Stack(sizes, SEEDS, "sigmoid")
    optimizer = make_optimizer()
    optimizer.build(stack.kernels)
    optimizer.apply(found, stack.kernels)
    first_step[name] = step_sizes(start, copy_kernels(stack))
# --8<-- [end:first]


# --8<-- [start:later]
def follow(optimizer):
    """The step sizes of training, at each of STEPS: (looks, seeds, layers)."""
    stack = Stack(sizes, SEEDS, "sigmoid")
    go = trainer(stack, x_train, y_train, optimizer, batch_size)
    looks = []
    for step in range(1, last_step + 1):
        before = copy_kernels(stack) if step in STEPS else None
        go(1)
        if before:
            looks.append(step_sizes(before, copy_kernels(stack)))
    return np.array(looks)


later = {name: follow(make()) for name, make in OPTIMIZERS.items()}
# --8<-- [end:later]

# --8<-- [start:theory]
floor_adam = epsilon / np.sqrt(1 - beta_2)  # an entry that gets half a step
floor_rmsprop = np.sqrt(epsilon / (1 - rho))

predicted = {"adam": [], "rmsprop": []}  # each layer's step
for kernel_gradient in found:
    entries = np.asarray(kernel_gradient, "float64")
    adam = rate_adam * entries / (abs(entries) + floor_adam)
    rmsprop = rate_adam * entries / np.sqrt((1 - rho) * entries**2 + epsilon)
    predicted["adam"].append(adam)
    predicted["rmsprop"].append(rmsprop)
# --8<-- [end:theory]

# How far the formula is off in the worst layer: (seeds,) each.
worst = {}
for name, steps in predicted.items():
    ratio_of_steps = norms(steps) / norms(start) / first_step[name]
    worst[name] = abs(ratio_of_steps - 1).max(axis=1)

# The typical entry of dL/dW, and in how many layers it is below the border.
entry = []
for kernel_gradient in found:
    squares = np.asarray(kernel_gradient, "float64") ** 2
    entry.append(np.sqrt(squares.mean(axis=(1, 2))))
entry_first = entry[0]
entry_last = entry[-1]
damped = {
    "adam": np.sum(np.array(entry) < floor_adam, axis=0),
    "rmsprop": np.sum(np.array(entry) < floor_rmsprop, axis=0),
}

# The first layer's step, alone and over the head's, at the start and the end.
first = {name: steps[:, 0] for name, steps in first_step.items()}
ratio = {name: steps[:, 0] / steps[:, -1] for name, steps in first_step.items()}
end = {name: looks[-1][:, 0] for name, looks in later.items()}
ratio_end = {
    name: looks[-1][:, 0] / looks[-1][:, -1] for name, looks in later.items()
}
gain = {name: first[name] / first["sgd"] for name in ("rmsprop", "adam")}

fig, (left, right) = plt.subplots(1, 2, sharey=True)
LOOKS = {
    "sgd": ("C0o-", "SGD"),
    "momentum": ("C1s--", "momentum"),
    "rmsprop": ("C2^-.", "RMSprop"),
    "adam": ("C4D:", "Adam"),
}
for name, (style, label) in LOOKS.items():
    draw_band(left, range(1, depth + 2), first_step[name], style, label)
    draw_band(right, STEPS, later[name][:, :, 0].T, style, f"_{label}")
left.set(yscale="log", xlabel="layer", ylabel="||step|| / ||W||")
left.set(title="First step", xticks=(1, 6, depth + 1))
right.set(xscale="log", xlabel="step", title="First layer")
left.legend()
fig.savefig("optimizer_updates.svg")
