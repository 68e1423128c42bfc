"""A planted fault of a network is named, and a healthy network is not accused."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradient_doctor import examine
from gradient_doctor.judge import judge
from gradient_doctor.measure import measure_model
from snippets.gradient_doctor_patients import (
    DIGITS,
    HEALTHY,
    IMAGES,
    LABELS,
    PATIENTS,
    build,
    chain,
    compiled,
    dense,
)

RNG = np.random.default_rng(0)
COLORS = np.repeat(np.kron(IMAGES[:32], np.ones((1, 4, 4, 1))), 3, axis=-1).astype(
    "float32"
)  # (32, 32, 32, 3)


def found_in(model, x, y):
    return judge(measure_model(model, x, y))


def kinds(findings):
    return {finding.kind for finding in findings}


@pytest.mark.parametrize("name", PATIENTS)
def test_a_planted_disease_is_named(name):
    found = found_in(*build(name, seed=11))
    assert name.split(":")[0] in kinds(found), found


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_network_is_not_accused(name):
    assert not found_in(*build(name, seed=11))


APPLICATIONS = {
    "MobileNetV3": (
        keras.applications.MobileNetV3Small,
        {"include_preprocessing": False},
        1,
    ),
    "ConvNeXt": (keras.applications.ConvNeXtTiny, {}, 255),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_architecture_that_ships_with_keras_is_not_accused(name):
    make, options, scale = APPLICATIONS[name]
    keras.utils.set_random_seed(11)
    model = compiled(make(weights=None, input_shape=(32, 32, 3), classes=10, **options))
    report = examine(model, COLORS * scale, LABELS[:32])
    assert not report.findings and "more layers" in str(report)


# What is found


def test_the_starved_layer_is_named_with_the_one_that_it_is_compared_with():
    model, x, y = build("vanishing: nested", seed=11)
    (found,) = [f for f in found_in(model, x, y) if f.kind == "vanishing"]
    assert found.layer == model.layers[0].name
    assert found.evidence["ratio"] < 1e-3 and "of that of" in found.says


def test_inner_layers_are_named_by_their_path():
    model, x, y = build("vanishing: nested", seed=11)
    rows = measure_model(model, x, y).layers
    inner = [row.name for row in rows if row.name.startswith("block/")]
    assert inner == [f"block/{layer.name}" for layer in model.get_layer("block").layers]


def test_the_first_layer_of_many_that_holds_nan_is_named():
    model, x, y = build("non-finite: weight", seed=11)
    (found,) = found_in(model, x, y)
    assert (found.kind, found.layer) == ("non-finite", model.layers[1].name)


def test_nan_in_x_is_the_cause_and_no_layer_is_accused():
    x = DIGITS.copy()
    x[3, 5] = np.nan
    report = examine(chain((64,), *dense(2, "relu")), x, LABELS)
    assert kinds(report.findings) == {"data-not-finite"}


def test_few_samples_are_no_evidence_of_dead_units():
    model, x, y = build("dead: ReLU", seed=11)
    assert measure_model(model, x[:8], y[:8]).layers[0].dead is None


def test_two_different_samples_are_no_evidence_of_dead_units():
    x = np.repeat(DIGITS[:2], 64, axis=0)
    keras.utils.set_random_seed(1)
    model = chain(
        (64,), *dense(1, "relu", bias_initializer=keras.initializers.Constant(-20.0))
    )
    assert "dead" not in kinds(found_in(model, x, np.repeat(LABELS[:2], 64)))


def frozen_whole():
    model = chain((64,), *dense(2, "relu"))
    model.trainable = False
    return model


def test_a_model_that_is_frozen_as_a_whole_is_told():
    (found,) = found_in(frozen_whole(), DIGITS, LABELS)
    assert (found.kind, found.layer) == ("frozen", None)


def test_a_frozen_base_is_a_choice_and_only_noted():
    model = chain((64,), *dense(2, "relu"))
    model.layers[0].trainable = False
    report = examine(compiled(model), DIGITS, LABELS)
    assert "frozen" not in kinds(report.findings)
    assert "1 layers are set not to train" in report.notes


@pytest.mark.parametrize("start", ["zeros", "ones"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_units_that_start_alike_are_named(start, activation):
    model = chain(
        (64,),
        *dense(2, activation, start),
        head=layers.Dense(10, "softmax", kernel_initializer=start),
    )
    assert "weights-alike" in kinds(found_in(model, DIGITS, LABELS))


def test_a_head_of_zeros_is_no_symmetry_for_its_units_get_different_gradients():
    keras.utils.set_random_seed(1)
    head = layers.Dense(10, "softmax", kernel_initializer="zeros")
    assert not found_in(chain((64,), *dense(2, "relu"), head=head), DIGITS, LABELS)


def scaled_branch(scale, add):
    """A residual network whose branches start at `scale`, as layer scale has it."""
    inputs = keras.Input((64,))
    x = layers.Dense(32)(inputs)
    for _ in range(6):
        branch = layers.LayerNormalization()(x)
        branch = layers.Dense(64, "gelu")(branch)
        branch = layers.Dense(32)(branch)
        branch = layers.Rescaling(scale)(branch)
        x = add(x, branch)
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(x)))


@pytest.mark.parametrize("scale", [1e-6, 0.0])
@pytest.mark.parametrize("add", [lambda *xs: layers.Add()(xs), ops.add])
def test_branches_that_start_small_are_not_accused(scale, add):
    keras.utils.set_random_seed(1)
    assert not found_in(scaled_branch(scale, add), DIGITS, LABELS)


def test_layers_that_are_shared_in_a_circle_are_judged_like_others():
    keras.utils.set_random_seed(1)
    shared = dense(3, "sigmoid")
    model = chain((64,), *dense(1, "sigmoid"), *6 * shared, *dense(3, "sigmoid"))
    (found,) = [f for f in found_in(model, DIGITS, LABELS) if f.kind == "vanishing"]
    assert found.layer == model.layers[0].name


def test_a_gradient_of_exactly_zero_has_its_reason():
    keras.utils.set_random_seed(1)
    silent = dense(1, "relu", bias_initializer=keras.initializers.Constant(-50.0))
    model = chain((64,), *dense(1, "relu"), *silent, *dense(1, "relu"))
    (found,) = [f for f in found_in(model, DIGITS, LABELS) if f.kind == "zero-gradient"]
    assert "all that it reads is zero" in found.says


@pytest.mark.parametrize("weight", [1e-4, 1.0])
def test_a_gradient_below_float16_is_named_with_its_reason(weight):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(4):
        model.add(layers.Dense(64, "sigmoid", dtype="mixed_float16"))
    model.add(layers.Dense(10, dtype="mixed_float16"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, loss_weights=weight)
    found = [
        f.says for f in found_in(model, DIGITS, LABELS) if f.kind == "zero-gradient"
    ]
    assert ["float16" in says for says in found] == [True] * (weight < 1)


def test_a_cut_path_is_named_where_it_is_cut():
    inputs = keras.Input((64,))
    cut = layers.Dense(8, name="cut")(inputs)
    cut = layers.Lambda(ops.stop_gradient, output_shape=(8,))(cut)
    model = keras.Model(inputs, layers.Dense(10, "softmax")(cut))
    (found,) = [
        f for f in found_in(compiled(model), DIGITS, LABELS) if f.layer == "cut"
    ]
    assert found.kind == "disconnected" and found.evidence["weights"] == 2


# In time


def latch(steps, place, units=4):
    """Sequences whose label is told at one step; an LSTM that forgets at once."""
    keras.utils.set_random_seed(1)
    y = RNG.integers(0, 2, 128)
    x = RNG.normal(0, 0.3, (128, steps, 1)).astype("float32")
    x[:, place, 0] += 2 * y - 1
    forget = keras.initializers.Constant(-2.0)
    layer = layers.LSTM(units, unit_forget_bias=False, bias_initializer=forget)
    model = keras.Sequential(
        [keras.Input((steps, 1)), layer, layers.Dense(1, "sigmoid")]
    )
    return compiled(model, "binary_crossentropy"), x, y


def test_states_that_explode_are_named_though_the_first_step_holds_nothing():
    keras.utils.set_random_seed(1)
    wide = keras.initializers.Orthogonal(2.5)
    rows = DIGITS.reshape(-1, 64, 1)  # the first pixel is always zero
    layer = layers.SimpleRNN(16, "relu", recurrent_initializer=wide)
    model = keras.Sequential([keras.Input((64, 1)), layer, layers.Dense(10, "softmax")])
    (found,) = [
        f for f in found_in(compiled(model), rows, LABELS) if f.kind == "exploding"
    ]
    assert found.layer == layer.name and found.evidence["steps"] == 64


def test_early_steps_that_tell_of_y_and_do_not_count_are_named():
    (found,) = [f for f in found_in(*latch(40, 0)) if f.kind == "vanishing"]
    assert found.evidence["what"] == "state" and found.certainty == "likely"


def test_early_steps_that_do_not_count_and_tell_nothing_are_how_a_layer_works():
    assert "vanishing" not in kinds(found_in(*latch(40, -1)))


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_a_fresh_layer_over_long_noise_is_not_accused(kind):
    keras.utils.set_random_seed(1)
    x, y = RNG.normal(size=(32, 100, 4)).astype("float32"), RNG.integers(0, 2, 32)
    parts = [keras.Input((100, 4)), kind(16), layers.Dense(1, "sigmoid")]
    model = compiled(keras.Sequential(parts), "binary_crossentropy")
    assert not found_in(model, x, y)


def test_what_has_been_learned_is_not_accused():
    keras.utils.set_random_seed(1)
    model = chain((64,), *dense(5, "sigmoid"), optimizer=keras.optimizers.Adam(0.02))
    model.fit(DIGITS, LABELS, epochs=60, verbose=0)
    assert not found_in(model, DIGITS, LABELS)


# Heads


def test_a_saturated_output_that_is_wrong_is_named():
    keras.utils.set_random_seed(1)
    high = keras.initializers.Constant(30.0)
    head = layers.Dense(1, "sigmoid", bias_initializer=high, name="head")
    model = chain((64,), head=head, loss="mse")
    found = found_in(model, DIGITS, (LABELS % 2).astype("float32")[:, None])
    assert ("saturated", "head") in {(f.kind, f.layer) for f in found}


def test_a_saturated_output_that_is_right_is_none():
    keras.utils.set_random_seed(1)
    low = keras.initializers.Constant(-30.0)
    head = layers.Dense(1, "sigmoid", bias_initializer=low, name="head")
    rare = np.zeros((512, 1), "float32")
    rare[::50] = 1
    assert not found_in(chain((64,), head=head, loss="mse"), DIGITS, rare)


def test_a_dead_output_is_named():
    sink = keras.initializers.Constant(-30.0)
    head = layers.Dense(10, "relu", bias_initializer=sink, name="head")
    found = found_in(chain((64,), head=head, loss="mse"), DIGITS, np.eye(10)[LABELS])
    assert ("dead", "head") in {(f.kind, f.layer) for f in found}
