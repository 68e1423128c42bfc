"""Do the early layers of one network barely update?

Fixed: ten sigmoid layers of width 64, the head among them, Glorot weights, 300
steps on batches of digits, one seed. Varies: SGD or Adam. Prints how far the
weights of some layers have moved, relative to their start, and the test
accuracy.
"""

# --8<-- [start:network]
import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)
draws = np.random.default_rng(0)
batches = draws.integers(len(x_train), size=(300, 128))  # (steps, batch)


def build_network():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(9):
        model.add(keras.layers.Dense(64, "sigmoid"))
    model.add(keras.layers.Dense(10))  # a logit for each digit
    return model


# --8<-- [end:network]
# --8<-- [start:train]
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
first = {}
last = {}
accuracy = {}
for name, optimizer in [
    ("sgd", keras.optimizers.SGD(0.1)),
    ("adam", keras.optimizers.Adam(0.001)),
]:
    model = build_network()
    start = [layer.kernel.numpy() for layer in model.layers]
    model.compile(optimizer, cross_entropy, metrics=["accuracy"])
    for rows in batches:
        model.train_on_batch(x_train[rows], y_train[rows])
    moved = [
        np.linalg.norm(layer.kernel.numpy() - before) / np.linalg.norm(before)
        for layer, before in zip(model.layers, start)
    ]
    _, accuracy[name] = model.evaluate(x_test, y_test, verbose=0)
    first[name], last[name] = moved[0], moved[-1]
    print(f"{name}: first layer {first[name]:.0e}, last {last[name]:.0e},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
