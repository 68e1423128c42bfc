"""How do the tutorial's two networks move toward their answers?

The tutorial's two networks and settings; only the record of each epoch is
added. Fixed: XOR, 2-8-8-1, Adam at 1e-3, 200 epochs, the seed. Varies: the
activation of the hidden layers. One seed. The figure shows the loss and the
prediction for [1, 0] after each epoch.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input

epochs = 200
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 1, 1, 0])

# One seed before both networks, as the site does for the tutorial's program.
keras.utils.set_random_seed(0)


# --8<-- [start:record]
class Predictions(keras.callbacks.Callback):
    """The prediction for [1, 0] after each epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        prediction = self.model(np.array([[1, 0]]))  # (1, 1)
        self.seen.append(float(prediction[0, 0]))


def fit(activation):
    """The loss and the prediction after each epoch: two arrays (epochs,)."""
    model = Sequential([Input((2,))])
    model.add(Dense(8, activation))
    model.add(Dense(8, activation))
    model.add(Dense(1, "sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    predictions = Predictions()
    history = model.fit(x, y, epochs=epochs, verbose=0, callbacks=[predictions])
    return np.array(history.history["loss"]), np.array(predictions.seen)
    # --8<-- [end:record]


loss_sigmoid, path_sigmoid = fit("sigmoid")
loss_relu, path_relu = fit("relu")

# The first and the last epoch.
first_sigmoid = loss_sigmoid[0]
last_sigmoid = loss_sigmoid[-1]
first_relu = loss_relu[0]
last_relu = loss_relu[-1]
pred_sigmoid = path_sigmoid[-1]
pred_relu = path_relu[-1]

# Within so much, these are the predictions of the tutorial's own program.
tolerance = 1e-4
sigmoid_below = pred_sigmoid - tolerance
sigmoid_above = pred_sigmoid + tolerance
relu_below = pred_relu - tolerance
relu_above = pred_relu + tolerance

# Draw the loss on the left, the prediction on the right.
fig, (left, right) = plt.subplots(1, 2)
epoch = np.arange(1, epochs + 1)
left.plot(epoch, loss_sigmoid, "C0-", label="sigmoid")
left.plot(epoch, loss_relu, "C1--", label="ReLU")
left.set(title="Loss, one run", ylim=(0, 0.9))
left.set(xlabel="epoch", ylabel="cross-entropy")
left.legend(loc="lower left")
right.plot(epoch, path_sigmoid, "C0-", label="sigmoid")
right.plot(epoch, path_relu, "C1--", label="ReLU")
right.axhline(1, color="C4", linestyle=":", label="target")
right.set(title="Prediction for [1, 0]", ylim=(0, 1.05))
right.set(xlabel="epoch", ylabel="predicted probability")
right.legend(loc="lower right")
fig.savefig("sigmoid_vs_relu_history.svg")
