"""Do skip connections carry the gradient past sigmoid layers?

Fixed: ten sigmoid layers of width 64, Glorot weights, Adam, digits. Varies:
skip connections. Ten seeds, each with weights and batches of its own. The
figure shows ||dL/dz|| by layer before training.
"""

import keras
import matplotlib.pyplot as plt
from bands import draw_band
from data import digits, draw_batches, find_chance
from measures import factor_per_layer
from stack import Stack, accuracy, gradient_norms, train

SEEDS = range(10)
depth = 10
width = 64
batch_size = 128
steps = 300
learning_rate = 0.001

x_train, x_test, y_train, y_test = digits()
chance = find_chance(y_test)

# --8<-- [start:measure]
sizes = (64, *[width] * depth, 10)
x, y = draw_batches(x_train, y_train, batch_size, SEEDS)  # one for each seed
norms_of_z = {}  # of dL/dz before training, each (seeds, hidden layers)
reached = {}  # test accuracy after training, each (seeds,)
for name, skip in {"plain": 0, "skips": 1}.items():
    stack = Stack(sizes, SEEDS, "sigmoid", skip=skip)
    norms_of_z[name] = gradient_norms(stack, x, y).z[:, :-1]  # not the head's
    adam = keras.optimizers.Adam(learning_rate)
    train(stack, x_train, y_train, steps, adam, batch_size)
    reached[name] = accuracy(stack, x_test, y_test)
# --8<-- [end:measure]

factor = {name: factor_per_layer(norms) for name, norms in norms_of_z.items()}

fig, ax = plt.subplots()
layers = range(1, depth + 1)
draw_band(ax, layers, norms_of_z["plain"], "C0o-", "sigmoid")
draw_band(ax, layers, norms_of_z["skips"], "C1s--", "sigmoid, skip connections")
ax.set(yscale="log", ylabel="||dL/dz||")
ax.set_xlabel("layer (1 is nearest the input)")
ax.set_title("A path around each layer keeps the gradient")
ax.legend()
fig.savefig("skip_connections.svg")
