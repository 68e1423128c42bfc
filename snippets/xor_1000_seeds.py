"""What can one run of the tutorial's program show, and what do a thousand show?

Fixed: XOR, 2-8-8-1, Glorot weights, Adam at 1e-3, all four samples in each step, so one step is one epoch.
Varies: the activation of the hidden layers. 1000 seeds; the four networks of a seed start with equal weights.
The figure shows how predictions for [1, 0] after 200 epochs, and times to solve XOR, are distributed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from stack import Stack, trainer

SEEDS = range(1000)
epochs, epochs_long, rate, solved_below = 200, 5000, 1e-3, 0.1
X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
NETS = {"sigmoid": ("sigmoid", None), "tanh": ("tanh", None), "relu": ("relu", None), "leaky": ("relu", 0.01)}

# --8<-- [start:train]
prediction, right, time, failed = {}, {}, {}, {}  # each: activation -> (seeds,)
for name, (activation, slope) in NETS.items():
    stack = Stack((2, 8, 8, 1), SEEDS, activation, slope=slope)
    go = trainer(stack, X, y, keras.optimizers.Adam(rate))
    first = go(epochs)
    probabilities = tf.sigmoid(stack(X)).numpy()[..., 0]  # (seeds, samples)
    prediction[name] = probabilities[:, 2]  # for [1, 0]
    right[name] = ((probabilities > 0.5) == y).all(axis=1)
    below = np.concatenate([first, go(epochs_long - epochs)]) < solved_below  # (epochs, seeds)
    failed[name] = ~below.any(axis=0)
    time[name] = np.where(failed[name], epochs_long, below.argmax(axis=0)) + 1  # never: after the last epoch
# --8<-- [end:train]


# --8<-- [start:compare]
def chance_of(larger, smaller):
    """Chance that one run of `larger` is above one run of `smaller`, for each seed of `larger`: (seeds,)."""
    return (larger[:, None] > smaller).mean(axis=1)


def chance_of_means(runs, larger, smaller):
    """Chance that the mean of so many runs of `larger` is above that of as many of `smaller`: (seeds,)."""
    drawn = np.random.default_rng(0).integers(0, len(SEEDS), (2, len(SEEDS), runs))
    return larger[drawn[0]].mean(axis=1) > smaller[drawn[1]].mean(axis=1)


closer = {name: chance_of(prediction[name], prediction["sigmoid"]) for name in ("tanh", "relu", "leaky")}
relu_over_tanh = chance_of(prediction["relu"], prediction["tanh"])
sooner = {name: chance_of(time["sigmoid"], time[name]) for name in ("tanh", "relu", "leaky")}
tanh_sooner_than_relu = chance_of(time["relu"], time["tanh"])
closer_three = chance_of_means(3, prediction["relu"], prediction["sigmoid"])
tanh_three, tanh_thirty = (chance_of_means(n, prediction["relu"], prediction["tanh"]) for n in (3, 30))
runs_even, runs_sure = np.log([0.5, 0.05]) / np.log(1 - failed["relu"].mean())  # until a ReLU network fails
# --8<-- [end:compare]
near_one = {name: found > 0.9 for name, found in prediction.items()}
wrong_side = {name: found < 0.5 for name, found in prediction.items()}
late = {name: found > 1000 for name, found in time.items()}

fig, (left, axis) = plt.subplots(1, 2, sharey=True)
_share = np.arange(1, len(SEEDS) + 1) / len(SEEDS)
labels = ("sigmoid", "tanh", "ReLU", "leaky ReLU")
for i, (name, label) in enumerate(zip(NETS, labels)):
    style = {"color": ["C0", "C1", "C2", "C4"][i], "ls": ["-", "--", "-.", ":"][i]}
    left.plot(np.sort(prediction[name]), _share, label=label, **style)
    axis.plot(np.sort(time[name]), _share, **style)
left.set(
    xlabel="prediction for [1, 0]", ylabel="share of seeds at or below", title=f"After {epochs} epochs", xlim=(0.3, 1)
)
axis.set(xlabel="epochs", title="Time to solve XOR", xlim=(0, epochs_long))
left.legend(loc="lower right")
fig.savefig("xor_1000_seeds.svg")
