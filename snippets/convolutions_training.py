"""Which stacks of 21 convolutions train?

Fixed: three stages of seven 3x3 convolutions with eight channels and ReLU, two
epochs of Adam on digits in batches of 48. Varies: the first weights, batch
normalization and skips. Five seeds, each with weights and batches of its own.
The figure shows the test accuracy of every seed.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from data import digits, find_chance

SEEDS = range(5)
rate = 0.003
channels = 8
epochs = 2
batch_size = 48

x_train, x_test, y_train, y_test = digits()
x_train, x_test = x_train.reshape(-1, 8, 8, 1), x_test.reshape(-1, 8, 8, 1)
chance = find_chance(y_test)


def build_network(seed, initializer, normalized=False, skips=False):
    keras.utils.set_random_seed(seed)
    inputs = h = keras.Input((8, 8, 1))
    for layer in range(21):
        if layer in (7, 14):
            h = keras.layers.MaxPooling2D()(h)
        branch = keras.layers.Conv2D(
            channels, 3, padding="same", kernel_initializer=initializer
        )(h)
        if normalized:
            branch = keras.layers.BatchNormalization(momentum=0.9)(branch)
        branch = keras.layers.ReLU()(branch)
        h = h + branch if skips and layer > 0 else branch
    means = keras.layers.GlobalAveragePooling2D()(h)
    return keras.Model(inputs, keras.layers.Dense(10)(means))


# --8<-- [start:train]
STRUCTURES = {
    "glorot": {"initializer": "glorot_uniform"},
    "he": {"initializer": "he_normal"},
    "batch": {"initializer": "he_normal", "normalized": True},
    "both": {"initializer": "he_normal", "normalized": True, "skips": True},
}
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
reached = {}  # test accuracy, (seeds,) each
for name, options in STRUCTURES.items():
    model = build_network(0, **options)
    adam = keras.optimizers.Adam()
    adam.build(model.trainable_variables)
    model.compile(adam, cross_entropy)
    runs = []
    for seed in SEEDS:
        # A new start for the same model, which TensorFlow has compiled once.
        model.set_weights(build_network(seed, **options).get_weights())
        for variable in adam.variables:
            variable.assign(tf.zeros_like(variable))
        adam.learning_rate = rate
        model.fit(x_train, y_train, batch_size, epochs, verbose=0)
        guess = model(x_test).numpy().argmax(axis=1)
        runs.append((guess == y_test).mean())
    reached[name] = np.array(runs)
# --8<-- [end:train]

fig, ax = plt.subplots(figsize=(6.2, 3))
beside = np.linspace(-0.1, 0.1, len(SEEDS))  # one dot a seed
for place, (name, found) in enumerate(reached.items()):
    ax.plot(place + beside, found, "C0o", ls="", ms=4, label=f"_{name}")
ax.axhline(chance, color="C4", ls=":")
names = ["Glorot", "He", "He, BN", "He, BN, skips"]
ax.set(xticks=range(len(names)), xticklabels=names)
ax.set(ylabel="test accuracy", ylim=(0, 1.02))
fig.savefig("convolutions_training.svg")
