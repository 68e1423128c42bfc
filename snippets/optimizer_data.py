"""Do ten sigmoid layers get as little from Adam on other data?

Fixed: ten sigmoid layers of width 64, Glorot weights, Adam at 0.001, batches
of 64. Varies: the data, none of them images. Five seeds, each with weights
and batches of its own. The figure shows the test accuracy over the steps.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from data import find_chance
from sklearn.datasets import load_breast_cancer, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from stack import Stack, accuracy, trainer

SEEDS = range(5)
depth = 10
width = 64
batch_size = 64
learning_rate = 0.001
look = 250  # steps from one look to the next
looks = 12
steps = look * looks

# --8<-- [start:data]
DATA = {
    "cancer": load_breast_cancer(return_X_y=True),  # 569 samples of 30 features
    "moons": make_moons(1500, noise=0.2, random_state=0),  # of two features
}
# --8<-- [end:data]


# --8<-- [start:measure]
def follow(x, y):
    """Test accuracy at every look, (looks, seeds); of a line; of guessing."""
    x_train, x_test, y_train, y_test = train_test_split(
        x.astype("float32"), y, test_size=0.25, random_state=0
    )
    mean = x_train.mean(axis=0)
    std = x_train.std(axis=0)
    x_train = (x_train - mean) / std
    x_test = (x_test - mean) / std

    stack = Stack((x.shape[1], *[width] * depth, 2), SEEDS, "sigmoid")
    adam = keras.optimizers.Adam(learning_rate)
    go = trainer(stack, x_train, y_train, adam, batch_size)
    found = []
    for _ in range(looks):
        go(look)
        found.append(accuracy(stack, x_test, y_test))
    line = LogisticRegression().fit(x_train, y_train).score(x_test, y_test)
    return np.array(found), line, find_chance(y_test)


paths = {}
linear = {}  # test accuracy of logistic regression
chance = {}
for name, (x, y) in DATA.items():
    paths[name], linear[name], chance[name] = follow(x, y)
# --8<-- [end:measure]
best = {name: path.max(axis=0) for name, path in paths.items()}  # (seeds,)
end = {name: path[-1] for name, path in paths.items()}

fig, ax = plt.subplots()
LOOKS = {
    "cancer": ("C0o-", "breast cancer"),
    "moons": ("C1s--", "two moons"),
}
for name, (style, label) in LOOKS.items():
    draw_band(ax, look * np.arange(1, looks + 1), paths[name].T, style, label)
ax.set(xlabel="step", ylabel="test accuracy", ylim=(0.4, 1))
ax.set_title("Ten sigmoid layers, Adam, other data")
ax.legend()
fig.savefig("optimizer_data.svg")
