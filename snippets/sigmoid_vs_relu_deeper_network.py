"""Do ten layers learn to read digits, with sigmoid and with ReLU?

One network each: ten hidden layers of width 64, Keras' own initialization,
Adam at 1e-3, about 300 steps. Varies: the activation. One seed; nothing is
drawn.
"""

# --8<-- [start:fit]
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)  # (1797, 64), (1797,)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16, y, test_size=360, random_state=0
)

accuracy = {}
for activation in ["sigmoid", "relu"]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(10):
        model.add(keras.layers.Dense(64, activation))
    model.add(keras.layers.Dense(10, "softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=128, epochs=25, verbose=0)
    loss, share = model.evaluate(x_test, y_test, verbose=0)
    accuracy[activation] = share
    print(f"{activation:8} test loss {loss:.2f}, accuracy {share:.2f}")
# --8<-- [end:fit]
