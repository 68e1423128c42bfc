"""Does a path around each layer let ten sigmoid layers learn?

Fixed: ten sigmoid layers of width 64, Glorot weights, Adam, 26 epochs of
digits. Varies: whether a layer adds its input to its output. One network of
each kind. It prints the test accuracy after training.
"""

# --8<-- [start:network]
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)


def build_network(skips):
    """Ten sigmoid layers; from the second on, each may add its input."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64,))
    hidden = keras.layers.Dense(64, "sigmoid")(inputs)
    for _ in range(9):
        branch = keras.layers.Dense(64, "sigmoid")(hidden)
        hidden = keras.layers.Add()([hidden, branch]) if skips else branch
    outputs = keras.layers.Dense(10, "softmax")(hidden)
    return keras.Model(inputs, outputs)


# --8<-- [end:network]

# --8<-- [start:train]
reached = {}
for name, skips in {"plain": False, "skips": True}.items():
    model = build_network(skips)
    loss = "sparse_categorical_crossentropy"
    model.compile("adam", loss, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=128, epochs=26, verbose=0)
    reached[name] = model.evaluate(x_test, y_test, verbose=0)[1]
    print(f"{name}: test accuracy {reached[name]:.2f}")
# --8<-- [end:train]
