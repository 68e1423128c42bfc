"""What do patience and a smaller epsilon change?

Fixed: ten sigmoid layers of width 64, Glorot weights, digits, the same batches. Five seeds.
Varies: the optimizer, SGD or Adam, and Adam's epsilon; five layers for RMSprop, whose epsilon stands inside a root.
The figure shows the test accuracy of ten layers over the steps.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from stack import Stack, accuracy, band, digits, trainer

SEEDS = range(5)
depth, width, batch, rate, rate_sgd, rate_rmsprop = 10, 64, 64, 0.001, 1.0, 0.003
usual, small, small_rmsprop, look, looks, few_steps, depth_few = 1e-7, 1e-15, 1e-14, 500, 10, 500, 5
steps = look * looks
x_train, x_test, y_train, y_test = digits()
chance = np.bincount(y_test).max() / len(y_test)  # always naming the most frequent class


# --8<-- [start:measure]
def history(optimizer, depth=depth, look=look, looks=looks):
    """Test accuracy every `look` steps: (looks, seeds)."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid")
    go, found = trainer(stack, x_train, y_train, optimizer, batch), []
    for _ in range(looks):
        go(look)
        found.append(accuracy(stack, x_test, y_test))
    return np.array(found)


paths = {
    "sgd": history(keras.optimizers.SGD(rate_sgd)),
    "adam": history(keras.optimizers.Adam(rate, epsilon=usual)),
    "adam_small": history(keras.optimizers.Adam(rate, epsilon=small)),
}
rmsprop = {
    name: history(keras.optimizers.RMSprop(rate_rmsprop, epsilon=epsilon), depth_few, few_steps, 1)[0]
    for name, epsilon in (("usual", usual), ("small", small_rmsprop))
}
# --8<-- [end:measure]
early, end = ({name: path[at] for name, path in paths.items()} for at in (0, -1))
best = {name: path.max(axis=0) for name, path in paths.items()}
left_at = {name: look * (1 + (path > chance).argmax(axis=0)) for name, path in paths.items() if name != "sgd"}
left = {name: (path > chance).any(axis=0) for name, path in paths.items()}

fig, ax = plt.subplots()
step = look * np.arange(1, looks + 1)
labels = (f"SGD, rate {rate_sgd:g}", f"Adam, epsilon {usual:g}", f"Adam, epsilon {small:g}")
for path, label, style in zip(paths.values(), labels, ("C0o-", "C1s--", "C2^-.")):
    band(ax, step, path.T, style, label)
ax.axhline(chance, color="C4", ls=":", label="chance")
ax.set(xlabel="step", ylabel="test accuracy", ylim=(0, 1), title="Ten sigmoid layers, given time")
ax.legend(loc="upper left")
fig.savefig("optimizer_epsilon.svg")
