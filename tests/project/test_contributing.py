"""The guide for contributors, followed to the letter on a small site."""

import re
import textwrap

from tests.conftest import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def test_adding_a_page_works_as_written(small):
    program = textwrap.dedent(re.search(r"( +)```python\n(.*?)\1```", GUIDE, re.S)[2])
    page = textwrap.dedent(re.search(r"( +)````markdown\n(.*?)\1````", GUIDE, re.S)[2])
    small.write("snippets/half.py", program)
    small.write("docs/problem/half.md", page)
    ran = small.run("measured", "run", "half")
    assert "half.left" in GUIDE and "left = 0.0009765625" in ran.stdout
    checked = small.run("measured", "check", "docs/problem/half.md")
    assert checked.returncode == 0 and "docs/problem/half.md:4: 0.0009766 < 0.001" in checked.stdout
    built = small.build()
    assert built.returncode == 0, built.stdout
    assert "After 10 halvings a share of 0.0010 is left." in small.read("problem/half/index.html")


def test_checking_a_false_page_says_where_and_exits_non_zero(small):
    small.edit("docs/index.md", "< 0.07", "< 0.0601")
    checked = small.run("measured", "check", "docs/index.md")
    assert checked.returncode != 0 and "docs/index.md:3: false claim" in checked.stdout


def test_the_readme_is_short_and_starts_with_the_two_commands():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 80
    assert lines.index("## Two commands") < 12
