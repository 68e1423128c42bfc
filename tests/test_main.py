"""Claims are checked on seeds by which none of them was chosen."""

import re

from measured.run.fresh import SEEDS
from measured.run.runner import Runner
from tests.conftest import ROOT


def prepare(small, seeds="SEEDS = range(5)"):
    small.edit("snippets/tiny.py", "SEEDS = range(5)\n", f"import numpy as np\n{seeds}\nseed = np.array(SEEDS)\n")


def test_a_claim_that_holds_on_fresh_seeds_is_shown(small):
    prepare(small)
    done = small.run("measured", "fresh")
    assert done.returncode == 0 and "docs/index.md:3: 0.06 < 0.0625 < 0.07" in done.stdout
    assert small.run("measured", "check").stdout.count("ran 1") == 1, "the project itself is left alone"


def test_a_claim_that_holds_on_its_own_seeds_only_is_shown_as_false(small):
    prepare(small)
    small.edit("docs/index.md", "# Small\n", "# Small\n\nIt is so. <!-- claim: {{ tiny.seed.max }} < 5 -->\n")
    assert small.run("measured", "check").returncode == 0
    done = small.run("measured", "fresh")
    assert done.returncode != 0 and "FALSE docs/index.md:3: 1019 < 5, margin" in done.stdout
    assert "docs/index.md:5: 0.06 < 0.0625 < 0.07" in done.stdout, "the others are shown too"


def test_many_seeds_are_as_many_fresh_ones(small):
    prepare(small, "SEEDS = range(50)")
    small.edit("docs/index.md", "# Small\n", "# Small\n\nIt is so. <!-- claim: {{ tiny.seed.min }} == 1000 -->\n")
    small.edit("docs/index.md", "It is so.", "It is so. <!-- claim: {{ tiny.seed.max }} == 1049 -->")
    assert small.run("measured", "fresh").returncode == 0


def test_seeds_that_cannot_be_replaced_are_named(small):
    prepare(small, "SEEDS = [3, 4, 5]")
    done = small.run("measured", "fresh")
    assert done.returncode != 0
    assert "snippets/tiny.py:10: write SEEDS = range(5)" in done.stdout


def test_every_program_of_the_site_can_draw_fresh_seeds():
    for path in Runner(ROOT).modules.values():
        assert all(re.fullmatch(r"range\(\d+\)", match[2]) for match in SEEDS.finditer(path.read_text())), path
