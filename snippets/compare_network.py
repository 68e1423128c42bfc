"""What do normalization and skips do for ten sigmoid layers?

Fixed: ten sigmoid layers of width 32, Glorot weights, Adam at 0.002, seven
epochs of digits. Varies: batch normalization, and skip connections with it.
One network of each kind. It prints the test accuracy after training.
"""

# --8<-- [start:network]
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)


def build_network(normalized, skips):
    """Ten sigmoid layers, plain or with one or two remedies."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64,))
    hidden = inputs
    for i in range(10):
        branch = layers.Dense(32)(hidden)
        if normalized:
            branch = layers.BatchNormalization(momentum=0.9)(branch)
        branch = layers.Activation("sigmoid")(branch)
        hidden = layers.Add()([hidden, branch]) if skips and i > 0 else branch
    return keras.Model(inputs, layers.Dense(10, "softmax")(hidden))


# --8<-- [end:network]


# --8<-- [start:train]
def train(normalized, skips):
    """Test accuracy after seven epochs, 161 steps of Adam."""
    model = build_network(normalized, skips)
    adam = keras.optimizers.Adam(0.002)
    model.compile(adam, "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=64, epochs=7, verbose=0)
    guesses = np.argmax(model(x_test), axis=1)
    return np.mean(guesses == y_test)


reached = {
    "plain": train(normalized=False, skips=False),
    "normalized": train(normalized=True, skips=False),
    "both": train(normalized=True, skips=True),
}
for name, accuracy in reached.items():
    print(f"{name}: test accuracy {accuracy:.2f}")
# --8<-- [end:train]
