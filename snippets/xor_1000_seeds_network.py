"""What do five readers of the tutorial see, each with a seed of their own?

The tutorial's two networks, XOR, 200 epochs of Adam. Varies: the seed. Five
of them; nothing is drawn.
"""

# --8<-- [start:readers]
import keras
import numpy as np
from keras.layers import Dense

SEEDS = range(5)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([[0], [1], [1], [0]], "float32")


def predict(activation):
    """Train the tutorial's network, and ask it for [1, 0]."""
    model = keras.Sequential([keras.Input((2,))])
    model.add(Dense(8, activation))
    model.add(Dense(8, activation))
    model.add(Dense(1, "sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    for _ in range(200):
        model.train_on_batch(x, y)  # all four samples: one epoch
    return float(model(x)[2, 0])


found = []
for seed in SEEDS:
    keras.utils.set_random_seed(seed)
    found.append([predict("sigmoid"), predict("relu")])
    print("reader {}: sigmoid {:.2f}, ReLU {:.2f}".format(seed, *found[-1]))
# --8<-- [end:readers]
sigmoid, relu = np.array(found).T  # each (seeds,)
