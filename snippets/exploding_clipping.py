"""What does clipping the gradient mend, and what not?

Fixed: ten layers of width 64, digits, SGD at 0.1, 300 steps. Varies: weights that explode (ReLU, spread 1.6 times He's)
or vanish (sigmoid, Glorot), and clipping of the whole gradient's norm to one. Five seeds, trained one by one, since one
norm is taken over all layers of one network. The figure shows the training loss.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, gradient_norms, train

SEEDS = range(5)
depth, width, batch, steps, rate, limit, gain = 10, 64, 128, 300, 0.1, 1.0, 1.6
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:measure]
def large(seed):
    return keras.initializers.RandomNormal(stddev=gain * (2 / width) ** 0.5, seed=seed)


NETS = {"exploding": ("relu", large), "vanishing": ("sigmoid", "glorot_uniform")}
losses_of, reached, norm, first = {}, {}, {}, {}
for name, (activation, initializer) in NETS.items():
    for clip in (None, limit):
        curves, accuracies, weight = [], [], []
        for seed in SEEDS:
            stack = Stack((64, *[width] * depth, 10), [seed], activation, initializer)
            weight.append(gradient_norms(stack, x_train[:batch], y_train[:batch])[0][0])  # of dL/dW: (layers,)
            sgd = keras.optimizers.SGD(rate, global_clipnorm=clip)
            curves.append(train(stack, x_train, y_train, steps, sgd, batch)[:, 0])
            accuracies.append(accuracy(stack, x_test, y_test)[0])
        key = f"{name}_clipped" if clip else name
        losses_of[key], reached[key], weight = np.array(curves), np.array(accuracies), np.array(weight)
        norm[name], first[name] = np.linalg.norm(weight, axis=1), weight[:, 0] / weight[:, depth - 1]
# --8<-- [end:measure]
diverged = {key: ~np.isfinite(curve[:, -1]) for key, curve in losses_of.items()}

fig, axes = plt.subplots(1, 2, sharey=True)
for ax, name in zip(axes, NETS):
    for key, style, label in ((name, "C0-", "plain SGD"), (f"{name}_clipped", "C1--", "clipped")):
        band(ax, range(1, steps + 1), np.where(np.isfinite(losses_of[key]), losses_of[key], np.nan), style, label)
    ax.set(title=f"{name} at the start", xlabel="step", yscale="log")
axes[0].set_ylabel("training loss")
axes[1].legend(loc="upper right")
fig.savefig("exploding_clipping.svg")
