"""Formulas: typeset, found by search as TeX, held to the mark behind them."""

from xml.etree.ElementTree import Element, tostring

import pytest
from material.plugins.search.plugin import Parser

from measured import SiteError
from measured.text.maths import SHORT, formula, hold, typeset

TEX = r"\sqrt{\frac{a}{b}} < \begin{pmatrix} 1 & 2 \end{pmatrix}"


def html(element):
    return tostring(element, "unicode", method="html")


def test_a_formula_is_shown_and_told_to_screen_readers():
    found = typeset("x^2")
    assert 'class="katex-html" aria-hidden="true"' in found and "<math " in found


def test_a_displayed_formula_has_a_line_of_its_own():
    assert "katex-display" in typeset("x", True)
    assert "katex-display" not in typeset("x")


def test_bad_tex_is_named_with_the_reason():
    with pytest.raises(SiteError, match=r"(?s)bad TeX: .*Undefined.*in: \\nope"):
        typeset(r" \nope ")


def test_bad_tex_is_shown_as_it_stands():
    assert html(formula(r"\nope <")) == r"<code>\nope &lt;</code>"


@pytest.mark.parametrize("tex", [TEX, r"\underbrace{x}_{y}", r"\widehat{abc}"])
def test_a_formula_is_the_same_as_element_but_for_what_search_skips(tex):
    for element in (found := formula(tex, True)).iter():
        element.attrib.pop("data-search-exclude", None)
    plain = typeset(tex, True).replace("/>", "></path>").replace("&#x27;", "'")
    path = plain.replace("\n", " ")  # in the data of an SVG's path
    assert sorted(html(found)) == sorted(path)
    assert html(found).count("xmlns=") == path.count("xmlns=")


@pytest.mark.parametrize("display", [False, True])
def test_search_reads_a_formula_once_as_tex(display):
    parser = Parser()
    parser.feed(f"<h1 id='a'>A</h1><p>See {html(formula(TEX, display))} there.</p>")
    (section,) = parser.data
    escaped = TEX.replace("&", "&amp;").replace("<", "&lt;")
    assert "".join(section.text) == f"<p>See {escaped} there.</p>"


@pytest.mark.parametrize("mark", list(".,;:?!)"))
def test_a_short_formula_is_held_to_the_mark_behind_it(mark):
    held = hold(Element("i"), "x" * SHORT, f"{mark} And on.")
    expected = f'<span class="unbroken"><i></i>{mark}</span> And on.'
    assert html(held) == expected


@pytest.mark.parametrize(
    "tex, behind", [("x" * (SHORT + 1), ". A"), ("x", " A"), ("x", ""), ("x", "-th")]
)
def test_a_long_formula_and_one_without_a_mark_stand_as_they_are(tex, behind):
    assert html(hold(Element("i"), tex, behind)) == f"<i></i>{behind}"
