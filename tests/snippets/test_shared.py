"""What the programs share: data, measures over seeds, bands and Gaussian means."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gradient_doctor.finding import Finding
from gradient_doctor.report import Report
from snippets.bands import draw_band
from snippets.before_after import compare
from snippets.data import digits, draw_batches, draw_noise, find_chance
from snippets.gaussian import gaussian_mean
from snippets.measures import choose_rate, factor_per_layer

SEEDS = (3, 7, 11)


def test_the_digits_have_a_part_for_training_and_one_for_testing():
    x_train, x_test, y_train, y_test = digits()
    assert x_train.shape == (1437, 64) and y_train.shape == (1437,)
    assert x_test.shape == (360, 64) and y_test.shape == (360,)
    assert x_train.dtype == "float32" and 0 == x_train.min() < x_train.max() == 1


def test_each_seed_draws_a_batch_of_its_own_without_repetition():
    x, y = np.arange(100)[:, None], np.arange(100)
    x_now, y_now = draw_batches(x, y, 40, SEEDS)
    assert x_now.shape == (3, 40, 1) and (x_now[..., 0] == y_now).all()
    assert all(len(set(rows)) == 40 for rows in y_now)
    assert len({tuple(rows) for rows in y_now}) == 3


@pytest.mark.parametrize(
    "draw",
    [
        lambda seeds: draw_batches(np.arange(9), np.arange(9), 4, seeds),
        lambda seeds: draw_noise(4, 5, seeds),
    ],
    ids=["batches", "noise"],
)
def test_what_a_seed_draws_does_not_depend_on_other_seeds(draw):
    for many, alone in zip(draw(SEEDS), draw(SEEDS[1:2])):
        np.testing.assert_array_equal(many[1], alone[0])


def test_noise_is_standard_normal_with_labels_of_every_class():
    x, y = draw_noise(200, 50, SEEDS, num_classes=3)
    assert x.shape == (3, 200, 50) and x.dtype == "float32" and y.shape == (3, 200)
    assert abs(x.mean()) < 0.05 and abs(x.std() - 1) < 0.05  # nine deviations
    assert set(y.ravel()) == {0, 1, 2}


def test_chance_is_the_share_of_the_most_frequent_class():
    assert find_chance(np.array([2, 0, 2, 1])) == 0.5


def test_factors_multiply_to_the_first_norm_over_the_last():
    norms = np.array([[1, 2, 8], [9, 3, 1]])
    np.testing.assert_allclose(factor_per_layer(norms) ** 2, [1 / 8, 9])


def test_a_rate_is_chosen_by_the_other_seeds_alone():
    #              seed 0  1    2
    runs = np.array([[0.9, 0.1, 0.1], [0.2, 0.5, 0.6]])  # of two rates
    np.testing.assert_array_equal(choose_rate(runs), [0.2, 0.1, 0.1])


def test_rates_are_chosen_for_each_network_by_itself():
    runs = np.random.default_rng(0).random((2, 3, 4, 5))
    np.testing.assert_array_equal(choose_rate(runs)[1, 2], choose_rate(runs[1, 2]))


def test_a_band_reaches_from_the_smallest_to_the_largest_around_the_median():
    _, ax = plt.subplots()
    values = np.array([[1, 5], [2, 6], [9, 7]])
    draw_band(ax, [0, 1], values, "C1--", "label")
    (line,), (band,) = ax.lines, ax.collections
    assert list(line.get_ydata()) == [2, 6] and line.get_label() == "label"
    corners = band.get_paths()[0].vertices
    assert {(0, 1), (0, 9), (1, 5), (1, 7)} <= {tuple(map(int, c)) for c in corners}
    plt.close()


@pytest.mark.parametrize(
    "values_at, mean",
    [
        (np.ones_like, 1),
        (np.square, 1),
        (lambda z: np.maximum(z, 0) ** 2, 1 / 2),
        (lambda z: z > 0, 1 / 2),
        (np.cos, np.exp(-1 / 2)),
    ],
    ids=["one", "square", "relu squared", "step", "cosine"],
)
def test_a_gaussian_mean_is_what_theory_says(values_at, mean):
    assert abs(gaussian_mean(values_at) - mean) < 1e-6


def test_two_reports_are_compared_by_one_kind_and_by_what_is_left(capsys):
    dead = Finding("dead", "dense", "units are silent", "A step.", "Lower it.")
    sick = Report(1.0, 8, True, [], [dead, dead])
    well = Report(1.0, 8, True, [], [])
    assert compare("dead", sick, well) == {"before": 2, "after": 0}
    assert compare("vanishing", sick, sick) == {"before": 0, "after": 2}
    first, second = capsys.readouterr().out.split("[vanishing]\n")
    assert first.startswith("[dead]\nBefore: dead: dense: units are silent. A step.")
    assert first.endswith("After: nothing found\n")
    assert second == "Before: nothing\nBefore, too: dead\nAfter: dead\n"
