"""Why does a plain stack of convolutions stay at chance?

Fixed: 21 convolutions of eight channels in three stages, as in VGG but small,
Adam, three epochs of digits; one network of each kind. Varies: Keras' own first
weights, or He's with batch normalization. It prints the norms of dL/dW in the
first and last convolution before training, and the test accuracy after it.
"""

# --8<-- [start:data]
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x = x.reshape(-1, 8, 8, 1) / 16
x_train, x_test, y_train, y_test = train_test_split(
    x, y, test_size=360, random_state=0
)
# --8<-- [end:data]


# --8<-- [start:network]
def build_network(normalized):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8, 8, 1))])
    initializer = "he_normal" if normalized else "glorot_uniform"
    for layer in range(21):
        if layer in (7, 14):  # from 8x8 to 4x4 to 2x2 pixels
            model.add(keras.layers.MaxPooling2D())
        model.add(
            keras.layers.Conv2D(
                8, 3, padding="same", kernel_initializer=initializer
            )
        )
        if normalized:
            model.add(keras.layers.BatchNormalization(momentum=0.9))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.GlobalAveragePooling2D())
    model.add(keras.layers.Dense(10))  # logits
    return model


# --8<-- [end:network]
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
first = {}  # norm of dL/dW
last = {}
accuracy = {}

# --8<-- [start:train]
for name, normalized in (("plain", False), ("normalized", True)):
    model = build_network(normalized)
    with tf.GradientTape() as tape:
        logits = model(x_train[:128], training=True)
        loss = cross_entropy(y_train[:128], logits)
    kernels = [w for w in model.weights if w.name == "kernel"]
    found = tape.gradient(loss, kernels[:21])  # the last is the dense layer's
    norms = [np.linalg.norm(each.numpy().astype("float64")) for each in found]
    first[name], last[name] = norms[0], norms[-1]
    adam = keras.optimizers.Adam(0.003)
    model.compile(adam, cross_entropy, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=32, epochs=3, verbose=0)
    _, accuracy[name] = model.evaluate(x_test, y_test, verbose=0)
    print(f"{name:10} dL/dW {first[name]:.0e} to {last[name]:.0e},", end=" ")
    print(f"test accuracy {accuracy[name]:.2f}")
# --8<-- [end:train]
