"""Does a slope below zero keep ReLU units alive, and give them a gradient?

Fixed: five hidden layers of width 64, He weights, 25 epochs of Adam on digits
at a rate so high that it silences units; one network of each kind. Varies: the
slope below zero. It prints the share of hidden units that no training digit
turns on, and of those whose weights get no gradient.
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
def train_network(slope):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(5):
        model.add(keras.layers.Dense(64, kernel_initializer="he_normal"))
        model.add(keras.layers.LeakyReLU(negative_slope=slope))
    model.add(keras.layers.Dense(10))
    model.compile(keras.optimizers.Adam(0.03), cross_entropy)
    model.fit(x_train, y_train, batch_size=128, epochs=25, verbose=0)
    return model


# --8<-- [end:network]
silent = {}
no_gradient = {}
names = {0: "none", 0.01: "hundredth"}
# --8<-- [start:look]
for slope in (0, 0.01):
    model = train_network(slope)
    hidden = model.layers[:-1:2]  # the dense layers without the head

    # Units whose sum z is positive for no training digit.
    sums = [layer.output for layer in hidden]
    zs = keras.Model(model.inputs[0], sums)(x_train)
    never_on = [np.all(z <= 0, axis=0) for z in zs]

    # Units whose weights have a dL/dW of exactly zero.
    with tf.GradientTape() as tape:
        loss = cross_entropy(y_train, model(x_train))
    gradients = tape.gradient(loss, [layer.kernel for layer in hidden])
    stuck = [np.all(gradient == 0, axis=0) for gradient in gradients]

    print(f"slope {slope}: {np.mean(never_on):.0%} of the units are silent,")
    print(f"  {np.mean(stuck):.0%} have no gradient")
    # --8<-- [end:look]
    silent[names[slope]] = np.mean(never_on)
    no_gradient[names[slope]] = np.mean(stuck)
