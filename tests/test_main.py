"""The commands of `python -m measured`: claims on their own seeds and on fresh ones."""

import re
import sys
from contextlib import chdir

import pytest

from measured.__main__ import main
from measured.run.fresh import SEEDS
from measured.run.runner import Runner
from tests.builds import write_plain
from tests.conftest import ROOT


@pytest.fixture
def plain(tmp_path):
    return write_plain(tmp_path)


@pytest.fixture
def measured(plain, monkeypatch, capsys):
    """A command in the plain site: called with its words, gives (fault, printed)."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["measured", *words])
        fault = ""
        with chdir(plain.root):
            try:
                main()
            except SystemExit as end:
                fault = str(end.code)
        return fault, capsys.readouterr().out

    return call


def seed(plain, seeds="SEEDS = range(5)"):
    """Give the program seeds, and its page claims of them."""
    numbers = f"import numpy as np\n{seeds}\nseed = np.array(SEEDS)\n"
    plain.edit("snippets/tiny.py", "import matplotlib", f"{numbers}import matplotlib")


def claim(plain, text):
    sentence = f"It is so. <!-- claim: {text} -->"
    plain.edit("docs/index.md", "# Plain\n", f"# Plain\n\n{sentence}\n")


def test_checking_a_false_page_says_where(plain, measured):
    plain.edit("docs/index.md", "< 0.07", "< 0.0601")
    fault, printed = measured("check", "docs/index.md")
    assert "docs/index.md:3: false claim" in fault
    assert "FALSE docs/index.md:3: 0.06 < 0.0625 < 0.0601" in printed


def test_a_claim_that_holds_on_fresh_seeds_is_shown(plain, measured):
    seed(plain)
    fault, printed = measured("fresh")
    assert not fault and "docs/index.md:3: 0.06 < 0.0625 < 0.07" in printed


def test_the_project_itself_is_left_alone_by_fresh_seeds(plain, measured):
    seed(plain)
    before = (plain.root / "snippets/tiny.py").read_bytes()
    measured("fresh")
    assert (plain.root / "snippets/tiny.py").read_bytes() == before
    assert "ran 1" in measured("check")[1]


def test_a_claim_that_holds_on_its_own_seeds_only_is_shown_as_false(plain, measured):
    seed(plain)
    claim(plain, "{{ tiny.seed.max }} < 5")
    assert not measured("check")[0]
    fault, printed = measured("fresh")
    assert "docs/index.md:3: false claim" in fault
    assert "FALSE docs/index.md:3: 1019 < 5, margin" in printed
    assert "docs/index.md:5: 0.06 < 0.0625 < 0.07" in printed  # the others, too


def test_many_seeds_are_as_many_fresh_ones(plain, measured):
    seed(plain, "SEEDS = range(50)")
    claim(plain, "{{ tiny.seed.min }} == 1000")
    claim(plain, "{{ tiny.seed.max }} == 1049")
    assert not measured("fresh")[0]


def test_seeds_that_cannot_be_replaced_are_named(plain, measured):
    seed(plain, "SEEDS = [3, 4, 5]")
    assert "snippets/tiny.py:7: write SEEDS = range(5)" in measured("fresh")[0]


@pytest.mark.parametrize("name", Runner(ROOT).modules)
def test_a_program_of_the_site_can_draw_fresh_seeds(name):
    text = (ROOT / "snippets" / f"{name}.py").read_text()
    assert all(
        re.fullmatch(r"range\(\d+\)", found[2]) for found in SEEDS.finditer(text)
    )
