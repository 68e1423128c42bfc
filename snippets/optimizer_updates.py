"""How large a step does each layer take under four optimizers?

Fixed: ten sigmoid layers of width 64 and a head, Glorot weights, digits, the same batches. Varies: the optimizer.
Ten seeds. The figure shows ||step|| / ||W|| by layer in the first step, and of the first layer from step to step.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, band, digits, gradients, norms, trainer

SEEDS = range(10)
depth, width, batch = 10, 64, 64
rate_sgd, rate_adam, epsilon, beta_1, beta_2, rho = 0.1, 0.001, 1e-7, 0.9, 0.999, 0.9
STEPS = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500])  # at which we look
last_step = STEPS[-1]
x_train, x_test, y_train, y_test = digits()


# --8<-- [start:measure]
def step_sizes(optimizer):
    """||W after - W before|| / ||W before|| of each layer at each of STEPS: (steps, seeds, layers)."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid")
    go, sizes = trainer(stack, x_train, y_train, optimizer, batch), []
    for step in range(1, last_step + 1):
        before = [kernel.numpy().astype("float64") for kernel in stack.kernels] if step in STEPS else None
        go(1)
        if before:
            sizes.append(norms([kernel - old for kernel, old in zip(stack.kernels, before)]) / norms(before))
    return np.array(sizes)


sizes = {
    "sgd": step_sizes(keras.optimizers.SGD(rate_sgd)),
    "momentum": step_sizes(keras.optimizers.SGD(rate_sgd, momentum=0.9)),
    "rmsprop": step_sizes(keras.optimizers.RMSprop(rate_adam, rho=rho, epsilon=epsilon)),
    "adam": step_sizes(keras.optimizers.Adam(rate_adam, beta_1, beta_2, epsilon)),
}
# --8<-- [end:measure]

# --8<-- [start:theory]
stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid")
start = norms([kernel.numpy() for kernel in stack.kernels])
now = np.random.default_rng(0).integers(0, len(x_train), (1, batch))[0]  # the first batch of `trainer`
g = [np.asarray(kernel, "float64") for kernel in gradients(stack, x_train[now], y_train[now])[0]]
entry = np.array([np.sqrt((kernel**2).mean(axis=(1, 2))) for kernel in g]).T  # typical |g| of an entry: (seeds, layers)
floor_adam, floor_rmsprop = epsilon / np.sqrt(1 - beta_2), np.sqrt(epsilon / (1 - rho))  # |g| whose step is damped
predicted = {
    "adam": norms([rate_adam * kernel / (abs(kernel) + floor_adam) for kernel in g]) / start,
    "rmsprop": norms([rate_adam * kernel / np.sqrt((1 - rho) * kernel**2 + epsilon) for kernel in g]) / start,
}
# --8<-- [end:theory]
worst = {name: abs(predicted[name] / sizes[name][0] - 1).max(axis=1) for name in predicted}  # over layers: (seeds,)
entry_first, entry_last = entry[:, 0], entry[:, -1]
first, end = ({name: found[at][:, 0] for name, found in sizes.items()} for at in (0, -1))  # the first layer's steps
ratio, ratio_end = ({name: found[at][:, 0] / found[at][:, -1] for name, found in sizes.items()} for at in (0, -1))
damped = {"adam": (entry < floor_adam).sum(axis=1), "rmsprop": (entry < floor_rmsprop).sum(axis=1)}  # layers
gain = {name: first[name] / first["sgd"] for name in ("rmsprop", "adam")}

fig, (left, right) = plt.subplots(1, 2, sharey=True)
for found, label, style in zip(
    sizes.values(), ("SGD", "momentum", "RMSprop", "Adam"), ("C0o-", "C1s--", "C2^-.", "C4D:")
):
    band(left, range(1, depth + 2), found[0], style, label)
    band(right, STEPS, found[:, :, 0].T, style)
left.set(yscale="log", xlabel="layer", ylabel="||step|| / ||W||", title="First step", xticks=(1, 6, depth + 1))
right.set(xscale="log", xlabel="step", title="First layer")
left.legend()
fig.savefig("optimizer_updates.svg")
