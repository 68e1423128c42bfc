"""Steps that are too large, too small, clipped or none, and what pulls at weights."""

import keras
import numpy as np
import pytest
from keras import layers, optimizers

from gradient_doctor.measure import measure_model
from gradient_doctor.steps import judge_steps
from snippets.gradient_doctor_patients import DIGITS, LABELS, chain, dense


def found_with(optimizer, x=DIGITS, y=LABELS, **options):
    keras.utils.set_random_seed(3)
    model = chain((64,), *dense(2, "relu", **options), optimizer=optimizer)
    return [f.kind for f in judge_steps(measure_model(model, x, y))]


FAULTS = {
    "step-large": lambda: optimizers.SGD(3000.0),
    "step-small": lambda: optimizers.SGD(1e-7),
    "step-none": lambda: optimizers.SGD(0.0),
    "step-clipped": lambda: optimizers.SGD(0.05, global_clipnorm=1e-3),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_of_the_steps_is_named(kind):
    assert found_with(FAULTS[kind]()) == [kind]


warm = optimizers.schedules.CosineDecay(0.0, 1000, warmup_target=0.1, warmup_steps=100)
SOUND = {
    "SGD": lambda: optimizers.SGD(0.05),
    "Adam": lambda: optimizers.Adam(0.001),
    "Adam that fine-tunes": lambda: optimizers.Adam(1e-5),
    "clipped at its usual norm": lambda: optimizers.SGD(0.05, global_clipnorm=1.0),
    "Adam, which clipping does not slow": lambda: optimizers.Adam(0.001, clipnorm=1e-3),
    "a schedule that warms up from zero": lambda: optimizers.SGD(warm),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_steps_are_not_accused(name):
    assert not found_with(SOUND[name]())


def test_a_penalty_that_outweighs_the_loss_is_named():
    assert found_with("adam", kernel_regularizer=keras.regularizers.L2(1.0)) == [
        "penalty"
    ]


def test_a_usual_penalty_is_not_accused():
    assert not found_with("adam", kernel_regularizer=keras.regularizers.L2(1e-3))


def found_in_precision(dtype, **options):
    keras.utils.set_random_seed(3)
    hidden = dense(1, "relu", dtype=dtype)
    model = chain((64,), *hidden, optimizer=optimizers.Adam(1e-3, **options))
    return judge_steps(measure_model(model, DIGITS, LABELS))


@pytest.mark.parametrize("epsilon", [1e-7, 1e-8])
def test_an_epsilon_that_is_too_small_for_half_precision_is_named(epsilon):
    assert "step-epsilon" in [
        found.kind for found in found_in_precision("float16", epsilon=epsilon)
    ]


@pytest.mark.parametrize(
    "dtype, epsilon", [("float16", 1e-3), ("mixed_float16", 1e-7), ("bfloat16", 1e-7)]
)
def test_an_epsilon_that_its_precision_holds_is_not_accused(dtype, epsilon):
    found = found_in_precision(dtype, epsilon=epsilon, beta_2=0.99)
    assert "step-epsilon" not in [each.kind for each in found]


def test_a_constant_of_adam_that_is_one_in_bfloat16_is_named():
    model = keras.Sequential([keras.Input((64,))])
    for units in (32, 10):
        model.add(layers.Dense(units, dtype="bfloat16"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    (found,) = judge_steps(measure_model(model, DIGITS, LABELS))
    assert found.kind == "step-none" and "beta_2" in found.change


def test_a_sum_over_the_batch_is_the_cause_of_steps_that_are_too_large():
    keras.utils.set_random_seed(3)
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum")
    model = chain((64,), *dense(1, "relu"), loss=loss, optimizer=optimizers.SGD(20.0))
    found = judge_steps(measure_model(model, DIGITS, LABELS))
    assert [f.kind for f in found] == ["loss-summed", "step-large"]


def test_targets_that_lie_thousands_of_steps_away_are_named():
    keras.utils.set_random_seed(3)
    x = np.linspace(-1, 1, 128, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(optimizers.RMSprop(0.001), "mse")
    found = judge_steps(measure_model(model, x, 3 * x + 50_000))
    assert [f.kind for f in found] == ["step-small"]
