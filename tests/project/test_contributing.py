"""The guide for contributors, followed to the letter on a small site."""

import re
import textwrap

from tests.builds import build
from tests.conftest import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def block(opening):
    """The block of the guide that opens so."""
    ticks = re.match("`+", opening)[0]
    found = re.search(rf"( +){opening}\n(.*?)\1{ticks}\n", GUIDE, re.S)
    return textwrap.dedent(found[2])


def test_adding_a_page_works_as_written(small):
    small.write("snippets/half.py", block("```python"))
    small.write("docs/problem/half.md", block("````markdown"))
    ran = small.run("measured", "run", "half")
    assert "half.left" in GUIDE and "left = 0.0009765625" in ran.stdout
    checked = small.run("measured", "check", "docs/problem/half.md")
    assert checked.returncode == 0, checked.stdout
    assert "docs/problem/half.md:4: 0.0009766 < 0.001" in checked.stdout
    good, said = build(small)
    assert good, said
    page = small.read("problem/half/index.html")
    assert "After 10 halvings a share of 0.0010 is left." in page


def test_checking_a_false_page_exits_non_zero(small):
    small.edit("docs/index.md", "< 0.07", "< 0.0601")
    checked = small.run("measured", "check", "docs/index.md")
    assert checked.returncode == 1
    assert "docs/index.md:3: false claim" in checked.stdout


def test_the_readme_is_short_and_starts_with_the_two_commands():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 80
    assert lines.index("## Two commands") < 12
