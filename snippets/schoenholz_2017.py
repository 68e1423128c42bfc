"""Up to which depth does a network train, for which variance of the weights?

Fixed: tanh layers of width 32, biases of variance 0.05, SGD with momentum on 32
digits a step. Varies: the variance of the weights and the depth. Five seeds.
The figure shows training accuracy for each pair, beside six of theory's depth
scales.
"""

from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
from data import digits, draw_batches, find_chance
from gaussian import gaussian_mean
from measures import factor_per_layer
from stack import Stack, accuracy, gradient_norms, trainer

SEEDS = range(5)
DEPTHS = (5, 10, 20, 40)  # 10 to 300 in the paper, as we recall
VARIANCES = {  # of the weights, times the number of inputs
    "small": 0.5,
    "half": 0.75,
    "one": 1.0,
    "below": 1.25,
    "critical": 1.76,
    "chaotic": 4.0,
}
width = 32  # 300 in the paper, as we recall
bias_variance = 0.05
learning_rate = 0.001
momentum = 0.9
batch_size = 32
early_steps = 200
steps = 600
multiple = 6  # of the depth scale, in the paper

x_train, _, y_train, _ = digits()
chance = find_chance(y_train)
halfway = (1 + chance) / 2


def find_variance(weight_variance):
    """The variance q of z behind many layers."""
    q = 1.0
    for _ in range(100):
        square = gaussian_mean(lambda u, q=q: np.tanh(q**0.5 * u) ** 2)
        q = weight_variance * square + bias_variance
    return q


# --8<-- [start:theory]
# Two z of two inputs: pairs of independent points, and their weights.
points = np.linspace(-6, 6, 101)
u, v = np.meshgrid(points, points)
density = np.exp(-(u**2 + v**2) / 2)
density /= density.sum()


def find_scale(weight_variance):
    """Layers in which what two inputs differ by falls to 1/e.

    c: how alike the two are. It goes to c*, as chi^layer.
    """
    spread = find_variance(weight_variance) ** 0.5
    c = 0.5
    for _ in range(300):
        first = np.tanh(spread * u)
        second = np.tanh(spread * (c * u + (1 - c**2) ** 0.5 * v))
        mean = (density * first * second).sum()
        c = (weight_variance * mean + bias_variance) / spread**2
        c = min(c, 1 - 1e-12)
    slopes = (1 - first**2) * (1 - second**2)
    chi = weight_variance * (density * slopes).sum()
    return -1 / np.log(chi)


# --8<-- [end:theory]
def find_factor(weight_variance):
    """Theory's factor of dL/dz per layer, behind many layers."""
    spread = find_variance(weight_variance) ** 0.5
    square = gaussian_mean(lambda u: (1 - np.tanh(spread * u) ** 2) ** 2)
    return (weight_variance * square) ** 0.5


def scale_by(variance):
    return lambda seed: keras.initializers.VarianceScaling(variance, seed=seed)


members = list(product(VARIANCES.values(), SEEDS))
seeds = [seed for _, seed in members]
rules = [scale_by(variance) for variance, _ in members]
shape = (len(VARIANCES), len(SEEDS))


def build_stack(depth):
    stack = Stack(
        (x_train.shape[-1], *[width] * depth, 10), seeds, "tanh", rules
    )
    for i, bias in enumerate(stack.biases[:-1]):
        rngs = [np.random.default_rng((seed, i)) for seed in seeds]
        spread = bias_variance**0.5
        bias.assign([rng.normal(0, spread, (1, width)) for rng in rngs])
    return stack


# --8<-- [start:train]
x, y = draw_batches(x_train, y_train, 100, seeds)
factors = []
all_early, all_late = [], []
for depth in DEPTHS:
    stack = build_stack(depth)
    by_layer = gradient_norms(stack, x, y).z[:, :depth]
    factors.append(factor_per_layer(by_layer).reshape(shape))
    optimizer = keras.optimizers.SGD(learning_rate, momentum)
    go = trainer(stack, x_train, y_train, optimizer, batch_size)
    go(early_steps)
    all_early.append(accuracy(stack, x_train, y_train).reshape(shape))
    go(steps - early_steps)
    all_late.append(accuracy(stack, x_train, y_train).reshape(shape))
# --8<-- [end:train]

# Each (depths, variances, seeds).
early, late = np.array(all_early), np.array(all_late)


def find_depth(reached):
    """The depth at which accuracy is halfway to one: (seeds,).

    reached: (depths, seeds). Between two depths along a line in log depth.
    """
    found = []
    for by_depth in reached.T:
        logs = np.interp(-halfway, -by_depth, np.log(DEPTHS))
        found.append(np.exp(logs))
    return np.array(found)


NAMES = list(VARIANCES)
scale = {name: find_scale(VARIANCES[name]) for name in NAMES}
scale["critical"] = np.inf  # there chi is one
theory_factor = {name: find_factor(VARIANCES[name]) for name in NAMES}
factor = {name: factors[2][i] for i, name in enumerate(NAMES)}  # 20 layers

# (seeds,) each; the grid of depths ends at forty.
deepest = {name: find_depth(late[:, i]) for i, name in enumerate(NAMES)}
deepest_early = {name: find_depth(early[:, i]) for i, name in enumerate(NAMES)}
FOUND = ("half", "one", "below", "chaotic")  # where the grid holds the depth
multiples = {name: deepest[name] / scale[name] for name in FOUND}
mean_multiple = np.mean(list(multiples.values()), axis=0)
early_multiple = deepest_early["one"] / scale["one"]
at_forty = {name: late[-1, i] for i, name in enumerate(NAMES)}

# Draw accuracies as cells, with depths above each other in log scale.
columns = np.arange(len(NAMES))


def find_row(depth):
    """Five is row zero, each doubling one more."""
    return np.log2(np.divide(depth, DEPTHS[0]))


fig, ax = plt.subplots(figsize=(4.8, 4.6))
medians = np.median(late, axis=2)  # (depths, variances)
ax.pcolormesh(columns, find_row(DEPTHS), medians, cmap="Blues", vmin=0, vmax=1)
for (row, column), median in np.ndenumerate(medians):
    color = "white" if median > 0.5 else "black"
    look = {"color": color, "ha": "center", "va": "center"}
    ax.text(column, row + 0.3, f"{median:.2f}", **look)
theory = [find_row(multiple * scale[name]) for name in FOUND]
ours = [find_row(np.median(deepest[name])) for name in FOUND]
at = [NAMES.index(name) for name in FOUND]
ax.plot(at, theory, "C3s--", label="six depth scales (theory)")
ax.plot(at, ours, "C1o-", label="half of the way to one (ours)")
ax.axvline(NAMES.index("critical"), color="C4", ls=":", label="critical")
ax.set(xlabel="variance of the weights, times n", ylabel="hidden layers")
ax.set_xticks(columns, [f"{each:g}" for each in VARIANCES.values()])
ax.set_yticks(find_row(DEPTHS), DEPTHS)
ax.set(ylim=(-0.5, 3.5), title="Training accuracy")
fig.legend(loc="outside lower center")
fig.savefig("schoenholz_2017.svg")
