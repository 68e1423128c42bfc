"""What a build of a small site says and does when something in it is wrong."""

import json
import re

import pytest


def test_a_good_build_fills_values_marks_claims_and_typesets_maths(built_small):
    page = built_small.read("index.html")
    assert "The factor is 0.062 over 5 seeds." in page
    assert re.search(r'<a class="claim" href="evidence/claims/#index-1"[^>]*0.06 &lt; 0.0625 &lt; 0.07', page)
    assert "<math" in page and "\\sqrt" not in re.sub(r"<annotation.*?</annotation>", "", page)
    assert re.search(r'<img width="\d+" height="\d+" [^>]*alt="A line that falls to 0.06"', page)
    assert "factor 0.0625" in page and "One, A. (2010)" in page
    assert 'href="downloads/tiny.py"' in page and 'href="downloads/tiny.ipynb"' in page


def test_the_claims_page_lists_every_claim_with_what_was_measured(built_small):
    page = built_small.read("evidence/claims/index.html")
    assert "The factor is 0.062 over 5 seeds." in page
    assert "0.06 &lt; 0.0625 &lt; 0.07" in page and "tiny.factor" in page and 'id="index-1"' in page


def test_glossary_terms_get_tooltips_on_other_pages(small):
    small.edit("docs/index.md", "# Small\n", "# Small\n\nA dead unit is here.\n")
    assert small.build().returncode == 0
    assert '<abbr title="A unit that never fires.">dead unit</abbr>' in small.read("index.html")


def test_colab_and_repository_links_appear_only_with_a_repository_on_github(small):
    assert "colab" not in small.read("index.html")
    assert small.build(REPO_URL="https://github.com/someone/vanishing").returncode == 0
    page = small.read("index.html")
    assert "https://colab.research.google.com/github/someone/vanishing/blob/gh-pages/downloads/tiny.ipynb" in page
    assert "https://github.com/someone/vanishing/edit/main/docs/index.md" in page


FAULTS = {
    "unknown program": ("tiny.factor:.3f", "tinny.factor", "docs/index.md:3: unknown program 'tinny'"),
    "unknown value": ("tiny.factor:.3f", "tiny.faktor", "docs/index.md:3: unknown value 'tiny.faktor': tiny has"),
    "bad format": ("tiny.factor:.3f", "tiny.factor:.3q", "docs/index.md:3: '{{ tiny.factor:.3q }}'"),
    "a filter is no value": (
        "tiny.factor:.3f",
        "tiny.factor | round",
        "docs/index.md:3: '{{ tiny.factor | round }}' is no",
    ),
    "false claim": ("0.06 <", "0.065 <", "docs/index.md:3: false claim: 0.065 < {{ tiny.factor }} < 0.07\n  measured:"),
    "claim that calls": ("0.06 <", "__import__('os') <", "docs/index.md:3: malformed claim"),
    "claim that reaches for attributes": ("claim: 0.06 <", "claim: x.__class__ <", "docs/index.md:3: malformed claim"),
    "claim without a bound": ("0.06 < {{ tiny.factor }} < 0.07", "{{ tiny.factor }}", "docs/index.md:3: the claim"),
    "claim of nothing measured": ("{{ tiny.factor }} < 0.07", "0.07", "docs/index.md:3: the claim"),
    "bad TeX": ("\\sqrt{f}", "\\sqrt{f", "docs/index.md:5: bad TeX"),
    "unknown TeX command": ("\\sqrt{f}", "\\sqroot{f}", "docs/index.md:5: bad TeX"),
    "unknown source": ("[^one]", "[^two]", "docs/index.md:5: unknown source '[^two]'"),
    "unknown figure": ("figures/tiny.svg", "figures/big.svg", "docs/index.md:7: no program drew 'big.svg'"),
    "figure without alt text": (
        "A line that falls to {{ tiny.factor:.2f }}",
        "",
        "docs/index.md:7: the figure tiny.svg has no",
    ),
    "alt text that tells no value": (
        "falls to {{ tiny.factor:.2f }}",
        "falls",
        "docs/index.md:7: the alt text of tiny.svg has no measured value: say one, as {{ tiny.name }}",
    ),
    "unknown section": ("tiny.py:measure", "tiny.py:measured", "docs/index.md:10: unknown section 'measured'"),
    "unknown file": ("tiny.py:measure", "teeny.py:measure", "docs/index.md:10: cannot include 'teeny.py:measure'"),
    "include that climbs out": ("tiny.py:measure", "../../etc/passwd", "docs/index.md:10: cannot include"),
    "unknown whole program": ("program: tiny", "program: teeny", "docs/index.md:17: unknown program 'teeny'"),
    "digit in prose": ("over {{ tiny.SEEDS }} seeds", "over 5 seeds", "docs/index.md:3: digit in prose: '5'"),
    "broken link": ("# Small\n", "# Small\n[x](nowhere.md)\n", "nowhere.md"),
    "broken anchor": ("# Small\n", "# Small\n[x](evidence/claims.md#none)\n", "#none"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_page_fails_the_build_with_its_place(small, fault):
    old, new, message = FAULTS[fault]
    small.edit("docs/index.md", old, new)
    done = small.build()
    assert done.returncode != 0
    assert message in done.stdout
    assert "Traceback" not in done.stdout


def test_every_fault_is_reported_at_once(small):
    for fault in ("unknown value", "bad TeX", "unknown section"):
        small.edit("docs/index.md", *FAULTS[fault][:2])
    done = small.build()
    assert all(FAULTS[fault][2] in done.stdout for fault in ("unknown value", "bad TeX", "unknown section"))


def test_a_failing_program_fails_the_build_with_traceback_and_pages_and_keeps_the_last_good_result(small):
    kept = small.root / ".cache/experiments/tiny"
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    page = small.read("index.html")
    small.edit("snippets/tiny.py", "fig, ax", "raise ValueError('boom')\nfig, ax")
    done = small.build()
    assert done.returncode != 0
    assert re.search(r"snippets/tiny.py:\d+: the program failed", done.stdout) and "ValueError: boom" in done.stdout
    assert re.search(r'snippets/tiny\.py", line \d+', done.stdout)
    assert "used by: docs/index.md:3" in done.stdout
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    assert small.read("index.html") == page


def test_a_failing_notebook_cell_fails_the_build(small):
    small.write("docs/labs/lab.ipynb", json.dumps(lab("assert 1 > 2, 'no'")))
    done = small.build()
    assert done.returncode != 0 and "AssertionError" in done.stdout


def test_bad_tex_in_a_notebook_fails_the_build_with_its_cell(small):
    small.write("docs/labs/lab.ipynb", json.dumps(lab("x = 1", text="# Lab\n\n$\\frac{a$")))
    done = small.build()
    assert done.returncode != 0 and "docs/labs/lab.ipynb: cell 1: bad TeX" in done.stdout


def test_a_digit_in_a_notebook_s_prose_fails_the_build(small):
    small.write("docs/labs/lab.ipynb", json.dumps(lab("x = 1", text="# Lab\n\nIt takes 3 steps, $x_3$ and `4`.")))
    done = small.build()
    assert done.returncode != 0 and "docs/labs/lab.ipynb: cell 1: digit in prose: '3'" in done.stdout
    assert "'4'" not in done.stdout


def test_a_notebook_is_executed_and_its_maths_typeset(small):
    small.write("docs/labs/lab.ipynb", json.dumps(lab("print(6 * 7)")))
    done = small.build()
    assert done.returncode == 0, done.stdout
    page = small.read("labs/lab/index.html")
    assert "42" in page and "<math" in page and "mathjax" not in page.lower() and len(page) < 60_000


def test_an_unchanged_site_builds_again_to_the_same_bytes(small):
    def built():
        assert small.build(SOURCE_DATE_EPOCH="0").returncode == 0
        return {path: path.read_bytes() for path in (small.root / "site").rglob("*") if path.is_file()}

    assert built() == built()


def lab(code, text="# Lab\n\nHere $x < 2$."):
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": code, "outputs": [], "execution_count": None},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
