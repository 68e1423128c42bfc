"""What does one word change in a deep network?

Fixed: ten hidden layers of 64 units, He weights, Adam, the digits, one seed.
Varies: the activation function, relu or sigmoid. Prints the accuracy on new
digits.
"""

# --8<-- [start:network]
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

pixels, labels = load_digits(return_X_y=True)  # (1797, 64) and (1797,)
x_train, x_test, y_train, y_test = train_test_split(
    pixels / 16, labels, test_size=360, random_state=0
)

accuracies = {}
for activation in ("relu", "sigmoid"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential()
    for _ in range(10):
        model.add(layers.Dense(64, activation, kernel_initializer="he_normal"))
    model.add(layers.Dense(10, "softmax"))
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=128, epochs=15, verbose=0)
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"{activation:7} {accuracy:.0%} of new digits are right")
    accuracies[activation] = accuracy
# --8<-- [end:network]
