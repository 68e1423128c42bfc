"""How page markup is read: values, sentences of claims, prose that may hold no digit."""

from types import SimpleNamespace

import pytest

from measured import SiteError
from measured.text.claims import Claim, compare, filled
from measured.text.markup import Page, abbreviations, check, sentence_before, stray_digits

VALUES = {"half": 0.5, "tiny": 3.2e-7, "loss": -1.25, "n": 12, "seeds": [1, 2, 6], "net.relu": [0, 1]}
RESULTS = {"a": SimpleNamespace(values=VALUES, figures=["a.svg"])}


@pytest.mark.parametrize(
    "reference, text",
    [
        ("{{ a.half }}", "0.5"),
        ("{{a.n}}", "12"),
        ("{{ a.half:.0% }}", "50%"),
        ("{{ a.tiny:.0e }}", "3×10⁻⁷"),
        ("{{ a.loss:.1f }}", "−1.2"),
        ("{{ a.tiny }}", "3.2×10⁻⁷"),
        ("{{ a.seeds.median }}", "2"),
        ("{{ a.seeds.min }}", "1"),
        ("{{ a.net.relu.mean:.0% }}", "50%"),
    ],
)
def test_a_value_is_written_as_print_has_it(reference, text):
    assert filled(reference, RESULTS) == text


@pytest.mark.parametrize(
    "claim", ["1 < {{ a.n }} <= 12", "{{ a.half }} < {{ a.n }}", "-2 < {{ a.loss }}", "{{ a.tiny }} < 1e-6"]
)
def test_a_claim_compares_numbers_and_values(claim):
    assert len(compare(claim, RESULTS)[0]) == len(compare(claim, RESULTS)[1]) + 1


@pytest.mark.parametrize(
    "claim, margin",
    [
        ("{{ a.seeds.median }} < 6", 4 / 14**0.5 * 3**0.5),
        ("1 < {{ a.net.relu.max }} < 3", 0),
        ("{{ a.net.relu.mean }} < 1", 0.5 / (0.5 / 2**0.5)),
        ("{{ a.seeds.max }} > {{ a.net.relu.max }}", 5 / (14 / 3 + 0.25) ** 0.5),
        ("{{ a.n }} > 2", None),
    ],
)
def test_a_claim_s_margin_is_its_distance_in_spreads_over_seeds(claim, margin):
    found = Claim("", 1, "", "", *compare(claim, RESULTS)).margin
    assert found == (margin if margin is None else pytest.approx(margin))


@pytest.mark.parametrize("name", ["seeds", "net.relu"])
def test_a_value_with_a_number_for_each_seed_needs_a_statistic(name):
    with pytest.raises(SiteError, match=f"'a.{name}' has a number for each seed: add one of .median"):
        filled(f"{{{{ a.{name} }}}}", RESULTS)


@pytest.mark.parametrize(
    "claim",
    [
        "{{ a.n }} + 1 > 2",
        "abs({{ a.n }}) > 2",
        "{{ a.n:.1f }} > 2",
        "{{ a.n }} > 2 and 1 < 2",
        "{{ a.n }} > x",
        "1 < 2",
        "",
    ],
)
def test_anything_else_is_refused(claim):
    with pytest.raises(SiteError):
        compare(claim, RESULTS)


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
        ("![falls by 4](../figures/a.svg)", ["4](../figures/a.svg)"]),
        ("{{ a.n }} and `x = 3` and \\( z = 0 \\) and float32", []),
        ("\\[\n1 + 1 = 2\n\\]", []),
        ("```text\n12\n```", []),
        ("As shown.[^he2015] See [this](page2.md).", []),
        ("1. first\n2. second", []),
        ("---\ntitle: Year 1991\n---\n# A", []),
    ],
)
def test_digits_in_prose_are_found_and_others_left(text, digits):
    found = [what for _, what in stray_digits(text)]
    assert len(found) == len(digits) and all(d.split("]")[0] in f for d, f in zip(digits, found))


def test_a_claim_may_carry_its_own_label():
    page = Page("x.md", "| a | b |\n\n<!-- claim (Twelve is much): {{ a.n }} > 10 -->\n")
    assert check(page, RESULTS, {}, {}) == [] and page.claims[0].sentence == "Twelve is much"


def test_code_is_left_alone():
    page = Page("x.md", "`{{ b.c }}` and\n\n```text\n{{ b.c }} <!-- claim: x -->\n```\n")
    assert check(page, RESULTS, {}, {}) == []


def test_glossary_terms_and_their_variants_become_abbreviations():
    terms = abbreviations("# G\n\nDead unit, dead units\n:   A unit\n    at rest.\n\nReLU\n:   Max.\n")
    assert terms["dead units"] == terms["Dead unit"] == "A unit at rest."
    assert terms["ReLU"] == "Max." and len(terms) == 6
