"""What is wrong with x and y is named from them alone."""

import numpy as np
import pytest

from gradient_doctor.data import Read, judge_data

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(400, 6)).astype("float32")
SIGNS = (TABLE[:, 0] > 0).astype("int32")


def kinds(*args, **kwargs):
    return [found.kind for found in judge_data(*args, **kwargs)]


def of(x):
    """The data as a first layer reads them, and labels that go with them."""
    return x, SIGNS[: len(x)], [Read("dense", x)]


def with_nan(value=np.nan):
    x = TABLE.copy()
    x[7, 2] = x[30, 4] = value
    return x


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_lost_value_is_found_with_its_column_and_sample(value):
    (found,) = judge_data(*of(with_nan(value)))
    assert found.kind == "data-not-finite"
    assert found.evidence == {"cells": 2, "rows": 2, "columns": [2, 4]}
    assert "sample 7" in found.says


def test_a_lost_label_is_found():
    y = TABLE[:, :1].copy()
    y[3] = np.nan
    assert kinds(TABLE, y) == ["data-not-finite"]


def test_large_finite_values_are_not_lost():
    x = np.full((10, 2), 3e38, "float32")
    assert "data-not-finite" not in kinds(x, SIGNS[:10])


def test_a_part_of_a_structure_is_named():
    (found,) = judge_data({"age": TABLE, "pay": with_nan()}, SIGNS)
    assert "x['pay']" in found.says


def test_text_is_passed_over():
    assert kinds({"word": np.array(["a", "b"] * 200), "size": TABLE}, SIGNS) == []


@pytest.mark.parametrize(
    "x",
    [
        RNG.integers(0, 256, (400, 4, 4, 1)),
        TABLE * 500,
        TABLE * 10.0 ** np.arange(-2, 4),
        TABLE + 1000,
        TABLE * 1e-5,
        RNG.integers(0, 5000, (400, 12)),
    ],
    ids=["bytes", "large", "unequal", "far", "tiny", "tokens as numbers"],
)
def test_columns_of_another_size_than_weights_are_drawn_for_are_named(x):
    assert kinds(*of(x.astype("float32")), depends=False) == ["data-scale"]


@pytest.mark.parametrize(
    "x",
    [
        TABLE,
        TABLE * 5 + 3,
        RNG.uniform(0, 1, (400, 4, 4, 1)),
        RNG.integers(0, 17, (400, 64)),
        np.eye(400)[:, :100],
        (RNG.uniform(size=(400, 50)) < 0.005) * 1.0,
        np.linspace(0, 50, 400)[:, None],
        np.hstack([TABLE, np.zeros((400, 3)), np.ones((400, 1))]),
        RNG.normal(size=(400, 30, 3)),
    ],
    ids=[
        "standard",
        "near",
        "images",
        "digits",
        "one-hot",
        "sparse",
        "one column",
        "constant columns",
        "sequences",
    ],
)
def test_columns_of_usual_size_are_not_accused(x):
    assert kinds(*of(x.astype("float32")), depends=False) == []


def test_what_counts_is_what_the_first_layer_reads():
    assert kinds(TABLE * 500, SIGNS, [Read("dense", TABLE)]) == []


def test_a_common_scale_does_not_matter_before_a_normalization():
    assert kinds(TABLE * 500, SIGNS, [Read("conv", TABLE * 500, True)]) == []


@pytest.mark.parametrize("x", [np.zeros((50, 3)), np.tile(TABLE[:1], (50, 1))])
def test_samples_that_are_all_alike_are_named(x):
    assert kinds(x, SIGNS[:50], [Read("dense", x)]) == ["data-constant"]


def test_samples_that_preparation_made_alike_are_named():
    reads = [Read("dense", (TABLE / 255).astype(int))]
    assert kinds(TABLE, SIGNS, reads) == ["data-constant"]


def test_two_distinct_samples_and_a_constant_part_are_no_fault():
    two = np.repeat([[1.0], [0.0]], 200, axis=0) * np.ones((1, 8))
    y = np.repeat([1, 0], 200)
    assert kinds(two, y, [Read("dense", two)]) == []
    state = np.zeros((400, 4))
    pair = [Read("dense", TABLE), Read("rnn", state)]
    assert kinds([TABLE, state], SIGNS, pair) == []


def test_labels_of_one_value_are_named_unless_the_loss_reads_none():
    assert kinds(TABLE, np.ones(400)) == ["labels-constant"]
    assert kinds(TABLE, np.tile([0, 1, 0], (400, 1))) == ["labels-constant"]
    assert kinds(TABLE, np.zeros(400), depends=False) == []
    assert kinds(TABLE, np.r_[np.zeros(399), 1]) == []


def test_numbers_of_partners_are_no_constant_label():
    numbers = np.tile(np.arange(4), (32, 1))
    assert "labels-constant" not in kinds(RNG.normal(size=(32, 4, 3)), numbers)
    assert "labels-constant" in kinds(RNG.normal(size=(32, 3)), np.eye(4)[[2] * 32])


def cut(y, size=20):
    return [y[k : k + size] for k in range(0, len(y), size)]


@pytest.mark.parametrize("hot", [False, True])
def test_batches_of_one_class_are_named(hot):
    y = np.sort(np.arange(400) % 4)
    y = np.eye(4)[y] if hot else y
    assert kinds(TABLE, y, batches=cut(y)) == ["data-order"]


def test_a_first_batch_of_one_class_is_no_constant_label_where_others_follow():
    y = np.sort(np.arange(400) % 4)
    assert kinds(TABLE[:20], y[:20], batches=cut(y)) == ["data-order"]
    assert kinds(TABLE[:20], y[:20], batches=cut(y[:100])) == ["labels-constant"]


def test_of_a_dataset_in_order_the_order_is_named_and_not_its_first_batch():
    y = np.repeat([0, 1], len(TABLE) // 2)
    assert kinds(TABLE[:32], y[:32], batches=cut(y)) == ["data-order"]


@pytest.mark.parametrize(
    "y",
    [np.arange(400) % 4, np.linspace(0, 1, 400), np.r_[np.zeros(398), 1, 1]],
    ids=["shuffled", "numbers in order", "a rare class"],
)
def test_mixed_batches_are_not_accused(y):
    y = RNG.permutation(y) if y[0] == y[1] else y
    assert "data-order" not in kinds(TABLE, y, batches=cut(y))


def test_sorted_labels_alone_are_a_note_for_fit_shuffles_them():
    notes = []
    assert kinds(TABLE, np.sort(SIGNS), notes=notes) == []
    assert "shuffle" in notes[0]


DIGITS = RNG.normal(size=(10, 8, 8, 1))
TURNS = RNG.integers(0, 10, 500)
IMAGES = (DIGITS[TURNS] + RNG.normal(size=(500, 8, 8, 1))).astype("float32")
WIDE = RNG.normal(size=(500, 10)).astype("float32")
RELATED = {
    "classes of images": (IMAGES, TURNS),
    "a line": (WIDE, WIDE @ np.arange(10.0) + RNG.normal(size=500)),
    "a weak line": (WIDE, WIDE[:, 0] + 2.5 * RNG.normal(size=500)),
    "exclusive or": (WIDE, (WIDE[:, 0] > 0) ^ (WIDE[:, 1] > 0)),
    "a ring": (WIDE, np.square(WIDE).sum(axis=1) > 9),
    "waves": (WIDE[:, :1], np.sin(6 * WIDE[:, 0])),
    "several labels": (WIDE, WIDE[:, :3] + WIDE[:, 3:6] > 0),
    "itself": (WIDE, WIDE),
    "parity": (
        np.array(list(np.ndindex(*[2] * 8))),
        np.indices([2] * 8).sum(0).ravel() % 2,
    ),
}


@pytest.mark.parametrize("name", RELATED)
def test_labels_that_went_out_of_step_are_named(name):
    x, y = (np.asarray(part, "float32") for part in RELATED[name])
    y = y if name == "several labels" or y.ndim > 1 else y.astype("float32")
    reads = [Read("dense", x)]
    assert kinds(x, y, reads) == []
    y = np.random.default_rng(1).permutation(y)
    assert kinds(x, y, reads) == ["labels-unrelated"]


def test_certainty_grows_with_samples():
    found = [
        judge_data(WIDE[:n], RNG.permutation(n), [Read("dense", WIDE[:n])])[0]
        for n in (200, 500)
    ]
    assert [each.certainty for each in found] == ["possible", "likely"]


@pytest.mark.parametrize(
    "x, y",
    [
        (WIDE[:100], RNG.integers(0, 2, 100)),
        (RNG.normal(size=(500, 20, 2)), RNG.integers(0, 2, 500)),
        (RNG.integers(0, 50, (500, 10)), RNG.integers(0, 2, 500)),
        ([WIDE, WIDE[::-1]], RNG.integers(0, 2, 500)),
    ],
    ids=["few samples", "sequences", "tokens", "pairs"],
)
def test_nothing_is_said_of_a_relation_that_simple_models_cannot_see(x, y):
    parts = x if isinstance(x, list) else [x]
    reads = [Read("dense", np.asarray(part, "float32")) for part in parts]
    assert "labels-unrelated" not in kinds(x, y, reads)


def test_data_stay_as_they_are():
    x, state = with_nan(), np.random.get_state()[1].copy()
    judge_data(*of(x))
    judge_data(*of(TABLE))
    assert np.array_equal(x, with_nan(), equal_nan=True)
    assert np.array_equal(np.random.get_state()[1], state)
