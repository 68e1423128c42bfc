"""Claims on fresh seeds: how strong each is, and the record of it."""

import json

import pytest

from measured.run.store import Result
from measured.text.claims import Claim, Trial, compare
from measured.text.trials import Record, try_claim

TERMS = "0.1 < {{ tiny.factor.median }}"
SOURCES = {"tiny": "factor = 1"}


def found(**values):
    """What the program found."""
    return Result("tiny", "", 1, {"values.json": json.dumps(values).encode()})


def claim(terms=TERMS, trial=None, **values):
    """A claim as it stands on a page."""
    values = values or {"factor": [0.2, 0.3, 0.4]}
    compared = compare(terms, {"tiny": found(**values)})
    return Claim("index.md", 3, "index-1", "It is so.", *compared, trial)


HELD, BARELY = Trial(20, 20, False), Trial(15, 20, False)
FEW = Trial(9, 9, False)
STRENGTHS = {
    "no trial": (claim(), "tentative"),
    "held, far away": (claim(factor=[0.29, 0.3, 0.31], trial=HELD), "firm"),
    "held, and near": (claim(factor=[0.1, 0.2, 0.6], trial=HELD), "tentative"),
    "not held by all": (claim(factor=[0.29, 0.3, 0.31], trial=BARELY), "tentative"),
    "held by few": (
        claim(factor=[0.3, 0.3, 0.31], trial=Trial(9, 9, False)),
        "tentative",
    ),
    "a count that differs": (claim("0 < {{ tiny.n }}", n=3, trial=HELD), "firm"),
    "an identity": (claim("0 < {{ tiny.n }}", n=3, trial=Trial(20, 20, True)), "exact"),
}


@pytest.mark.parametrize("case", STRENGTHS)
def test_a_claim_is_as_strong_as_its_margin_and_fresh_seeds_allow(case):
    tried, strength = STRENGTHS[case]
    assert tried.strength == strength and tried.room.startswith(strength)


def test_a_claim_is_tried_on_groups_as_large_as_its_own():
    own = {"tiny": found(factor=[0.2, 0.3, 0.4])}
    fresh = {"tiny": [found(factor=[0.2, 0.0, 0.3, 0.0, 0.0, 0.9, 0.5])]}
    assert try_claim(claim(), own, fresh) == Trial(3, 6, False)


def test_a_program_of_one_seed_is_tried_on_each_fresh_one():
    one = claim("0.1 < {{ tiny.loss }}", loss=0.2)
    fresh = {"tiny": [found(loss=loss) for loss in (0.2, 0.05, 0.3)]}
    assert try_claim(one, {"tiny": found(loss=0.2)}, fresh) == Trial(2, 3, False)


def test_what_no_seed_changes_is_the_same():
    one = claim("0.1 < {{ tiny.loss }}", loss=0.2)
    fresh = {"tiny": [found(loss=0.2)] * 20}
    assert try_claim(one, {"tiny": found(loss=0.2)}, fresh) == Trial(20, 20, True)


@pytest.fixture
def record(tmp_path):
    kept = Record(tmp_path / "record.json")
    kept.keep(claim(), SOURCES, HELD)
    return kept


def test_a_trial_is_found_again_whatever_its_line_and_blanks(record):
    again = Record(record.path)
    assert again.find(claim("0.1  <  {{tiny.factor.median}}"), SOURCES) is None
    assert again.find(claim("0.1 <  {{  tiny.factor.median }}"), SOURCES) == HELD


def test_a_trial_of_another_program_or_claim_does_not_count(record):
    assert record.find(claim(), {"tiny": "factor = 2"}) is None
    assert record.find(claim("0.2 < {{ tiny.factor.median }}"), SOURCES) is None


def test_claims_that_are_no_more_are_dropped(record):
    other = claim("0.2 < {{ tiny.factor.median }}")
    record.keep(other, SOURCES, BARELY)
    record.drop_others([other])
    assert Record(record.path).find(claim(), SOURCES) is None
    assert Record(record.path).find(other, SOURCES) == BARELY
