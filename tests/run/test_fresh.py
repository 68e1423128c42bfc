"""Claims are checked on seeds by which none of them was chosen."""

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


def test_a_claim_that_holds_on_fresh_seeds_is_shown(call):
    end, words = call("fresh")
    assert not end and "docs/index.md:3: 0.4 < 0.5 < 0.6" in words
    assert "ran 1" in call("check")[1], "the project itself is left alone"


def test_a_claim_that_holds_on_its_own_seeds_only_is_shown_as_false(call):
    page = f"{PAGE}\nIt is so. <!-- claim: {{{{ tiny.seed.max }}}} < 5 -->\n"
    assert not call("check", page=page)[0]
    end, words = call("fresh", page=page)
    assert "docs/index.md:5" in end
    assert "FALSE docs/index.md:5: 1019 < 5, margin" in words
    assert "docs/index.md:3: 0.4 < 0.5 < 0.6" in words, "the others are shown too"


def test_many_seeds_are_as_many_fresh_ones(call):
    page = PAGE.replace("0.4 < {{ tiny.factor }} < 0.6", "{{ tiny.seed.min }} == 1000")
    page += "\nIt is so. <!-- claim: {{ tiny.seed.max }} == 1049 -->\n"
    assert not call("fresh", PROGRAM.replace("range(5)", "range(50)"), page)[0]


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
