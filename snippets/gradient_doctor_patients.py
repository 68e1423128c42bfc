"""Which networks are ill in one known way, and which are healthy?

`PATIENTS` and `HEALTHY`: name -> function without arguments -> (model, x, y). A
patient's name begins with its disease. All of them are built from layers that
ship with Keras; what makes them ill is a weight, an activation or a depth.
"""

import keras
import numpy as np
from keras import layers, ops
from keras.initializers import Constant, RandomNormal, VarianceScaling
from sklearn.datasets import load_digits

# Digits as vectors, as images, as eight rows in time, as 64 pixels in time.
DIGITS, LABELS = load_digits(return_X_y=True)
DIGITS = (DIGITS[:512] / 16).astype("float32")
LABELS = LABELS[:512]
IMAGES = DIGITS.reshape(-1, 8, 8, 1)
ROWS = DIGITS.reshape(-1, 8, 8)
NARROW = DIGITS.reshape(-1, 64, 1)
# The eight rows, and then nothing for as long and twice: what is early counts.
EARLY = np.pad(ROWS, ((0, 0), (0, 16), (0, 0)))

# Sequences of 16 tokens: is the sum of the first half larger?
TOKENS = np.random.default_rng(0).integers(0, 50, (256, 16))
HALVES = TOKENS.reshape(-1, 2, 8).sum(axis=2)
FIRST_HALF_LARGER = (HALVES[:, 0] > HALVES[:, 1]).astype("int32")

CLASSES = "sparse_categorical_crossentropy"


def compiled(model, loss=CLASSES, optimizer="sgd"):
    model.compile(optimizer, loss)
    return model


def chain(shape, *parts, head=None, **options):
    """A compiled Sequential model on inputs of `shape`.

    head: its last layer, by default a softmax of ten classes.
    """
    head = head or layers.Dense(10, "softmax")
    model = keras.Sequential([keras.Input(shape), *parts, head])
    return compiled(model, **options)


def repeat(n, layer, *args, **kwargs):
    return [layer(*args, **kwargs) for _ in range(n)]


def dense(
    n, activation, kernel_initializer="glorot_uniform", width=32, **kwargs
):
    return repeat(
        n,
        layers.Dense,
        width,
        activation,
        kernel_initializer=kernel_initializer,
        **kwargs,
    )


def conv(n, activation, kernel_initializer="glorot_uniform", **kwargs):
    options = {
        "padding": "same",
        "kernel_initializer": kernel_initializer,
        **kwargs,
    }
    return [
        *repeat(n, layers.Conv2D, 8, 3, activation=activation, **options),
        layers.GlobalAveragePooling2D(),
    ]


def normalized(n, activation):
    """So many dense layers, normalized over the batch before the activation."""
    parts = []
    for _ in range(n):
        parts += dense(1, None, use_bias=False)
        parts += [layers.BatchNormalization(), layers.Activation(activation)]
    return parts


def recurrent(layer, columns=1):
    return chain((None, columns), layer)


class Written(keras.Model):
    """A subclassed model that applies its activation as a function.

    No layer knows of it.
    """

    def __init__(self, depth, function, spare=None, **options):
        super().__init__()
        self.function = function
        self.spare = spare
        self.hidden = dense(depth, None, **options)
        self.head = layers.Dense(10, "softmax")

    def call(self, x):
        for layer in self.hidden:
            x = self.function(layer(x))
        return self.head(x)


def written(*args, **kwargs):
    model = compiled(Written(*args, **kwargs))
    model(DIGITS[:1])
    return model


def functional(body, x=DIGITS, loss=CLASSES, units=10):
    inputs = keras.Input(x.shape[1:], dtype=x.dtype.name)
    outputs = layers.Dense(units, "softmax")(body(inputs))
    return compiled(keras.Model(inputs, outputs), loss)


def nested(*parts):
    return chain(
        (64,),
        *dense(1, "relu"),
        keras.Sequential([keras.Input((32,)), *parts], name="block"),
    )


def residual(x, depth, activation, normalized, initializer="he_normal"):
    x = layers.Dense(32, kernel_initializer=initializer)(x)
    for _ in range(depth):
        branch = layers.BatchNormalization()(x) if normalized else x
        dense = layers.Dense(32, activation, kernel_initializer=initializer)
        x = layers.Add()([x, dense(branch)])
    return layers.BatchNormalization()(x) if normalized else x


def transformer(tokens, blocks=2, initializer="uniform"):
    x = layers.Embedding(50, 32, embeddings_initializer=initializer)(tokens)
    for _ in range(blocks):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 8)(y, y)])
        y = layers.Dense(64, "gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(32)(y)])
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))


def trained(x, *parts):
    """A healthy model after five epochs of Adam."""
    model = chain(x.shape[1:], *parts, optimizer="adam")
    for _ in range(5):
        for i in range(0, len(x), 64):
            model.train_on_batch(x[i : i + 64], LABELS[i : i + 64])
    return model


def broken():
    model = chain((64,), *dense(3, "relu"))
    model.layers[1].kernel.assign(model.layers[1].kernel * np.nan)
    return model


def root_loss(y, p):
    zero = ops.sum((p - ops.stop_gradient(p)) ** 2)
    return ops.sqrt(zero) + ops.mean(p)  # the root's slope there is infinite


def same_row(shape, dtype=None):
    """One random row for every token."""
    return ops.repeat(keras.random.normal((1, shape[1])), shape[0], axis=0)


small = RandomNormal(stddev=0.05)
lift = Constant(1000.0)
sink = Constant(-20.0)
strong = VarianceScaling(200.0)  # ten times He's spread
PATIENTS = {
    "vanishing: sigmoid": lambda: (
        chain((64,), *dense(10, "sigmoid")),
        DIGITS,
        LABELS,
    ),
    "vanishing: tanh, small": lambda: (
        chain((64,), *dense(12, "tanh", small)),
        DIGITS,
        LABELS,
    ),
    "vanishing: convolutions": lambda: (
        chain((8, 8, 1), *conv(10, "sigmoid")),
        IMAGES,
        LABELS,
    ),
    "vanishing: subclassed": lambda: (written(10, ops.sigmoid), DIGITS, LABELS),
    "vanishing: nested": lambda: (
        nested(*dense(10, "sigmoid")),
        DIGITS,
        LABELS,
    ),
    "vanishing: SimpleRNN": lambda: (
        recurrent(layers.SimpleRNN(16, recurrent_initializer=small), columns=8),
        EARLY,
        LABELS,
    ),
    "vanishing: LSTM that forgets": lambda: (
        recurrent(
            layers.LSTM(
                16, unit_forget_bias=False, bias_initializer=Constant(-3.0)
            ),
            columns=8,
        ),
        EARLY,
        LABELS,
    ),
    "exploding: ReLU": lambda: (
        chain((64,), *dense(6, "relu", strong)),
        DIGITS,
        LABELS,
    ),
    "exploding: convolutions": lambda: (
        chain((8, 8, 1), *conv(6, "relu", strong)),
        IMAGES,
        LABELS,
    ),
    "exploding: skips": lambda: (
        functional(lambda x: residual(x, 40, "relu", False)),
        DIGITS,
        LABELS,
    ),
    "exploding: SimpleRNN": lambda: (
        recurrent(
            layers.SimpleRNN(
                16,
                "linear",
                recurrent_initializer=keras.initializers.Orthogonal(2.0),
            )
        ),
        NARROW[:, ::4],
        LABELS,
    ),
    "dead: ReLU": lambda: (
        chain((64,), *dense(3, "relu", bias_initializer=sink)),
        DIGITS,
        LABELS,
    ),
    "dead: convolutions": lambda: (
        chain(
            (8, 8, 1),
            *conv(1, None, bias_initializer=sink)[:1],
            layers.ReLU(),
            *conv(1, "relu"),
        ),
        IMAGES,
        LABELS,
    ),
    "dead: subclassed": lambda: (
        written(2, ops.relu, bias_initializer=sink),
        DIGITS,
        LABELS,
    ),
    "saturated: tanh": lambda: (
        chain((64,), *dense(3, "tanh", RandomNormal(stddev=2.0))),
        DIGITS,
        LABELS,
    ),
    "saturated: sigmoid": lambda: (
        chain((8, 8, 1), *conv(2, "sigmoid", RandomNormal(stddev=20.0))),
        IMAGES,
        LABELS,
    ),
    "saturated: SimpleRNN": lambda: (
        chain(
            (8, 8),
            layers.SimpleRNN(16, kernel_initializer=RandomNormal(stddev=5.0)),
        ),
        ROWS,
        LABELS,
    ),
    "collapsed: sigmoid": lambda: (
        chain((64,), *dense(5, "sigmoid")),
        DIGITS,
        LABELS,
    ),
    "collapsed: biases": lambda: (
        chain((64,), *dense(3, "relu", bias_initializer=lift)),
        DIGITS,
        LABELS,
    ),
    "collapsed: transformer": lambda: (
        functional(
            lambda x: transformer(x, initializer=same_row), TOKENS, units=2
        ),
        TOKENS,
        FIRST_HALF_LARGER,
    ),
    "disconnected: stopped": lambda: (
        functional(
            lambda x: layers.Dense(32, "relu")(
                ops.stop_gradient(layers.Dense(32)(x))
            )
        ),
        DIGITS,
        LABELS,
    ),
    "non-finite: weight": lambda: (broken(), DIGITS, LABELS),
    "non-finite: activation": lambda: (
        written(3, lambda z: ops.exp(1000 * ops.relu(z))),
        DIGITS,
        LABELS,
    ),
    "non-finite: gradient": lambda: (
        chain((64,), *dense(2, "relu"), loss=root_loss),
        DIGITS,
        LABELS,
    ),
}
HEALTHY = {
    "ReLU, He": lambda: (
        chain((64,), *dense(5, "relu", "he_normal")),
        DIGITS,
        LABELS,
    ),
    "ReLU, Glorot": lambda: (chain((64,), *dense(10, "relu")), DIGITS, LABELS),
    "tanh, Glorot": lambda: (chain((64,), *dense(10, "tanh")), DIGITS, LABELS),
    "sigmoid, two layers": lambda: (
        chain((64,), *dense(2, "sigmoid")),
        DIGITS,
        LABELS,
    ),
    "SELU, LeCun": lambda: (
        chain((64,), *dense(10, "selu", "lecun_normal")),
        DIGITS,
        LABELS,
    ),
    "sigmoid, normalized": lambda: (
        chain((64,), *normalized(10, "sigmoid")),
        DIGITS,
        LABELS,
    ),
    "dropout": lambda: (
        chain((64,), *dense(1, "relu"), layers.Dropout(0.5), *dense(1, "relu")),
        DIGITS,
        LABELS,
    ),
    "convolutions": lambda: (
        chain(
            (8, 8, 1),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            *conv(1, "relu"),
        ),
        IMAGES,
        LABELS,
    ),
    "residual": lambda: (
        functional(lambda x: residual(x, 10, "relu", True)),
        DIGITS,
        LABELS,
    ),
    "subclassed": lambda: (
        written(3, ops.relu, kernel_initializer="he_normal"),
        DIGITS,
        LABELS,
    ),
    "LSTM": lambda: (chain((8, 8), layers.LSTM(32)), ROWS, LABELS),
    "GRU, both ways": lambda: (
        chain(
            (8, 8),
            layers.Bidirectional(layers.GRU(16, return_sequences=True)),
            layers.GRU(16),
        ),
        ROWS,
        LABELS,
    ),
    "embedding": lambda: (
        functional(
            lambda x: layers.LSTM(16)(layers.Embedding(50, 16)(x)),
            TOKENS,
            units=2,
        ),
        TOKENS,
        FIRST_HALF_LARGER,
    ),
    "transformer": lambda: (
        functional(transformer, TOKENS, units=2),
        TOKENS,
        FIRST_HALF_LARGER,
    ),
    "trained ReLU": lambda: (
        trained(DIGITS, *dense(3, "relu")),
        DIGITS,
        LABELS,
    ),
    "trained LSTM": lambda: (trained(ROWS, layers.LSTM(16)), ROWS, LABELS),
}


def build(name, seed):
    """The network of that name, drawn with `seed`: (model, x, y)."""
    keras.utils.set_random_seed(seed)
    return (PATIENTS | HEALTHY)[name]()
