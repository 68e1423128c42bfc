"""Can the optimizer train five sigmoid layers?

Fixed: five sigmoid layers of width 64, Glorot weights, 22 epochs of digits,
the same first weights. Varies: the optimizer, SGD or Adam. One network of
each. It prints the test accuracy after training.
"""

# --8<-- [start:network]
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)


def train(optimizer):
    """Test accuracy of five sigmoid layers after 22 epochs."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(5):
        model.add(keras.layers.Dense(64, "sigmoid"))
    model.add(keras.layers.Dense(10, "softmax"))
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=22, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]


reached = {
    "sgd": train(keras.optimizers.SGD(1.0)),
    "adam": train(keras.optimizers.Adam(0.01)),
}
# --8<-- [end:network]
print(f"SGD:  test accuracy {reached['sgd']:.2f}")
print(f"Adam: test accuracy {reached['adam']:.2f}")
