"""What do patience and a smaller epsilon change?

Fixed: ten sigmoid layers of width 64, Glorot weights, batches of 64 digits.
Varies: the optimizer, SGD or Adam, and Adam's epsilon; with five layers
RMSprop's, which stands inside a root. Five seeds, each with weights and
batches of its own. The figure shows the test accuracy of ten layers over the
steps.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import digits, find_chance
from stack import Stack, accuracy, train, trainer

SEEDS = range(5)
depth = 10
width = 64
batch_size = 64
rate_sgd = 1.0
rate = 0.001
usual = 1e-7  # epsilon, Keras' own
small = 1e-15
look = 500  # steps from one look to the next
looks = 10
steps = look * looks

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)


# --8<-- [start:measure]
def follow(optimizer):
    """Test accuracy of ten layers at every look: (looks, seeds)."""
    stack = Stack((64, *[width] * depth, 10), SEEDS, "sigmoid")
    go = trainer(stack, x_train, y_train, optimizer, batch_size)
    found = []
    for _ in range(looks):
        go(look)
        found.append(accuracy(stack, x_test, y_test))
    return np.array(found)


paths = {
    "sgd": follow(keras.optimizers.SGD(rate_sgd)),
    "adam": follow(keras.optimizers.Adam(rate, epsilon=usual)),
    "adam_small": follow(keras.optimizers.Adam(rate, epsilon=small)),
}
# --8<-- [end:measure]

# --8<-- [start:rmsprop]
rate_rmsprop = 0.003
small_rmsprop = 1e-14  # its root is Adam's usual epsilon
few_steps = 500


def train_five_layers(epsilon):
    """Test accuracy after 500 steps of RMSprop: (seeds,)."""
    stack = Stack((64, *[width] * 5, 10), SEEDS, "sigmoid")
    optimizer = keras.optimizers.RMSprop(rate_rmsprop, epsilon=epsilon)
    train(stack, x_train, y_train, few_steps, optimizer, batch_size)
    return accuracy(stack, x_test, y_test)


rmsprop = {
    "usual": train_five_layers(usual),
    "small": train_five_layers(small_rmsprop),
}
# --8<-- [end:rmsprop]

end = {name: path[-1] for name, path in paths.items()}
best = {name: path.max(axis=0) for name, path in paths.items()}

# The step of the first look above chance; one look more than all if none is.
left_at = {}
for name in ("adam", "adam_small"):
    is_above = paths[name] > chance  # (looks, seeds)
    num_before = np.where(is_above.any(axis=0), is_above.argmax(axis=0), looks)
    left_at[name] = look * (1 + num_before)

fig, ax = plt.subplots()
LOOKS = {
    "sgd": ("C0o-", f"SGD, rate {rate_sgd:g}"),
    "adam": ("C1s--", f"Adam, epsilon {usual:g}"),
    "adam_small": ("C2^-.", f"Adam, epsilon {small:g}"),
}
for name, (style, label) in LOOKS.items():
    draw_band(ax, look * np.arange(1, looks + 1), paths[name].T, style, label)
ax.axhline(chance, color="C4", ls=":", label="chance")
ax.set(xlabel="step", ylabel="test accuracy", ylim=(0, 1))
ax.set_title("Ten sigmoid layers, given time")
ax.legend(loc="upper left")
fig.savefig("optimizer_epsilon.svg")
