"""The course of a loss: where it is lost, jumps, or stands still."""

import numpy as np
import pytest

from gradient_doctor.course import Course, judge_course
from gradient_doctor.record import Record


def follow(losses):
    """The course of one epoch of these losses, which Keras tells as running means."""
    course = Course()
    for batch, mean in enumerate(np.cumsum(losses) / np.arange(1, len(losses) + 1)):
        course.add(0, batch, float(mean))
    return course


def test_a_loss_far_above_those_before_is_a_leap():
    course = follow([2.0] * 20 + [90.0] + [2.0] * 5)
    assert [step for step, _ in course.leaps] == [21]
    assert np.isclose(course.leaps[0][1], 45) and not course.jumps


def test_a_loss_jumps_where_the_latest_one_is_a_leap():
    assert follow([2.0] * 20 + [90.0]).jumps


def test_a_loss_that_swings_or_has_just_begun_makes_no_leap():
    assert follow([1.0, 4.0] * 30).leaps == []
    assert follow([2.0, 90.0, 2.0]).leaps == []


def test_the_first_loss_that_is_lost_has_its_step_epoch_and_batch():
    course = follow([2.0, 3.0, float("nan"), 1.0])
    assert course.lost == (3, 1, 3)


@pytest.mark.parametrize(
    ("epochs", "kinds"),
    [
        ([1.0, 2.0], ["loss-rising"]),
        ([1.0, 0.9, 2.0, 3.0], ["loss-rising"]),
        ([1.0, 0.2, 0.3, 2.0], []),
    ],
)
def test_a_loss_rises_if_its_last_epochs_do_and_not_by_an_accident_of_one(
    epochs, kinds, monkeypatch
):
    monkeypatch.setattr(Record, "learned", 0.0)
    course = Course(batches=[1.0] * 5, epochs=epochs)
    record = Record(None, None, None, None, 8, True)
    assert [f.kind for f in judge_course(course, record)] == kinds
