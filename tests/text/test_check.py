"""What is wrong on a page is told with its place, cause and remedy."""

import json
from types import SimpleNamespace

import pytest

from measured.run.runner import Result
from measured.text.check import check, sentence_before, stray_digits
from measured.text.expand import expand
from measured.text.page import Page, abbreviations
from tests.text.conftest import FILES

RESULTS = {"a": SimpleNamespace(values={"half": 0.5, "n": 12}, figures=["a.svg"])}
PLACE = "docs/index.md"

FAULTS = {
    "unknown program": (
        "tiny.factor:.3f",
        "tinny.factor",
        "3: unknown program 'tinny'",
    ),
    "unknown value": (
        "tiny.factor:.3f",
        "tiny.faktor",
        "3: unknown value 'tiny.faktor': tiny has",
    ),
    "bad format": ("tiny.factor:.3f", "tiny.factor:.3q", "3: '{{ tiny.factor:.3q }}'"),
    "a filter is no value": (
        "tiny.factor:.3f",
        "tiny.factor | round",
        "3: '{{ tiny.factor | round }}' is no",
    ),
    "false claim": (
        "0.06 <",
        "0.065 <",
        "3: false claim: 0.065 < {{ tiny.factor }} < 0.07\n  measured:",
    ),
    "claim that calls": ("0.06 <", "__import__('os') <", "3: malformed claim"),
    "claim that reaches for attributes": (
        "claim: 0.06 <",
        "claim: x.__class__ <",
        "3: malformed claim",
    ),
    "claim without a bound": (
        "0.06 < {{ tiny.factor }} < 0.07",
        "{{ tiny.factor }}",
        "3: the claim",
    ),
    "claim of nothing measured": (
        "{{ tiny.factor }} < 0.07",
        "0.07",
        "3: the claim",
    ),
    "bad TeX": ("\\sqrt{f}", "\\sqrt{f", "5: bad TeX"),
    "unknown TeX command": ("\\sqrt{f}", "\\sqroot{f}", "5: bad TeX"),
    "bad TeX in dollars": ("\\( \\sqrt{f} \\)", "$\\frac{f$", "5: bad TeX"),
    "bad TeX in two dollars": (
        "# Small\n",
        "# Small\n$$\n\\frac{f\n$$\n",
        "2: bad TeX",
    ),
    "bad TeX in an environment": (
        "# Small\n",
        "# Small\n\\begin{cases}\n\\frac{f\n\\end{cases}\n",
        "2: bad TeX",
    ),
    "bad TeX in a claim's label": (
        "claim: 0.06 <",
        "claim (The $\\sqroot$): 0.06 <",
        "3: bad TeX",
    ),
    "displayed TeX in a line": (
        "Its square root is \\( \\sqrt{f} \\)",
        "Its root is\n\\[ \\frac{f \\]\n",
        "6: '\\[' begins no formula",
    ),
    "unknown source": ("[^one]", "[^two]", "5: unknown source '[^two]'"),
    "unknown figure": (
        "figures/tiny.svg",
        "figures/big.svg",
        "7: no program drew 'big.svg' (snippets/big.py: no such program)",
    ),
    "figure of another folder": (
        "figures/tiny.svg",
        "../figures/tiny.svg",
        "7: the figure's link must be figures/tiny.svg",
    ),
    "figure without alt text": (
        "A line that falls to {{ tiny.factor:.2f }}",
        "",
        "7: the figure tiny.svg has no alt text",
    ),
    "alt text that tells no value": (
        "falls to {{ tiny.factor:.2f }}",
        "falls",
        "7: the alt text of tiny.svg has no measured value: say one, as {{ tiny",
    ),
    "unknown section": (
        "tiny.py:measure",
        "tiny.py:measured",
        "10: unknown section 'measured' of snippets/tiny.py: it has measure, print",
    ),
    "unknown file": (
        "tiny.py:measure",
        "teeny.py:measure",
        "10: cannot include 'teeny.py:measure'",
    ),
    "include that climbs out": (
        "tiny.py:measure",
        "../../etc/passwd",
        "10: cannot include",
    ),
    "include outside of a block": (
        "# Small\n",
        '# Small\n\n--8<-- "tiny.py"\n',
        "3: cannot include 'tiny.py'",
    ),
    "include in a block without an end": (
        '--8<-- "tiny/output.txt"\n```',
        '--8<-- "tiny/output.txt"\n    ```',
        "14: cannot include 'tiny/output.txt'",
    ),
    "output that ends its block": (
        '```text\n--8<-- "tiny/output.txt"\n```',
        '```text\n--8<-- "ticks/output.txt"\n```',
        "14: the output of ticks has a line of ```: fence it with more of them",
    ),
    "unknown part of an output": (
        "tiny/output.txt",
        "ticks/output.txt:other",
        "14: unknown part 'other' of the output of ticks: it has one",
    ),
    "unknown whole program": (
        "program: tiny",
        "program: teeny",
        "17: unknown program 'teeny'",
    ),
    "digit in prose": (
        "over {{ tiny.SEEDS }} seeds",
        "over 5 seeds",
        "3: digit in prose: '5'",
    ),
    "value in front matter": (
        "# Small\n",
        "---\ntitle: {{ tiny.factor }}\n---\n# Small\n",
        "1: no value is filled in front matter",
    ),
}


def test_a_page_without_faults_has_none(pages):
    assert pages.faults == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_page_is_told_with_its_line_and_cause(pages, fault):
    old, new, message = FAULTS[fault]
    pages.edit(PLACE, old, new)
    files = {"output.txt": b"[one]\n```\n", "values.json": b"{}"}
    ticks = Result("ticks", key="", seconds=1, files=files)
    told = [str(found) for found in pages.check(ticks=ticks).faults]
    assert any(one.startswith(f"{PLACE}:{message}") for one in told), told


def test_every_fault_is_told_at_once(pages):
    told = ("unknown value", "bad TeX", "unknown section")
    for fault in told:
        pages.edit(PLACE, *FAULTS[fault][:2])
    found = "\n".join(pages.faults)
    assert all(f"{PLACE}:{FAULTS[fault][2]}" in found for fault in told)


def test_a_figure_that_its_program_has_not_drawn_is_named(pages):
    files = {name: data for name, data in FILES.items() if name != "tiny.svg"}
    tiny = Result("tiny", key="", seconds=1, files=files)
    (fault,) = pages.check(tiny=tiny).faults
    message = "7: no program drew 'tiny.svg' (snippets/tiny.py: no figure)"
    assert str(fault) == f"{PLACE}:{message}"


def test_what_waits_for_a_result_is_no_fault(pages):
    assert pages.check(tiny=None).faults == []


@pytest.mark.parametrize(
    "text, fault",
    [
        ("# Lab\n\n$\\frac{a$", "cell 1: bad TeX"),
        ("# Lab\n\n$$\n\\frac{a\n$$", "cell 1: bad TeX"),
        ("# Lab\n\nIt takes 3 steps, $x_4$ and `4`.", "cell 1: digit in prose: '3'"),
    ],
)
def test_a_fault_in_a_notebook_is_told_with_its_cell(pages, text, fault):
    cells = [{"cell_type": "markdown", "source": text}]
    pages.write("docs/labs/lab.ipynb", json.dumps({"cells": cells}))
    (found,) = pages.faults
    assert found.startswith(f"docs/labs/lab.ipynb: {fault}")


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("First one. The second holds.", "The second holds."),
        ("A paragraph.\n\nAnother, with 0.5 in it.", "Another, with 0.5 in it."),
        ("**Bold.** It is [linked](x.md) here.[^one]", "It is linked here."),
        ("It holds. <!-- claim: 1 < {{ a.n }} -->\n", "It holds."),
    ],
)
def test_a_claim_s_sentence_is_the_one_before_it(text, sentence):
    assert sentence_before(text, len(text)) == sentence


@pytest.mark.parametrize(
    "text, digits",
    [
        ("There are 12 of them.", ["12"]),
        ("It took 3 steps, or 0.5 s.", ["3", "0.5"]),
        ("| a | 7 |", ["7"]),
        ("## The 2 halves", ["2"]),
        ("![falls by 4](../figures/a.svg)", ["4"]),
        ("{{ a.n }} and `x = 3` and \\( z = 0 \\) and $z = 1$, bfloat16", []),
        ("\\[\n1 + 1 = 2\n\\]", []),
        ("```text\n12\n```", []),
        ("```text\n12\n\n    ```", ["12"]),
        ("As shown.[^he2015] See [this](page2.md).", []),
        ("1. first\n2. second", []),
        ("[^a]: Of 2015.", []),
        ("---\ntitle: Year 1991\n---\n# A", []),
    ],
)
def test_digits_in_prose_are_found_and_others_left(text, digits):
    found = [what for _, what in stray_digits(Page("x.md", text).only("prose"))]
    assert [what.split("]")[0] for what in found] == digits


def test_a_claim_may_carry_its_own_label():
    text = "| a | b |\n\n<!-- claim (Twelve is much): {{ a.n }} > 10 -->\n"
    page = Page("x.md", text)
    assert check(page, RESULTS, {}, {}) == []
    assert page.claims[0].sentence == "Twelve is much"


def test_code_is_left_alone():
    text = "`{{ b.c }}` and\n\n```text\n{{ b.c }} <!-- claim: x -->\n```\n"
    assert check(Page("x.md", text), RESULTS, {}, {}) == []


def test_glossary_terms_and_their_variants_become_abbreviations():
    glossary = (
        "# G\n\nDead unit, dead units\n:   A unit\n    at rest.\n\nReLU\n:   Max.\n"
    )
    terms = abbreviations(glossary)
    assert terms["dead units"] == terms["Dead unit"] == "A unit at rest."
    assert terms["ReLU"] == "Max." and len(terms) == 6


def expanded(project, uri="index.md"):
    return expand(project.page(uri), project, lambda name, page: f"({name} folded)")


def test_a_part_of_an_output_is_included_alone(pages):
    pages.edit("docs/index.md", "tiny/output.txt", "odd/output.txt:two")
    files = {"output.txt": b"zero\n[one]\n1\n\n[two]\n2\n", "values.json": b"{}"}
    odd = Result("odd", key="", seconds=1, files=files)
    assert "\n```text\n2\n```\n" in expanded(pages.check(odd=odd))


def test_a_page_is_expanded_to_markdown(pages):
    pages.edit(PLACE, "# Small\n", "---\ntitle: T\n---\n# Small\n\n`{{ b.c }}`\n")
    text = expanded(pages.check())
    assert text.startswith("# Small") and "`{{ b.c }}`" in text
    assert "The factor is 0.062 over 5 seeds. [~](evidence/claims.md#index-1)" in text
    assert "![A line that falls to 0.06](figures/tiny.svg)" in text
    assert '```python title="tiny.py · measure"\n--8<-- "tiny.py:measure"\n```' in text
    assert "```text\nfactor 0.0625\n```" in text and "(tiny folded)" in text


def test_without_a_list_of_claims_a_claim_s_mark_leads_nowhere(pages):
    (pages.root / "docs/evidence/claims.md").unlink()
    mark = '<span class="claim" id="at-index-1" title="Tentative, other seeds may say '
    assert mark in expanded(pages.check())


def test_before_a_result_a_page_says_that_it_is_being_computed(pages):
    text = expanded(pages.check(tiny=None))
    assert "The factor is … over … seeds. …" in text
    assert "```text\n… is being computed\n```" in text


def test_a_fault_is_noted_before_the_block_that_has_it(pages):
    pages.edit(PLACE, "tiny.py:measure", "tiny.py:measured")
    pages.edit(PLACE, "0.06 <", "0.065 <")
    text = expanded(pages.check())
    claim = text.index('!!! failure "docs/index.md, line 3"')
    section = text.index('!!! failure "docs/index.md, line 10"')
    assert text.index("# Small") < claim < text.index("The factor is") < section
    assert section < text.index("```python") and "[✗](" in text
    assert "false claim: 0.065 < {{ tiny.factor }} < 0.07" in text
