"""Healthy: two bidirectional LSTMs on token sequences, after keras.io/examples/nlp/bidirectional_lstm_imdb; synthetic reviews."""

from cases.common import *


def reviews(n=800, length=40):
    rng = np.random.default_rng(20)
    y = rng.integers(0, 2, n)
    x = rng.integers(20, 500, (n, length))
    at = rng.integers(0, length, (n, 5))
    np.put_along_axis(x, at, rng.integers(0, 10, (n, 5)) + 10 * y[:, None], axis=1)
    return x.astype("int32"), y


def build():
    x, y = reviews()
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(500, 32),
            layers.Bidirectional(layers.LSTM(16, return_sequences=True)),
            layers.Bidirectional(layers.LSTM(16)),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, dict(epochs=4), accuracy(x, y)
