"""Does the spread of the first weights decide whether a deep network learns?

Fixed: twenty tanh layers of width 64, 25 epochs of Adam on digits; one network
of each kind. Varies: the initializer. It prints how large dL/dz is in
the first layer beside the last hidden one before training, and the test
accuracy after it.
"""

# --8<-- [start:data]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# Pixels from 0 to 1, shape (samples, 64), and the digit that each shows.
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)
# --8<-- [end:data]
num_train = len(x_train)
num_test = len(x_test)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


# --8<-- [start:network]
def build_network(initializer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(20):
        model.add(keras.layers.Dense(64, kernel_initializer=initializer))
        model.add(keras.layers.Activation("tanh"))
    model.add(keras.layers.Dense(10))  # a logit for each digit
    return model


def compare_layers(model):
    """Norm of dL/dz in the first hidden layer over that in the last one."""
    with tf.GradientTape() as tape:
        h = x_train
        zs = []  # what enters the activations, (samples, 64) each
        for layer in model.layers:
            if isinstance(layer, keras.layers.Activation):
                zs.append(h)
            h = layer(h)
        loss = cross_entropy(y_train, h)
    first, *_, last = tape.gradient(loss, zs)
    return np.linalg.norm(first) / np.linalg.norm(last)


# --8<-- [end:network]
left = {}
accuracy = {}
# --8<-- [start:train]
for name, initializer in [
    ("small", keras.initializers.RandomNormal(stddev=0.05)),
    ("glorot", keras.initializers.GlorotNormal()),
]:
    model = build_network(initializer)
    left[name] = compare_layers(model)
    model.compile("adam", cross_entropy, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=128, epochs=25, verbose=0)
    _, accuracy[name] = model.evaluate(x_test, y_test, verbose=0)
    print(f"{name}: first / last dL/dz {left[name]:.1g},")
    print(f"  test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
