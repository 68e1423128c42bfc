"""The callback looks at the turns of a training, and never ends it unasked."""

import csv
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from gradient_doctor import GradientDoctor
from snippets.gradient_doctor_patients import (
    DIGITS,
    LABELS,
    Written,
    chain,
    compiled,
    dense,
)


def fit(model, doctor, x=DIGITS, y=LABELS, **options):
    """Train, and return the warnings of the doctor."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        options = {"epochs": 3, "batch_size": 64, "verbose": 0, **options}
        model.fit(x, y, callbacks=[doctor], **options)
    return [str(w.message) for w in caught if "gradient doctor" in str(w.message)]


def kinds(doctor):
    return {finding.kind for finding in doctor.report.findings}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A sick network watched for three epochs of eight steps."""
    keras.utils.set_random_seed(7)
    folder = str(tmp_path_factory.mktemp("logs"))
    model = chain((64,), *dense(10, "sigmoid"))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf, log_dir=folder)
    return watch, fit(model, watch), folder


def test_the_callback_looks_before_training_and_after_each_epoch(watched):
    assert watched[0].history["step"] == [0, 8, 16, 24]
    assert watched[0].history["epoch"] == [0, 1, 2, 3]


def test_the_report_holds_earlier_looks_with_their_step(watched):
    assert [step for step, _ in watched[0].report.history] == [0, 8, 16]


def test_the_history_is_a_table(watched):
    lengths = {len(column) for column in watched[0].history.values()}
    assert lengths == {4} and "output_gradient_rms/" in "".join(watched[0].history)


def test_the_callback_warns_once_of_each_kind(watched):
    told = [line.split(":")[0] for text in watched[1] for line in text.split("\n")[1:]]
    assert "epoch 0, step 0:\nvanishing: " in watched[1][0]
    assert len(told) == len(set(told))


def read_events(folder):
    """tag -> step -> array, of a folder that TensorBoard reads."""
    values = {}
    for path in tf.io.gfile.glob(f"{folder}/*"):
        for record in tf.data.TFRecordDataset(path):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                array = tf.make_ndarray(value.tensor)
                values.setdefault(value.tag, {})[event.step] = array
    return values


def test_the_summaries_hold_the_history_and_histograms(watched):
    watch, _, folder = watched
    values = read_events(folder)
    name = watch.report.layers[3].name
    for key in ("gradient_rms", "output_gradient_rms", "update_ratio", "cosine"):
        found = values[f"{key}/{name}"]
        assert list(found) == watch.history["step"]
        expected = watch.history[f"{key}/{name}"]
        assert [float(v) for v in found.values()] == pytest.approx(expected, rel=1e-6)
    buckets = values[f"gradient/{name}"][0]  # left, right, count
    assert buckets.shape == (30, 3) and buckets[:, 2].sum() == 32 * 32 + 32


def test_its_numbers_go_into_logs_for_callbacks_behind_it(tmp_path):
    model, doctor = chain((64,), *dense(2, "relu")), GradientDoctor(DIGITS, LABELS)
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    model.fit(DIGITS, LABELS, epochs=2, verbose=0, callbacks=[doctor, logger])
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["doctor_findings"] for row in rows] == ["0", "0"]
    assert float(rows[0]["doctor_update_largest"]) > 0


# When it looks


def test_three_looks_are_made_whatever_they_cost():
    model = chain((64,), *dense(2, "relu"))
    watch = GradientDoctor(DIGITS, LABELS, steps=1, budget=1e-9)
    fit(model, watch, epochs=2)
    assert watch.history["step"] == [0, 16] and watch.skipped == 16 and watch.cost > 0


@pytest.mark.parametrize(
    "schedule, epochs, steps",
    [({"steps": 5}, 3, [0, 5, 10, 15, 20, 24]), ({"epochs": 2}, 4, [0, 16, 32])],
)
def test_the_callback_keeps_its_schedule(schedule, epochs, steps):
    model = chain((64,), *dense(1, "relu"))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf, **schedule)
    fit(model, watch, epochs=epochs)
    assert watch.history["step"] == steps


def test_a_model_that_is_not_built_is_seen_after_its_first_step():
    model = compiled(Written(2, ops.relu))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf)
    fit(model, watch, epochs=1)
    assert watch.history["step"] == [1, 8]


def test_the_callback_looks_at_one_batch_of_a_dataset_that_shuffles():
    data = tf.data.Dataset.from_tensor_slices((DIGITS, LABELS)).shuffle(512).batch(64)
    model, watch = chain((64,), *dense(1, "relu")), GradientDoctor(data, budget=np.inf)
    model.optimizer.learning_rate = 0.0
    model.fit(DIGITS, LABELS, epochs=2, verbose=0, callbacks=[watch])
    assert len(set(watch.history["loss"])) == 1


def test_it_looks_where_the_loss_is_lost_and_tells_step_and_batch():
    keras.utils.set_random_seed(7)
    options = {"loss": "mse", "optimizer": keras.optimizers.SGD(5.0)}
    model = chain((64,), *dense(2, "relu"), head=layers.Dense(10), **options)
    y = 100.0 * np.eye(10, dtype="float32")[LABELS]
    watch = GradientDoctor(DIGITS, y, budget=1e-9)
    fit(model, watch, y=y)
    found = next(f for f in watch.report.findings if "batch" in f.evidence)
    assert found.kind == "step-large"
    assert found.evidence["step"] in watch.history["step"]


def test_units_that_training_silences_blame_the_steps():
    keras.utils.set_random_seed(7)
    model = chain((64,), *dense(2, "relu"))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf)

    class Kill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            model.layers[1].bias.assign(np.full(32, -100.0))

    model.fit(DIGITS, LABELS, epochs=1, verbose=0, callbacks=[Kill(), watch])
    assert watch.report.findings[0].kind == "step-large"
    assert any(effect.startswith("dead") for effect in watch.report.findings[0].effects)


def test_batches_of_one_class_are_seen_from_the_fit_that_runs():
    order = np.argsort(LABELS, kind="stable")
    model = chain((64,), *dense(1, "relu"))
    watch = GradientDoctor(DIGITS[order], LABELS[order])
    fit(model, watch, DIGITS[order], LABELS[order], shuffle=False, batch_size=16)
    assert "data-order" in kinds(watch)


def test_data_in_order_that_fit_shuffles_are_not_accused():
    order = np.argsort(LABELS, kind="stable")
    model = chain((64,), *dense(1, "relu"))
    watch = GradientDoctor(DIGITS[order], LABELS[order])
    fit(model, watch, DIGITS[order], LABELS[order], batch_size=16)
    assert "data-order" not in kinds(watch)


def test_a_loss_that_stands_still_is_told_of():
    keras.utils.set_random_seed(7)
    model = chain((64,), *dense(1, "relu"), optimizer=keras.optimizers.SGD(1e-9))
    watch = GradientDoctor(DIGITS, LABELS)
    fit(model, watch, epochs=8)
    assert "loss-flat" in kinds(watch)


def test_what_is_learned_in_training_and_lost_in_prediction_is_told_at_the_end():
    keras.utils.set_random_seed(7)
    parts = [*dense(1, "relu"), layers.BatchNormalization(momentum=0.9999)]
    model = chain((64,), *parts, optimizer=keras.optimizers.Adam(0.01))
    model.layers[1].moving_mean.assign(np.full(32, 30.0))
    watch = GradientDoctor(DIGITS, LABELS, budget=np.inf)
    fit(model, watch, epochs=5)
    assert "train-predict-gap" in kinds(watch)
    assert all("gap" not in str(report.findings) for _, report in watch.report.history)


# It never ends a training


def test_training_goes_on_when_the_doctor_cannot_look():
    model, watch = chain((64,)), GradientDoctor(DIGITS[:, :3], LABELS)
    (problem,) = fit(model, watch, epochs=1)
    assert "does not take x" in problem and "training goes on" in problem
    assert model.optimizer.iterations == 8 and watch.report is None


def test_a_finding_ends_a_training_where_it_is_asked_to():
    model = chain((64,), *dense(10, "sigmoid"))
    fit(model, GradientDoctor(DIGITS, LABELS, stop_on="vanishing"))
    assert model.optimizer.iterations == 1


@pytest.mark.parametrize("stop_on", [(), ("dead", "step-none")])
def test_other_findings_do_not_end_it(stop_on):
    model = chain((64,), *dense(10, "sigmoid"))
    fit(model, GradientDoctor(DIGITS, LABELS, stop_on=stop_on))
    assert model.optimizer.iterations == 24


def test_a_kind_that_is_none_cannot_stop_a_training():
    with pytest.raises(ValueError, match="stop_on has no finding 'plateau'"):
        GradientDoctor(DIGITS, LABELS, stop_on=["plateau"])


def test_training_goes_the_same_way_with_examinations_in_between():
    weights = []
    for doctors in ([], [GradientDoctor(DIGITS, LABELS, steps=2, budget=np.inf)]):
        keras.utils.set_random_seed(7)
        parts = layers.BatchNormalization(), layers.Dropout(0.3)
        model = chain((64,), *dense(2, "relu"), *parts, optimizer="adam")
        model.fit(DIGITS, LABELS, epochs=2, verbose=0, callbacks=doctors)
        weights.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*weights))
