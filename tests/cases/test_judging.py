"""Programs are judged by what was wanted of them beforehand, and counted once each."""

import json

import pytest

from cases import judging
from cases.judging import (
    CLASSES,
    find_class,
    find_interval,
    list_programs,
    name_verdict,
    sum_up,
)
from cases.wants import want
from gradient_doctor.finding import KINDS

WANT = want("vanishing collapsed", "dead")
PROGRAMS = list_programs()


@pytest.mark.parametrize(
    "kinds, verdict",
    [
        ({"vanishing"}, "named"),
        ({"collapsed", "dead"}, "named"),
        ({"dead"}, "related"),
        (set(), "nothing"),
        ({"vanishing", "exploding"}, "false"),
        ({"dead", "(vanishing)", "(exploding)"}, "named"),
    ],
)
def test_a_verdict_is_false_as_soon_as_one_finding_is(kinds, verdict):
    assert name_verdict(kinds, WANT) == verdict


def test_any_finding_accuses_a_sound_program():
    assert name_verdict({"dead"}, None) == "false"
    assert name_verdict(set(), None) == "nothing"


def test_a_program_counts_once_by_the_worst_of_its_seeds():
    seeds = [
        {"before": ["vanishing"], "after": []},
        {"before": [], "after": ["dead"]},
    ]
    assert sum_up(seeds, WANT, ("before", "after")) == "related"
    assert sum_up(seeds, WANT, ("before",)) == "nothing"
    assert sum_up(seeds, None, ("before", "after")) == "false"


def test_an_interval_holds_the_share_and_narrows_with_programs():
    assert find_interval(0, 0) == (0, 1)
    low, high = find_interval(5, 10)
    assert low < 0.5 < high
    assert find_interval(500, 1000)[0] > low
    assert find_interval(0, 20)[1] == pytest.approx(0.161, abs=1e-3)


def test_every_fault_tells_its_source_and_what_is_wanted_and_has_a_twin():
    keys = {program.key for program in PROGRAMS}
    assert len(keys) == len(PROGRAMS)
    for program in PROGRAMS:
        if program.role == "faulty":
            assert program.source and program.want.named
            assert f"{program.name}: mended" in keys


def test_wanted_kinds_are_kinds_of_findings_and_belong_to_a_class():
    known = " ".join(CLASSES.values()).split()
    assert sorted(known) == sorted(KINDS)
    for program in PROGRAMS:
        if program.want:
            assert program.want.named | program.want.related <= KINDS.keys()
            assert find_class(program.want)


def test_at_least_as_many_faults_and_sound_programs_are_held_back():
    held = [program.role for program in PROGRAMS if program.group == "held"]
    assert held.count("faulty") >= 20
    assert held.count("healthy") >= 15


def test_the_record_speaks_of_these_programs_alone():
    text = (judging.HERE / "record.json").read_text("utf-8")
    assert set(json.loads(text)) <= {program.key for program in PROGRAMS}
