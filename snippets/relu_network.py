"""Does a deep network learn once its units are ReLUs instead of sigmoids?

Fixed: ten hidden layers of width 64, Adam, 25 epochs on digits; one network of
each kind. Varies: the activation and the first weights. It prints how large
dL/dz is in the first layer beside the last hidden one before training, and the
test accuracy after it.
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


# --8<-- [start:network]
def build_network(activation, initializer):
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(10):
        model.add(keras.layers.Dense(64, kernel_initializer=initializer))
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(10))  # a logit for each digit
    return model


cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


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
for activation, initializer in [
    ("sigmoid", "glorot_uniform"),  # Keras' default
    ("relu", "glorot_uniform"),
    ("relu", "he_uniform"),
]:
    model = build_network(activation, initializer)
    ratio = compare_layers(model)
    model.compile("adam", cross_entropy, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=128, epochs=25, verbose=0)
    _, right = model.evaluate(x_test, y_test, verbose=0)
    print(f"{activation}, {initializer}:")
    print(f"  first / last dL/dz {ratio:.1g}, test accuracy {right:.2f}")
    # --8<-- [end:train]
    left[f"{activation}_{initializer}"] = ratio
    accuracy[f"{activation}_{initializer}"] = right
