"""Which characters each font needs, and which fonts a page asks for."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from selectolax.lexbor import LexborHTMLParser

from measured.html.document import Document
from measured.send.fonts import (
    ask_early,
    assign_characters,
    read_formulas,
    read_typefaces,
    subset,
)
from measured.send.styles import parse_rules
from measured.text.maths import KATEX, typeset
from tests.conftest import ROOT

FACES = read_typefaces(parse_rules((KATEX / "katex.min.css").read_text()))
FONTS = ROOT / "docs/assets/fonts"
PRELOAD = (
    '<link rel="preload" href="../assets/fonts/source-sans-3-latin-wght-normal.woff2"'
    ' as="font" type="font/woff2" crossorigin>'
)


@pytest.mark.parametrize(
    "tex, face, text",
    [
        ("x", "KaTeX_Math-Italic", "x"),
        ("1", "KaTeX_Main-Regular", "1"),
        (r"\mathbf{W}", "KaTeX_Main-Bold", "W"),
        (r"\mathcal{L}", "KaTeX_Caligraphic-Regular", "L"),
        (r"\mathbb{R}", "KaTeX_AMS-Regular", "R"),
        (r"\boldsymbol{a}", "KaTeX_Math-BoldItalic", "a"),
        (r"\sum\displaystyle\sum", "KaTeX_Size2-Regular", "∑"),
        (r"\textsf{s}", "KaTeX_SansSerif-Regular", "s"),
        (r"\texttt{t}", "KaTeX_Typewriter-Regular", "t"),
        (r"\Bigl(", "KaTeX_Size2-Regular", "("),
        (r"\left\{\rule{0em}{6em}\right.", "KaTeX_Size4-Regular", "⎨"),
    ],
)
def test_each_text_of_a_formula_is_drawn_with_the_font_of_its_classes(tex, face, text):
    tree = LexborHTMLParser(typeset(tex))
    assert (face, text) in list(read_formulas(tree, FACES))


def test_a_font_within_another_s_element_is_found(tmp_path):
    tree = LexborHTMLParser(
        '<span class="katex-html">'
        '<i class="mathbf">a<b class="mathnormal">b</b><s>c</s></i></span>'
    )
    assert list(read_formulas(tree, FACES)) == [
        ("KaTeX_Main-Bold", "a"),
        ("KaTeX_Math-Italic", "b"),
        ("KaTeX_Main-Bold", "c"),
    ]


def test_the_last_of_two_rules_for_an_element_holds():
    rules = (f".katex .a{{font-family:KaTeX_{name}}}" for name in ("Main", "AMS"))
    tree = LexborHTMLParser('<i class="katex-html"><b class="a">x</b></i>')
    faces = read_typefaces(parse_rules("".join(rules)))
    assert list(read_formulas(tree, faces)) == [("KaTeX_AMS-Regular", "x")]


def asked(body):
    tree = LexborHTMLParser(PRELOAD + body)
    ask_early(tree, FACES)
    links = tree.css("link[rel=preload]")
    assert all(
        link.attrs["as"] == "font" and "crossorigin" in link.attrs for link in links
    )
    return [link.attrs["href"].removeprefix("../assets/") for link in links][1:]


def test_a_page_asks_early_for_the_fonts_that_it_needs_and_no_others():
    assert asked("<p>x</p>") == []
    assert asked("<p><em>x</em> <code>y</code></p>") == [
        "fonts/source-sans-3-latin-wght-italic.woff2",
        "fonts/ibm-plex-mono-latin-400-normal.woff2",
    ]


def test_a_page_asks_early_for_fonts_of_formulas_but_those_within_the_style():
    body = "".join(map(typeset, (r"\mathbb{R}", "x_1", r"\mathcal{L}", r"\mathbf{W}")))
    assert asked(body) == [
        "katex/fonts/KaTeX_AMS-Regular.woff2",
        "katex/fonts/KaTeX_Main-Bold.woff2",
    ]


def test_a_page_that_asks_for_no_font_asks_for_none_early():
    tree = LexborHTMLParser("<p><em>x</em></p>")
    ask_early(tree, FACES)
    assert tree.css_first("link") is None


def test_fonts_of_the_text_have_what_scripts_may_write_and_those_of_formulas_their_own(
    tmp_path,
):
    page = tmp_path / "x.html"
    page.write_text(f"<p title='→'>é&nbsp;<em>ü&amp;</em></p>{typeset('x_1')}")
    names = ("x-normal", "x-italic", "KaTeX_Main-Regular", "KaTeX_AMS-Regular")
    fonts = [Path(f"{name}.woff2") for name in names]
    found = assign_characters(fonts, [Document(page)], ["ß"], FACES)
    text, italic, main, ams = (found[font] for font in fonts)
    assert {*"→éüßaZ~\N{NO-BREAK SPACE}"} <= text and italic == {*"ü&"}
    assert "1" in main and "é" not in main and ams == set()


@pytest.mark.parametrize("style", ["normal", "italic"])
def test_a_font_keeps_its_glyphs_its_copyright_and_the_weights_that_pages_use(style):
    path = FONTS / f"source-sans-3-latin-wght-{style}.woff2"
    font = TTFont(BytesIO(subset(path.read_bytes(), ["a", "é"])))
    assert set(font.getBestCmap()) == {ord("a"), ord("é")}
    axes = font["fvar"].axes if "fvar" in font else []
    weights = [(axis.minValue, axis.maxValue) for axis in axes]
    assert weights == [(400, 700)] * (style == "normal")
    assert font["head"].unitsPerEm == 500 and font["name"].getDebugName(0)
