"""How do the tutorial's two networks move toward their answers?

The tutorial's two networks and settings; only the record of each epoch is added.
Fixed: XOR, 2-8-8-1, Adam at 1e-3, 200 epochs, the seed. Varies: the activation of the hidden layers. One seed.
The figure shows the loss and the prediction for [1, 0] after each epoch.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 1, 1, 0])
epochs = 200
keras.utils.set_random_seed(0)  # before both networks, as the site does for the tutorial's program


# --8<-- [start:record]
class Predictions(keras.callbacks.Callback):
    """The prediction for [1, 0] after each epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(float(self.model(np.array([[1, 0]]))[0, 0]))


def fit(activation):
    model = Sequential([Input((2,)), Dense(8, activation), Dense(8, activation), Dense(1, "sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    predictions = Predictions()
    history = model.fit(X, y, epochs=epochs, verbose=0, callbacks=[predictions])
    return np.array(history.history["loss"]), np.array(predictions.seen)


loss_sigmoid, path_sigmoid = fit("sigmoid")
loss_relu, path_relu = fit("relu")
# --8<-- [end:record]
first_sigmoid, last_sigmoid = loss_sigmoid[0], loss_sigmoid[-1]
first_relu, last_relu = loss_relu[0], loss_relu[-1]
pred_sigmoid, pred_relu = path_sigmoid[-1], path_relu[-1]
tolerance = 1e-4  # within it, these are the tutorial program's own predictions
sigmoid_below, sigmoid_above = pred_sigmoid - tolerance, pred_sigmoid + tolerance
relu_below, relu_above = pred_relu - tolerance, pred_relu + tolerance
print(f"sigmoid: loss {first_sigmoid:.3f} -> {last_sigmoid:.3f}, prediction for [1, 0] {pred_sigmoid:.3f}")
print(f"ReLU:    loss {first_relu:.3f} -> {last_relu:.3f}, prediction for [1, 0] {pred_relu:.3f}")

fig, (left, right) = plt.subplots(1, 2)
epoch = np.arange(1, epochs + 1)
for name, color, line, loss, path in [
    ("sigmoid", "C0", "-", loss_sigmoid, path_sigmoid),
    ("ReLU", "C1", "--", loss_relu, path_relu),
]:
    left.plot(epoch, loss, color=color, linestyle=line, label=name)
    right.plot(epoch, path, color=color, linestyle=line, label=name)
left.set(title="Loss, one run", xlabel="epoch", ylabel="cross-entropy", ylim=(0, 0.9))
right.set(title="Prediction for [1, 0]", xlabel="epoch", ylabel="predicted probability", ylim=(0, 1.05))
right.axhline(1, color="C4", linestyle=":", label="target")
left.legend(loc="lower left")
right.legend(loc="lower right")
fig.savefig("sigmoid_vs_relu_history.svg")
