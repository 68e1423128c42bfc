"""The site's claims are as strong as what rests on them."""

import re

import pytest
from mkdocs.config import load_config

from measured.text.project import Project
from tests.conftest import ROOT

CONCLUSION = re.compile(r"#.*\bverdict\b|\*\*(The )?verdict", re.I)


@pytest.fixture(scope="module")
def project(site):
    """The project as it was built."""
    settings = load_config(str(ROOT / "mkdocs.yml")).plugins["measured"].config.settings
    project = Project(ROOT, settings)
    project.preview()
    return project


@pytest.fixture(scope="module")
def claims(project):
    return [claim for page in project.pages for claim in page.claims if claim]


def concludes(claim, text):
    """Whether a claim backs a verdict: in its section, or in its paragraph."""
    before = text.splitlines()[: claim.line]
    starts = [i for i, line in enumerate(before) if not line or line.startswith("#")]
    section = [line for line in before if line.startswith("#")][-1:]
    paragraph = before[starts[-1] :] if starts else before
    return any(CONCLUSION.match(line) for line in [*section, *paragraph])


def name(claims):
    return [f"docs/{claim.page}:{claim.line}: {claim.room}" for claim in claims]


def test_no_verdict_and_no_row_of_the_summary_rests_on_a_tentative_claim(project):
    weak = [
        claim
        for page in project.pages
        for claim in page.claims
        if claim
        and claim.strength == "tentative"
        and (page.uri == "summary.md" or concludes(claim, page.text))
    ]
    assert not name(weak)


def test_three_quarters_of_the_claims_with_a_spread_are_firm(claims):
    strengths = [claim.strength for claim in claims if claim.margin is not None]
    assert strengths.count("tentative") <= len(strengths) / 4


def test_every_bound_is_near_enough_to_be_broken(claims):
    assert not name(claim for claim in claims if claim.is_far)
