"""Does the bias of the forget gate decide what an LSTM can learn?

Fixed: an LSTM of 16 units, sequences that show one of four cues and then 30
steps of other symbols, Adam, 300 steps, one seed. Varies: the bias with which
the forget gate starts. Prints the accuracy on sequences that are new.
"""

# --8<-- [start:network]
import keras
import numpy as np

rng = np.random.default_rng(0)
cues = rng.integers(0, 4, 10_000)
symbols = rng.integers(4, 8, (10_000, 31))  # four others, without meaning
symbols[:, 0] = cues
x = np.eye(8, dtype="float32")[symbols]  # (sequences, steps in time, 8)


def build(forget_bias):
    """An LSTM, and a layer that names the cue from its last output."""
    keras.utils.set_random_seed(0)
    lstm = keras.layers.LSTM(16)
    model = keras.Sequential([lstm, keras.layers.Dense(4, "softmax")])
    model.build((None, 31, 8))
    bias = np.zeros(4 * 16)  # input gate, forget gate, candidate, output gate
    bias[16:32] = forget_bias
    lstm.cell.bias.assign(bias)
    return model


# --8<-- [end:network]

# --8<-- [start:train]
reached = {}
for forget_bias in (0, 1, 5):
    model = build(forget_bias)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit(x[:9600], cues[:9600], batch_size=32, verbose=0)
    accuracy = model.evaluate(x[9600:], cues[9600:], verbose=0)[1]
    print(f"forget bias {forget_bias}: accuracy {accuracy:.2f}")
    reached[f"bias_{forget_bias}"] = accuracy
# --8<-- [end:train]
