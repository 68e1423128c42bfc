"""Healthy programs in the manner of keras.io's examples, small, by which no border was set.

Each function returns, as `build` of a case does, the model, x, y, arguments of `fit`, and
a function that scores the trained model.
"""

from keras import ops

from cases.common import *


def classes(x, y, *parts, shape=None, optimizer="adam", epochs=6, units=10):
    """A compiled classifier of `parts`, with its data."""
    model = mlp(shape or x.shape[1:], *parts, layers.Dense(units, "softmax"))
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, y, dict(epochs=epochs), accuracy(x, y)


def reviews(n=800, length=60, words=300):
    """Token sequences: which of two sets of words do they hold?"""
    rng = np.random.default_rng(30)
    y = rng.integers(0, 2, n)
    x = rng.integers(20, words, (n, length))
    at = rng.integers(0, length, (n, 6))
    np.put_along_axis(x, at, rng.integers(0, 10, (n, 6)) + 10 * y[:, None], axis=1)
    return x.astype("int32"), y


def waves(n=400, steps=96):
    """Sequences of one channel: which of two frequencies?"""
    rng = np.random.default_rng(31)
    y = rng.integers(0, 2, n)
    t = np.linspace(0, 6, steps)
    phase = rng.uniform(0, 6, n)[:, None]
    x = np.sin(t * (2 + 2 * y[:, None]) + phase) + 0.3 * rng.normal(size=(n, steps))
    return x[..., None].astype("float32"), y


def weather(n=1200):
    """Some related columns that go through days, standardized."""
    rng = np.random.default_rng(32)
    t = np.arange(n)
    base = np.sin(t / 12)[:, None] * rng.normal(size=(1, 4))
    return standard(base + 0.1 * np.cumsum(rng.normal(size=(n, 4)), axis=0) / 10)


def convolutional_digits():
    """After keras.io/examples/vision/mnist_convnet."""
    parts = [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D()]
    return classes(
        IMAGES,
        LABELS,
        *parts,
        layers.Conv2D(32, 3, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.5),
    )


def raw_bytes_rescaled():
    """After keras.io/examples/vision/image_classification_from_scratch: bytes go into a Rescaling layer."""
    x = RAW.reshape(-1, 8, 8, 1)
    block = lambda n: [
        layers.Conv2D(n, 3, padding="same"),
        layers.BatchNormalization(),
        layers.Activation("relu"),
    ]
    parts = [
        layers.Rescaling(1 / 255),
        *block(16),
        *block(32),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.25),
    ]
    return classes(x, LABELS, *parts, optimizer=keras.optimizers.Adam(0.01), epochs=20)


def denoising_autoencoder():
    """After keras.io/examples/vision/autoencoder."""
    noisy = np.clip(
        IMAGES + np.random.default_rng(33).normal(0, 0.3, IMAGES.shape), 0, 1
    ).astype("float32")
    c = {"activation": "relu", "padding": "same"}
    model = mlp(
        (8, 8, 1),
        layers.Conv2D(16, 3, **c),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, **c),
        layers.Conv2DTranspose(16, 3, strides=2, **c),
        layers.Conv2D(1, 3, activation="sigmoid", padding="same"),
    )
    model.compile("adam", "binary_crossentropy")
    return model, noisy, IMAGES, dict(epochs=6), r2(noisy, IMAGES)


def text_with_a_transformer():
    """After keras.io/examples/nlp/text_classification_with_transformer."""
    x, y = reviews()
    inputs = keras.Input((60,), dtype="int32")
    places = layers.Embedding(60, 16)(ops.arange(60))
    z = layers.Embedding(300, 16)(inputs) + places
    z = layers.LayerNormalization()(z + layers.MultiHeadAttention(2, 8)(z, z))
    z = layers.LayerNormalization()(z + layers.Dense(16)(layers.Dense(32, "relu")(z)))
    z = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(z))
    model = keras.Model(inputs, layers.Dense(2, "softmax")(layers.Dense(16, "relu")(z)))
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy")
    return model, x, y, dict(epochs=4), accuracy(x, y)


def text_with_convolutions():
    """After keras.io/examples/nlp/text_classification_from_scratch."""
    x, y = reviews()
    parts = [
        layers.Embedding(300, 16),
        layers.Dropout(0.3),
        layers.Conv1D(32, 5, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(32, "relu"),
    ]
    model = keras.Sequential(
        [keras.Input((60,), dtype="int32"), *parts, layers.Dense(1, "sigmoid")]
    )
    model.compile(
        keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"]
    )
    return model, x, y, dict(epochs=4), accuracy(x, y)


def waves_with_convolutions():
    """After keras.io/examples/timeseries/timeseries_classification_from_scratch."""
    x, y = waves()
    block = lambda: [
        layers.Conv1D(16, 3, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]
    return classes(
        x,
        y,
        *block(),
        *block(),
        layers.GlobalAveragePooling1D(),
        units=2,
        optimizer=keras.optimizers.Adam(0.01),
        epochs=60,
    )


def waves_with_an_lstm():
    """An LSTM over 96 steps, Keras' defaults."""
    x, y = waves()
    return classes(
        x, y, layers.LSTM(32), units=2, optimizer=keras.optimizers.Adam(0.01)
    )


def masked_sequences_with_a_gru():
    """Padded sequences behind a Masking layer."""
    x, y = waves(steps=40)
    length = np.random.default_rng(34).integers(20, 41, len(x))
    x[np.arange(40)[None] >= length[:, None]] = 0
    return classes(
        x,
        y,
        layers.Masking(),
        layers.Bidirectional(layers.GRU(16)),
        units=2,
        optimizer=keras.optimizers.Adam(0.01),
    )


def weather_forecast():
    """After keras.io/examples/timeseries/timeseries_weather_forecasting."""
    series = weather()
    x = np.stack([series[k : k + 24] for k in range(len(series) - 30)])
    y = series[30:, :1]
    model = mlp((24, 4), layers.LSTM(32), layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model, x, y, dict(epochs=5), r2(x, y)


def sums_of_digits():
    """After keras.io/examples/nlp/addition_rnn: a sequence in, a sequence out."""
    rng = np.random.default_rng(35)
    a, b = rng.integers(0, 10, (2, 800))
    x = np.eye(11)[np.stack([a, np.full_like(a, 10), b], axis=1)].astype("float32")
    y = np.stack([(a + b) // 10, (a + b) % 10], axis=1)
    model = mlp(
        (3, 11),
        layers.LSTM(64),
        layers.RepeatVector(2),
        layers.LSTM(64, return_sequences=True),
        layers.Dense(10, "softmax"),
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model, x, y, dict(epochs=10), accuracy(x, y)


def small_vision_transformer():
    """After keras.io/examples/vision/image_classification_with_vision_transformer."""
    patches = IMAGES.reshape(-1, 4, 2, 4, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 16, 4)
    inputs = keras.Input((16, 4))
    z = layers.Dense(24)(inputs) + layers.Embedding(16, 24)(ops.arange(16))
    for _ in range(2):
        n = layers.LayerNormalization()(z)
        z = z + layers.MultiHeadAttention(2, 12, dropout=0.1)(n, n)
        z = z + layers.Dense(24)(
            layers.Dense(48, "gelu")(layers.LayerNormalization()(z))
        )
    z = layers.Dropout(0.2)(layers.Flatten()(layers.LayerNormalization()(z)))
    model = keras.Model(inputs, layers.Dense(10)(z))
    model.compile(
        keras.optimizers.AdamW(0.003, weight_decay=1e-4),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model, patches, LABELS, dict(epochs=6), accuracy(patches, LABELS)


def super_resolution():
    """After keras.io/examples/vision/super_resolution_sub_pixel."""
    small = IMAGES.reshape(-1, 4, 2, 4, 2, 1).mean(axis=(2, 4))
    c = {"activation": "tanh", "kernel_initializer": "orthogonal", "padding": "same"}
    model = mlp(
        (4, 4, 1),
        layers.Conv2D(32, 3, **c),
        layers.Conv2D(16, 3, **c),
        layers.Conv2D(4, 3, padding="same"),
        layers.Reshape((4, 4, 2, 2)),
        layers.Permute((1, 3, 2, 4)),
        layers.Reshape((8, 8, 1)),
    )
    model.compile(keras.optimizers.Adam(0.005), "mse")
    return model, small, IMAGES, dict(epochs=6), r2(small, IMAGES)


def rare_frauds():
    """After keras.io/examples/structured_data/imbalanced_classification: two percent of ones, and class weights."""
    rng = np.random.default_rng(36)
    x = rng.normal(size=(3000, 12)).astype("float32")
    y = (x[:, 0] + x[:, 1] + 0.3 * rng.normal(size=3000) > 2.8).astype("float32")
    model = mlp(
        (12,),
        *dense(1, 32, "relu"),
        layers.Dropout(0.3),
        *dense(1, 32, "relu"),
        layers.Dense(1, "sigmoid"),
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    weights = {0: 1 / np.sum(y == 0), 1: 1 / np.sum(y == 1)}
    weights = {k: w * len(y) / 2 for k, w in weights.items()}
    return (
        model,
        x,
        y,
        dict(epochs=5, batch_size=128, class_weight=weights),
        accuracy(x, y),
    )


def fuel_consumption():
    """After tensorflow.org/tutorials/keras/regression: a Normalization layer, targets of tens as they are."""
    rng = np.random.default_rng(37)
    z = rng.normal(size=(390, 7))
    x = (
        z * [1.7, 100, 40, 850, 2.7, 3.7, 0.8] + [5, 194, 104, 2970, 15, 76, 1.6]
    ).astype("float32")
    y = (23.5 + 7 * np.tanh(z[:, 3] + 0.5 * z[:, 5]) + rng.normal(size=390)).astype(
        "float32"
    )
    normalization = layers.Normalization()
    normalization.adapt(x)
    model = mlp((7,), normalization, *dense(2, 64, "relu"), layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.003), "mae")
    return model, x, y, dict(epochs=50), r2(x, y)


def two_outputs():
    """After keras.io/guides/functional_api: a class and a number from one trunk."""
    inputs = keras.Input((64,))
    z = layers.Dense(64, "relu")(inputs)
    outputs = {
        "class": layers.Dense(10, "softmax", name="class")(z),
        "ink": layers.Dense(1, name="ink")(z),
    }
    model = keras.Model(inputs, outputs)
    model.compile(
        "adam",
        {"class": "sparse_categorical_crossentropy", "ink": "mse"},
        loss_weights={"class": 1.0, "ink": 0.2},
    )
    y = {"class": LABELS, "ink": standard(DIGITS.sum(axis=1, keepdims=True))}
    score = lambda m: float(
        np.mean(m.predict(DIGITS, verbose=0)["class"].argmax(1) == LABELS)
    )
    return model, DIGITS, y, dict(epochs=6), score


def head_on_a_frozen_base():
    """After keras.io/guides/transfer_learning: a trained base, frozen, and a new head."""
    base = mlp((64,), *dense(2, 64, "relu"))
    teacher = keras.Sequential([base, layers.Dense(2, "softmax")])
    teacher.compile("adam", "sparse_categorical_crossentropy")
    teacher.fit(DIGITS, LABELS % 2, epochs=4, verbose=0)
    base.trainable = False
    inputs = keras.Input((64,))
    model = keras.Model(inputs, layers.Dense(10)(base(inputs, training=False)))
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model, DIGITS, LABELS, dict(epochs=8), accuracy(DIGITS, LABELS)


class Adversaries(keras.Model):
    """A generator and a critic that train in turns."""

    def __init__(self):
        super().__init__()
        self.generator = mlp((8,), *dense(1, 32, "relu"), layers.Dense(64, "sigmoid"))
        self.critic = mlp(
            (64,), layers.Dense(32), layers.LeakyReLU(0.2), layers.Dense(1)
        )
        self.seed = keras.random.SeedGenerator(3)
        self.binary = keras.losses.BinaryCrossentropy(from_logits=True)

    def call(self, x):
        return self.critic(x)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        fake = self.generator(keras.random.normal((ops.shape(x)[0], 8), seed=self.seed))
        ones = ops.ones((ops.shape(x)[0], 1))
        steady = ops.stop_gradient(fake)
        critic = self.binary(ones, self.critic(x)) + self.binary(
            0 * ones, self.critic(steady)
        )
        return critic + self.binary(ones, self.critic(fake))


def adversaries():
    """After keras.io/examples/generative/dcgan_overriding_train_step, by a loss of its own."""
    model = Adversaries()
    model.compile(keras.optimizers.Adam(0.0005))
    model(DIGITS[:2])
    model.generator(np.zeros((2, 8), "float32"))
    return model, DIGITS, None, dict(epochs=4, batch_size=64), lambda m: float("nan")


def pairs_of_metric_learning():
    """After keras.io/examples/vision/metric_learning: similarities as logits of the right partner."""
    rng = np.random.default_rng(38)
    anchor = np.stack(
        [rng.choice(np.flatnonzero(LABELS == k), 300) for k in range(10)], axis=1
    )
    other = np.stack(
        [rng.choice(np.flatnonzero(LABELS == k), 300) for k in range(10)], axis=1
    )
    base = mlp(
        (64,), *dense(1, 64, "relu"), layers.Dense(8), layers.UnitNormalization()
    )
    a, b = keras.Input((10, 64)), keras.Input((10, 64))
    both = (
        ops.matmul(base_of(base, a), ops.transpose(base_of(base, b), (0, 2, 1))) / 0.2
    )
    model = keras.Model([a, b], both)
    model.compile(
        keras.optimizers.Adam(0.002),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    x, y = [DIGITS[anchor], DIGITS[other]], np.tile(np.arange(10), (300, 1))
    return model, x, y, dict(epochs=6), accuracy(x, y)


def base_of(base, pairs):
    return layers.TimeDistributed(base)(pairs)


def wide_and_deep():
    """After keras.io/examples/structured_data/wide_deep_cross_networks: one-hot crosses beside a deep part."""
    rng = np.random.default_rng(39)
    numbers = rng.normal(size=(900, 4)).astype("float32")
    kinds = rng.integers(0, 12, 900)
    y = ((kinds % 3 == 0) ^ (numbers[:, 0] > 0)).astype("float32")
    a, b = keras.Input((4,)), keras.Input((12,))
    deep = layers.BatchNormalization()(layers.Dense(32)(layers.concatenate([a, b])))
    deep = layers.Dense(32, "relu")(layers.Dropout(0.1)(layers.ReLU()(deep)))
    model = keras.Model(
        [a, b], layers.Dense(1, "sigmoid")(layers.concatenate([b, deep]))
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    x = [numbers, np.eye(12, dtype="float32")[kinds]]
    score = lambda m: float(np.mean((m.predict(x, verbose=0).ravel() > 0.5) == y))
    return model, x, y, dict(epochs=8), score


def several_topics():
    """After keras.io/examples/nlp/multi_label_classification: sigmoids for topics that hold together."""
    rng = np.random.default_rng(40)
    topics = (rng.uniform(size=(1000, 6)) < 0.3).astype("float32")
    words = rng.uniform(size=(6, 80)) < 0.1
    x = ((topics @ words > 0) & (rng.uniform(size=(1000, 80)) < 0.8)).astype("float32")
    model = mlp(
        (80,), *dense(1, 64, "relu"), layers.Dropout(0.3), layers.Dense(6, "sigmoid")
    )
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
    score = lambda m: float(np.mean((m.predict(x, verbose=0) > 0.5) == topics))
    return model, x, topics, dict(epochs=6), score


def marked_numbers():
    """The adding problem over 60 steps, which an LSTM learns: the sum of two marked numbers."""
    rng = np.random.default_rng(41)
    x = np.stack([rng.uniform(size=(1500, 60)), np.zeros((1500, 60))], axis=2).astype(
        "float32"
    )
    at = np.stack([rng.integers(0, 30, 1500), rng.integers(30, 60, 1500)], axis=1)
    np.put_along_axis(x[..., 1], at, 1, axis=1)
    y = (x[..., 0] * x[..., 1]).sum(axis=1, keepdims=True)
    model = mlp((60, 2), layers.LSTM(32), layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model, x, y, dict(epochs=6, batch_size=50), r2(x, y)
