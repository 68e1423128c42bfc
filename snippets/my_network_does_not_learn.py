"""Why does a network stay at one half, where it might know all?

Fixed: points of two classes, by the sign of a product, 512 of them, Adam at
0.02, 20 epochs. Varies: one fault in the network, the data or the optimizer,
and over five seeds the points and weights. The figure shows the accuracy on
the training's points by epoch, of the sound network and of each faulty one.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from bands import draw_band
from gradient_doctor import examine
from keras import layers

SEEDS = range(5)
samples = 512
epochs = 20


def draw_points(seed):
    """Points (samples, 2), and whether their coordinates agree in sign."""
    x = np.random.default_rng(seed).normal(size=(samples, 2))
    return x.astype("float32"), (x[:, :1] * x[:, 1:] > 0).astype("float32")


# --8<-- [start:network]
def build(
    seed, activation="relu", weights="he_normal", depth=2, last="sigmoid"
):
    """A network on two numbers, with one output."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(depth):
        hidden = layers.Dense(32, activation, kernel_initializer=weights)
        model.add(hidden)
    model.add(layers.Dense(1, last, kernel_initializer=weights))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.02
    return model


def sound(seed):
    return build(seed), *draw_points(seed)


# --8<-- [end:network]


# --8<-- [start:faults]
def one_softmax(seed):
    return build(seed, last="softmax"), *draw_points(seed)


def deep_sigmoid(seed):
    weights = "glorot_uniform"
    return build(seed, "sigmoid", weights, depth=8), *draw_points(seed)


def all_zero(seed):
    return build(seed, weights="zeros"), *draw_points(seed)


def mixed_up(seed):
    x, y = draw_points(seed)
    return build(seed), np.random.default_rng(1).permutation(x), y


def tiny_steps(seed):
    model = build(seed)
    model.optimizer.learning_rate = 1e-8
    return model, *draw_points(seed)


# --8<-- [end:faults]

# What the doctor has to say first; the sound network has nothing wrong.
ANSWERS = {
    sound: {"nothing"},
    one_softmax: {"output-activation"},
    deep_sigmoid: {"vanishing", "collapsed"},
    all_zero: {"weights-alike"},
    mixed_up: {"labels-unrelated"},
    tiny_steps: {"step-small"},
}

courses = {}  # name -> accuracy by epoch: (seeds, epochs)
named = {}  # name -> whether the doctor says so before training: (seeds,)
for fault, answers in ANSWERS.items():
    courses[fault.__name__] = []
    said = []
    for seed in SEEDS:
        model, x, y = fault(seed)
        report = examine(model, x, y)
        kinds = [finding.kind for finding in report.findings] or ["nothing"]
        said.append(kinds[0] in answers)
        history = model.fit(x, y, 128, epochs, verbose=0).history
        courses[fault.__name__].append(history["accuracy"])
    named[fault.__name__] = np.array(said)
    print(f"{fault.__name__:13}", *kinds)

# At the end of training, one number a seed.
reached = {}
for name, course in courses.items():
    reached[name] = np.array(course)[:, -1]

fig, ax = plt.subplots()
steps = range(1, epochs + 1)
labels = {
    "sound": "nothing wrong",
    "one_softmax": "softmax on one unit",
    "deep_sigmoid": "eight sigmoid layers",
    "all_zero": "weights of zero",
    "mixed_up": "x shuffled, y not",
    "tiny_steps": "a rate of 1e-8",
}
for number, (name, label) in enumerate(labels.items()):
    draw_band(ax, steps, np.array(courses[name]), f"C{number}", label)
ax.set(xlabel="epoch", ylabel="accuracy", ylim=(0.4, 1.02))
ax.set_title("One symptom, five causes")
ax.legend(loc="center right", bbox_to_anchor=(1, 0.55))
fig.savefig("my_network_does_not_learn.svg")
