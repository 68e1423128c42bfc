"""A record holds what a tape measures, and leaves everything as it was."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops
from tensorflow.python.eager import context

from gradient_doctor import GradientDoctor, examine
from gradient_doctor.backend import entries
from gradient_doctor.batch import batch
from gradient_doctor.layer import Layer, cosine, norm
from snippets.gradient_doctor_patients import (
    DIGITS,
    FIRST_HALF_LARGER,
    IMAGES,
    LABELS,
    ROWS,
    TOKENS,
    Written,
    build,
    chain,
    compiled,
    dense,
    functional,
    transformer,
)

RNG = np.random.default_rng(0)

# Measures: the oracle is a tape over the same model, its norms summed in float64

SHARED = layers.Dense(16, "tanh", name="shared")


class Penalized(layers.Layer):
    """Passes its input on and adds to the loss."""

    def call(self, x):
        self.add_loss(0.1 * ops.mean(x**2))
        return x


def two_towers():
    a, b = keras.Input((64,), name="a"), keras.Input((64,), name="b")
    shared = layers.Dense(16, "tanh", name="shared")
    joined = layers.Concatenate()([shared(a), shared(b)])
    outputs = [
        layers.Dense(10, "softmax", name="digit")(joined),
        layers.Dense(1, name="ink")(joined),
    ]
    model = keras.Model([a, b], outputs)
    model.compile(
        "adam", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1.0, 0.3]
    )
    return (
        model,
        [DIGITS[:64], DIGITS[64:128]],
        [LABELS[:64], DIGITS[:64].mean(axis=1, keepdims=True)],
    )


def penalized():
    parts = [
        layers.Dense(16, "relu", kernel_regularizer="l2"),
        Penalized(),
        layers.Dropout(0.3),
    ]
    return chain((64,), *parts, optimizer="adam"), DIGITS[:64], LABELS[:64]


def custom_loss(y, p):
    return ops.mean((p - ops.one_hot(ops.cast(y, "int32"), 10)) ** 4, axis=-1)


LOGITS = keras.losses.SparseCategoricalCrossentropy(True)
CASES = {
    "Sequential, dense": lambda: (
        chain((64,), *dense(4, "sigmoid")),
        DIGITS[:64],
        LABELS[:64],
    ),
    "logits": lambda: (
        chain((64,), *dense(2, "relu"), head=layers.Dense(10), loss=LOGITS),
        DIGITS[:64],
        LABELS[:64],
    ),
    "convolutions and normalization": lambda: (
        chain(
            (8, 8, 1),
            layers.Conv2D(8, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
        ),
        IMAGES[:64],
        LABELS[:64],
    ),
    "recurrent": lambda: (
        chain((8, 8), layers.LSTM(8, return_sequences=True), layers.GRU(8)),
        ROWS[:64],
        LABELS[:64],
    ),
    "attention and sparse embeddings": lambda: (
        functional(transformer, TOKENS, units=2),
        TOKENS[:64],
        FIRST_HALF_LARGER[:64],
    ),
    "subclassed": lambda: (built(Written(3, ops.tanh)), DIGITS[:64], LABELS[:64]),
    "shared layers, two inputs and outputs": two_towers,
    "add_loss, regularizer, dropout": penalized,
    "custom loss": lambda: (
        chain((64,), *dense(2, "tanh"), loss=custom_loss),
        DIGITS[:64],
        LABELS[:64],
    ),
    "frozen layer": lambda: (frozen(), DIGITS[:64], LABELS[:64]),
}


def built(model):
    model(DIGITS[:1])
    return compiled(model)


def frozen():
    model = chain((64,), *dense(3, "tanh"))
    model.layers[1].trainable = False
    return compiled(model)


def oracle(model, x, y, training):
    """The loss, and the squared norm of dL/dW of each weight of a model."""
    keras.utils.set_random_seed(3)
    with tf.GradientTape() as tape:
        outputs = model(x, training=training) if training is not None else model(x)
        loss = model.compute_loss(x=x, y=y, y_pred=outputs, training=bool(training))
    weights = model.trainable_weights
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
    return float(loss), {
        id(w): np.sum(np.asarray(g, "float64") ** 2) for w, g in zip(weights, gradients)
    }


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_norms_of_weight_gradients_are_those_of_a_plain_tape(case, training):
    keras.utils.set_random_seed(7)
    model, x, y = CASES[case]()
    before = model.get_weights()
    seeds = [v for v in model.variables if v.dtype in ("uint32", "int32", "int64")]
    kept = [v.numpy() for v in seeds]
    report = examine(model, x, y, training=training, samples=None)
    for v, value in zip(seeds, kept):  # dropout draws the same mask
        v.assign(value)
    flag = None if isinstance(model, Written) else training
    loss, squares = oracle(model, keras.tree.map_structure(tf.constant, x), y, flag)
    model.set_weights(before)
    rows = [row for row in report.layers if row.gradient_norm is not None]
    owners = {row.name: owner(model, row.name) for row in rows}
    assert report.loss == pytest.approx(loss, rel=1e-6)
    assert sum(len(layer.trainable_weights) for layer in owners.values()) == len(
        squares
    )
    for row in rows:
        expected = np.sqrt(
            sum(squares[id(w)] for w in owners[row.name].trainable_weights)
        )
        assert row.gradient_norm == pytest.approx(expected, rel=1e-5)
        assert row.gradient_rms == pytest.approx(
            expected / np.sqrt(row.parameters), rel=1e-5
        )


def owner(model, path):
    for name in path.split("/"):
        inner = model._flatten_layers(include_self=False, recursive=False)
        model = next(layer for layer in inner if layer.name == name)
    return model


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_norms_of_output_gradients_are_those_of_a_tape_over_the_same_layers_one_by_one(
    activation, training
):
    keras.utils.set_random_seed(7)
    parts = [*dense(3, activation), layers.BatchNormalization(), layers.Dense(10)]
    model = chain(
        (64,),
        *parts[:-1],
        head=parts[-1],
        loss=keras.losses.SparseCategoricalCrossentropy(True),
    )
    report = examine(model, DIGITS[:64], LABELS[:64], training=training)
    with tf.GradientTape() as tape:
        outputs = [tf.constant(DIGITS[:64])]
        for layer in model.layers:
            outputs.append(layer(outputs[-1], training=training))
        loss = tf.reduce_mean(
            keras.losses.sparse_categorical_crossentropy(
                LABELS[:64], outputs[-1], from_logits=True
            )
        )
    for row, gradient, output in zip(
        report.layers, tape.gradient(loss, outputs[1:]), outputs[1:], strict=True
    ):
        wide = np.asarray(gradient, "float64")
        assert row.output_gradient_norm == pytest.approx(np.linalg.norm(wide), rel=1e-5)
        assert row.output_gradient_rms == pytest.approx(
            np.linalg.norm(wide) / np.sqrt(wide.size), rel=1e-5
        )
        assert row.mean == pytest.approx(
            np.mean(output, dtype="float64"), rel=1e-5, abs=1e-7
        )
        assert row.std == pytest.approx(np.std(output, dtype="float64"), rel=1e-5)


def test_a_head_whose_loss_reads_logits_reports_the_gradient_by_logits():
    keras.utils.set_random_seed(7)
    model = chain((64,))
    report = examine(model, DIGITS[:64], LABELS[:64])
    expected = (
        model(DIGITS[:64]).numpy().astype("float64") - np.eye(10)[LABELS[:64]]
    ) / 64
    assert report.layers[-1].output_gradient_norm == pytest.approx(
        np.linalg.norm(expected), rel=1e-5
    )


def test_a_norm_below_float32_s_square_root_is_kept():
    assert norm([np.full(100, 1e-30, "float32")]) == pytest.approx(1e-29)
    model, x, y = build("vanishing: sigmoid", seed=11)
    deep = chain(
        (64,), *dense(30, "sigmoid", keras.initializers.RandomNormal(stddev=0.05))
    )
    row = examine(deep, x, y).layers[0]
    assert 0 < row.gradient_norm < 1e-20 and row.zeros < 0.5


def test_repeated_rows_of_a_sparse_gradient_are_summed():
    slices = tf.IndexedSlices(
        tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([5, 5]), tf.constant([50, 2])
    )
    assert entries(slices).tolist() == [[4.0, 6.0]]


OPTIMIZERS = {
    "SGD": {},
    "Adam": {"optimizer": "adam"},
    "clipped momentum": {
        "optimizer": lambda: keras.optimizers.SGD(
            0.1, momentum=0.9, global_clipnorm=0.1
        )
    },
    "schedule": {
        "optimizer": lambda: keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
        )
    },
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_update_is_the_step_that_fit_takes(name):
    keras.utils.set_random_seed(7)
    options = {
        key: value() if callable(value) else value
        for key, value in OPTIMIZERS[name].items()
    }
    model = chain((64,), *dense(2, "tanh"), **options)
    model.train_on_batch(DIGITS[:64], LABELS[:64])  # so that the optimizer has a state
    report, before = examine(model, DIGITS[:64], LABELS[:64]), model.get_weights()
    model.train_on_batch(DIGITS[:64], LABELS[:64])
    for i, row in enumerate(report.layers):
        moved = [
            b - a
            for a, b in zip(
                before[2 * i : 2 * i + 2], model.get_weights()[2 * i : 2 * i + 2]
            )
        ]
        assert row.update_ratio == pytest.approx(
            norm(moved) / norm(before[2 * i : 2 * i + 2]), rel=1e-3
        )


def test_shares_are_counted_right():
    model = chain(
        (4,), layers.Dense(4, "relu", name="r"), layers.Dense(4, "tanh", name="t")
    )
    model.get_layer("r").set_weights([np.eye(4), np.array([0, 0, -9, -9])])
    model.get_layer("t").set_weights([np.diag([9.0, 0.1, 0, 0]), np.zeros(4)])
    x = RNG.uniform(0.5, 1, (32, 4)).astype("float32")
    rows = {row.name: row for row in examine(model, x, np.zeros(32)).layers}
    assert rows["r"].dead == 0.5 and rows["t"].saturated == 0.25


def test_cosines_are_those_between_pairs():
    features = RNG.normal(size=(5, 7))
    units = features / np.linalg.norm(features, axis=1, keepdims=True)
    pairs = [units[i] @ units[j] for i in range(5) for j in range(5) if i != j]
    assert cosine(features, 5) == pytest.approx(np.mean(pairs))


def test_mixed_precision_is_measured_as_float32_is():
    found = []
    for policy in ("float32", "mixed_float16"):
        keras.utils.set_random_seed(7)
        model = chain(
            (8, 8, 1),
            layers.Conv2D(8, 3, activation="relu", dtype=policy),
            layers.Flatten(dtype=policy),
        )
        if policy == "mixed_float16":
            model.compile(
                keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), model.loss
            )
        found.append(examine(model, IMAGES[:64], LABELS[:64]).layers[0])
    assert found[1].gradient_norm == pytest.approx(found[0].gradient_norm, rel=1e-2)
    assert found[1].update_ratio == pytest.approx(found[0].update_ratio, rel=1e-2)


def test_a_loss_scale_that_overflows_is_no_disease():
    keras.utils.set_random_seed(7)
    model = chain((64,), layers.Dense(32, "relu", dtype="mixed_float16"))
    model.compile(
        keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(), initial_scale=2.0**30
        ),
        model.loss,
    )
    assert not examine(model, DIGITS, LABELS).findings


# Ways to give data and loss


def test_a_dataset_a_generator_and_arrays_give_the_same_report():
    keras.utils.set_random_seed(7)
    model, data = chain((64,), *dense(2, "relu")), (DIGITS[:32], LABELS[:32])
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(32)
    expected = examine(model, *data).dict()
    assert (
        expected
        == examine(model, dataset).dict()
        == examine(model, iter([data])).dict()
    )


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        keras.losses.SparseCategoricalCrossentropy(),
        custom_loss,
    ],
    ids=["name", "Loss", "function"],
)
def test_a_loss_may_be_given_instead_of_compiled(loss):
    keras.utils.set_random_seed(7)
    model = chain((64,), *dense(2, "relu"), loss=loss)
    plain = keras.Sequential([keras.Input((64,)), *model.layers])
    given, own = (
        examine(plain, DIGITS[:32], LABELS[:32], loss),
        examine(model, DIGITS[:32], LABELS[:32]),
    )
    assert given.loss == pytest.approx(own.loss, rel=1e-6)
    assert "compile the model" in given.notes[0] and "Note: no optimizer" in str(given)


def test_a_model_may_have_nothing_but_add_loss():
    inputs = keras.Input((64,))
    model = keras.Model(inputs, Penalized()(layers.Dense(4)(inputs)))
    assert examine(model, DIGITS[:32]).loss > 0


def test_sample_weights_count():
    keras.utils.set_random_seed(7)
    model = chain((64,), *dense(2, "relu"))
    none = examine(model, DIGITS[:32], LABELS[:32], sample_weight=np.zeros(32))
    assert none.loss == 0 and none.layers[0].gradient_norm == 0


def test_of_many_samples_evenly_spaced_ones_are_taken():
    x, _, _, count = batch(np.arange(100)[:, None], np.arange(100), None, 12)
    assert count == 12 and x[:, 0].tolist() == list(range(0, 100, 9))


# State


def state(model):
    """All that an examination could change, as bytes."""
    variables = [
        *model.variables,
        *model.metrics_variables,
        *(model.optimizer.variables if model.optimizer else []),
    ]
    return (
        [(v.path, v.dtype, v.numpy().tobytes()) for v in variables],
        [id(loss) for layer in model._flatten_layers() for loss in layer._losses],
        random.getstate(),
        [
            part.tobytes() if isinstance(part, np.ndarray) else part
            for part in np.random.get_state()
        ],
        (
            model.built,
            getattr(model.optimizer, "built", None),
            [layer.trainable for layer in model._flatten_layers()],
        ),
    )


def same(before, after):
    return all(a == b for a, b in zip(before, after, strict=True))


class Wandering(keras.Model):
    """Draws from every source of random numbers and keeps a running state."""

    def __init__(self):
        super().__init__()
        self.normalize, self.drop, self.head = (
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(10),
        )

    def call(self, x, training=None):
        noise = (
            random.random()
            + np.random.random()
            + tf.random.uniform(())
            + keras.random.uniform(())
        )
        return self.head(self.drop(self.normalize(x + 0 * noise), training=training))


STATES = {
    "batch normalization, dropout, every source of random numbers": lambda: (
        built_(Wandering()),
        DIGITS,
        LABELS,
    ),
    "stateful recurrent": lambda: (
        compiled(
            keras.Sequential(
                [
                    keras.Input(batch_shape=(32, 8, 8)),
                    layers.LSTM(8, stateful=True),
                    layers.Dense(10, "softmax"),
                ]
            )
        ),
        ROWS[:32],
        LABELS[:32],
    ),
    "spectral normalization, which assigns kernels": lambda: (
        chain((64,), layers.SpectralNormalization(layers.Dense(16))),
        DIGITS,
        LABELS,
    ),
    "two outputs with metrics": two_towers,
    "add_loss": penalized,
}


def built_(model):
    model(DIGITS[:1])
    return compiled(model, keras.losses.SparseCategoricalCrossentropy(True))


@pytest.mark.parametrize("case", STATES)
def test_the_model_is_the_same_to_the_bit(case):
    keras.utils.set_random_seed(7)
    model, x, y = STATES[case]()
    model.train_on_batch(
        keras.tree.map_structure(lambda a: a[:32], x),
        keras.tree.map_structure(lambda a: a[:32], y),
    )
    before = state(model)
    report = examine(model, x, y)
    assert report.training and same(before, state(model))


def test_what_is_drawn_next_does_not_depend_on_an_examination():
    drawn = []
    for looks in (0, 2):
        keras.utils.set_random_seed(7)
        model = built_(Wandering())
        for _ in range(looks):
            examine(model, DIGITS, LABELS)
        drawn.append(
            (
                random.random(),
                np.random.random(),
                float(tf.random.uniform(())),
                float(keras.random.uniform(())),
            )
        )
    assert drawn[0] == drawn[1]


def test_a_program_that_never_set_a_seed_is_examined_too(monkeypatch):
    model = chain((64,))
    monkeypatch.delattr(context.context(), "_rng", raising=False)
    assert examine(model, DIGITS, LABELS).loss > 0


def test_training_goes_the_same_way_with_examinations_in_between():
    weights = []
    for doctors in ([], [GradientDoctor(DIGITS, LABELS, steps=2, budget=np.inf)]):
        keras.utils.set_random_seed(7)
        model = chain(
            (64,),
            *dense(2, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            optimizer="adam",
        )
        model.fit(DIGITS, LABELS, epochs=2, verbose=0, callbacks=doctors)
        weights.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*weights))


def test_an_error_in_the_model_leaves_it_as_it_was():
    keras.utils.set_random_seed(7)
    model = built_(Wandering())
    before, call = state(model), layers.Layer.__call__
    with pytest.raises(ValueError):
        examine(model, DIGITS[:, :5], LABELS)
    assert same(before, state(model)) and layers.Layer.__call__ is call


# Bad input


class Unbuilt(keras.Model):
    pass


def plain():
    return keras.Sequential([keras.Input((64,)), layers.Dense(10)])


BAD = {
    "no model": (
        lambda: "model",
        DIGITS,
        LABELS,
        TypeError,
        "takes a keras.Model, got str",
    ),
    "not built": (Unbuilt, DIGITS, LABELS, ValueError, "not built.*call it once"),
    "no loss": (plain, DIGITS, LABELS, ValueError, "no loss: compile the model"),
    "compiled without a loss": (
        lambda: compiled(plain(), None),
        DIGITS,
        LABELS,
        ValueError,
        "loss",
    ),
    "shape of x": (
        lambda: chain((64,)),
        DIGITS[:, :5],
        LABELS,
        ValueError,
        r"does not take x of shape \(128, 5\)",
    ),
    "lengths": (
        lambda: chain((64,)),
        DIGITS,
        LABELS[:5],
        ValueError,
        "as many samples each",
    ),
    "empty": (
        lambda: chain((64,)),
        DIGITS[:0],
        LABELS[:0],
        ValueError,
        r"no sample: x has shape \(0, 64\)",
    ),
    "empty dataset": (
        lambda: chain((64,)),
        iter([]),
        None,
        ValueError,
        "dataset is empty",
    ),
    "no weights": (
        lambda: compiled(keras.Sequential([keras.Input((64,)), layers.ReLU()])),
        DIGITS,
        DIGITS,
        ValueError,
        "has no weights",
    ),
    "no y": (lambda: chain((64,)), DIGITS, None, ValueError, "there is no y"),
    "numbers for arrays": (
        lambda: chain((64,)),
        3.0,
        LABELS,
        ValueError,
        "arrays of as many samples",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_with_what_to_do(case):
    make, x, y, error, message = BAD[case]
    with pytest.raises(error, match=f"(?s){message}"):
        examine(make(), x, y)


def test_labels_that_the_loss_does_not_take_are_a_finding_with_what_to_do():
    report = examine(chain((64,)), DIGITS, np.eye(4)[LABELS % 4])
    assert report.findings[0].kind == "labels-shape"


def test_a_backend_without_gradients_is_refused(monkeypatch):
    model = chain((64,))
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(RuntimeError, match="set KERAS_BACKEND to tensorflow"):
        examine(model, DIGITS, LABELS)


def test_an_optimizer_that_cannot_be_copied_costs_only_the_update():
    class Odd(keras.optimizers.SGD):
        def get_config(self):
            raise NotImplementedError("no config")

    report = examine(chain((64,), optimizer=Odd()), DIGITS, LABELS)
    assert report.layers[0].update_ratio is None
    assert "could not be copied: no config" in "".join(report.notes)


def test_every_measure_is_documented():
    fields = set(Layer.__dataclass_fields__) - {"name", "kind", "parameters"}
    assert all(name.split("_")[0] in Layer.__doc__ for name in fields)
