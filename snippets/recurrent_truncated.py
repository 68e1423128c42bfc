"""Does a network learn from steps that its gradient never reaches?

Fixed: tanh units as in Keras' SimpleRNN, a cue to be named 20 steps later,
Adam, 300 steps. Varies: after how many steps back the gradient is cut off. Ten
seeds, each with weights and sequences of its own. The figure shows the
accuracy of every seed.
"""

from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
from recurrent import (
    Recurrent,
    draw_apart,
    draw_recall,
    gradient_by_step,
    train,
)
from stack import accuracy

SEEDS = range(10)
CUTS = (5, 10, 20, 21)  # the cue is 21 steps before the end
lag = 20
units = 16
steps = 300
learning_rate = 0.003
chance = 1 / 4

# --8<-- [start:measure]
draw = partial(draw_recall, lag=lag)
x, y = draw_apart(partial(draw, batch_size=128), SEEDS)

reached = {}  # accuracy on sequences that are new: (seeds,)
at_cue = {}  # ||dL/dz|| at the cue, over the last step's
for cut in CUTS:
    layer = Recurrent("tanh", (8, units, 4), SEEDS)
    norms = gradient_by_step(layer, x, y, cut=cut)
    at_cue[f"cut_{cut}"] = norms[:, 0] / norms[:, -1]
    adam = keras.optimizers.Adam(learning_rate)
    train(layer, draw, steps, adam, cut=cut)
    reached[f"cut_{cut}"] = accuracy(layer, x, y)
# --8<-- [end:measure]

fig, ax = plt.subplots()
beside = np.linspace(-0.15, 0.15, len(SEEDS))
for place, found in enumerate(reached.values()):
    ax.plot(place + beside, found, "C0o", ls="", ms=4, label="_seeds")
ax.axhline(chance, color="C4", ls=":")
ax.text(len(CUTS) - 0.55, chance + 0.02, "chance", ha="right")
ax.set(xticks=range(len(CUTS)), xticklabels=CUTS)
ax.set(xlim=(-0.5, len(CUTS) - 0.5), ylim=(0, 1.02))
ax.set(xlabel="steps before the gradient is cut", ylabel="accuracy")
fig.savefig("recurrent_truncated.svg")
