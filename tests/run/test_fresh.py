"""The commands that run programs, check claims and try them on fresh seeds."""

import sys

import pytest

from measured.__main__ import main
from measured.run.fresh import SEEDS
from measured.run.runner import Runner
from tests.conftest import ROOT

PROGRAM = "import numpy as np\nSEEDS = range(5)\nseed = np.array(SEEDS)\nfactor = 0.5\n"
PAGE = "# Small\n\nA half. <!-- claim: 0.4 < {{ tiny.factor }} < 0.6 -->\n"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Call the package as a program, in a project with a claim: exit and words."""
    for folder in ("docs", "snippets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: Small\nplugins: [measured]\n")
    monkeypatch.chdir(tmp_path)

    def run(command, program=PROGRAM, page=PAGE):
        (tmp_path / "snippets/tiny.py").write_text(program)
        (tmp_path / "docs/index.md").write_text(page)
        monkeypatch.setattr(sys, "argv", ["measured", command])
        try:
            main()
        except SystemExit as end:
            return str(end), capsys.readouterr().out
        return "", capsys.readouterr().out

    return run


WIDE = "\nIt is so. <!-- claim: {{ tiny.seed.max }} < 1020 -->\n"
OWN_ONLY = "\nIt is so. <!-- claim: {{ tiny.seed.max }} < 5 -->\n"


def test_a_claim_that_holds_on_fresh_seeds_is_firm_or_exact(call):
    end, words = call("fresh", page=PAGE + WIDE)
    assert not end and "docs/index.md:3: 0.4 < 0.5 < 0.6, exact" in words
    assert "docs/index.md:5: 4 < 1020, firm: margin" in words
    assert "held on 20 of 20 fresh seeds" in words


def test_a_claim_that_holds_on_its_own_seeds_only_is_tentative(call):
    page = PAGE + OWN_ONLY
    end, words = call("fresh", page=page)
    assert not end and "docs/index.md:5: 4 < 5, tentative: margin" in words
    assert "held on 0 of 20 fresh seeds" in words
    assert "held on 0 of 20 fresh seeds" in call("check", page=page)[1]


def test_a_claim_is_tried_anew_once_its_program_has_changed(call):
    call("fresh")
    assert "exact" in call("check")[1]
    changed = PROGRAM + "more = 1\n"
    assert "tentative: not tried on fresh seeds" in call("check", changed)[1]
    assert "exact" in call("fresh", changed)[1]


def test_what_was_tried_is_kept_where_a_later_program_fails(call, tmp_path):
    (tmp_path / "snippets/worse.py").write_text(
        "SEEDS = range(5)\nvalue = 1 / (len(SEEDS) - 20)\n"
    )
    (tmp_path / "docs/more.md").write_text(
        "# More\n\nSo. <!-- claim: {{ worse.value }} < 0 -->\n"
    )
    assert "ZeroDivisionError" in call("fresh")[0]
    assert "docs/index.md:3: 0.4 < 0.5 < 0.6, exact" in call("check")[1]


@pytest.mark.slow
def test_a_program_of_one_seed_is_run_for_each_fresh_one(call):
    one = (
        "import matplotlib.pyplot as plt\nimport numpy as np\nseed = 3\n"
        "factor = 0.5 + np.random.rand() / 20\nplt.savefig('tiny.svg')\n"
    )
    page = PAGE + "\nIt is so. <!-- claim: {{ tiny.seed }} < 9 -->\n"
    end, words = call("fresh", one, page)
    assert "docs/index.md:5: 3 < 9, tentative: held on 0 of 20 fresh seeds" in words
    assert ", firm: held on 20 of 20 fresh seeds" in words


@pytest.mark.slow
def test_a_program_of_one_seed_may_draw_a_figure(call):
    drawing = "import matplotlib.pyplot as plt\nplt.figure().savefig('tiny.svg')\n"
    end, words = call("fresh", f"seed = 3\nfactor = 0.5\n{drawing}")
    assert not end and "docs/index.md:3: 0.4 < 0.5 < 0.6, exact" in words


def test_many_seeds_are_as_many_fresh_ones(call):
    page = PAGE + "\nIt is so. <!-- claim: {{ tiny.seed.max }} < 1050 -->\n"
    _, words = call("fresh", PROGRAM.replace("range(5)", "range(50)"), page)
    assert "held on 50 of 50 fresh seeds" in words


def test_a_bound_far_away_is_named(call):
    page = PAGE.replace("0.4 <", "0.004 <").replace(" < 0.6", "")
    assert "125 times from its bound: draw that in" in call("check", page=page)[1]
    assert "draw that in" not in call("check")[1]


def test_seeds_that_cannot_be_replaced_are_named(call):
    end, _ = call("fresh", PROGRAM.replace("range(5)", "[3, 4, 5]"))
    assert end.startswith("snippets/tiny.py:2: write SEEDS = range(5)")


def test_a_run_prints_what_was_found(call):
    end, words = call("run")
    assert not end and "tiny: ran, " in words and "  factor = 0.5\n" in words
    assert "tiny: reused, " in call("run")[1]


def test_every_program_of_the_site_can_draw_fresh_seeds():
    for path in Runner(ROOT).modules.values():
        lines = SEEDS.finditer(path.read_text())
        assert all(match[2] for match in lines), path
