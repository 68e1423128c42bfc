"""What is left out of styles, fonts and drawings changes nothing that a reader sees."""

import re
from io import BytesIO

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image

from tests.browser import read
from tests.pages.visit import CALM, KINDS, OPEN

SHOWN = ":not(script, template, .highlight :is(.n, .o, .p, .w, .sa))"
# Name, place and looks of each element; how far it is moved goes with its place.
LOOK = r"""(shown) => [...document.body.querySelectorAll(shown)].map((element) => {
  const looks = (pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return [style.color, style.display, style.backgroundColor, style.font,
      style.padding, style.border, style.opacity, style.content, style.maskImage,
      style.transform.replace(/(, [^,]+){2}$/, ""), style.position, style.visibility,
    ].join(" ");
  };
  const { x, y, width, height } = element.getBoundingClientRect();
  return [`<${element.tagName} ${element.className?.baseVal ?? element.className}>`,
    [x, y, width, height], looks(null), looks("::before"), looks("::after")];
})"""
# Material has locked the page behind a narrow window's search, the last that it does.
LOCKED = "() => innerWidth > 959 || document.body.hasAttribute('data-md-scrolllock')"
# The closed menu follows the reader in one of the two: see PATCHES.
MENU_TOP = """() => document.querySelectorAll(".md-nav--primary *")
  .forEach((list) => (list.scrollTop = 0))"""
# Spans of code that SHOWN passes over, and that are no plain text.
COLORED = """() => [...document.querySelectorAll(".highlight :is(.n, .o, .p, .w, .sa)")]
  .filter((span) =>
    getComputedStyle(span).color !== getComputedStyle(span.parentElement).color)
  .map((span) => span.outerHTML)"""


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 390)])
def test_a_page_looks_as_with_all_of_its_styles(
    new_page, serve, site, whole, scheme, width, path
):
    seen = []
    for folder in (site, whole):
        page = new_page(width, color_scheme=scheme, reduced_motion="reduce")
        page.route("**/*.css", wait_for_fonts)
        page.route("**/*.woff2", lambda route: send_font(route, site))
        page.goto(serve(folder) + path, wait_until="networkidle")
        page.evaluate(OPEN)
        read(page)
        page.locator("[data-md-component=search-query]").evaluate("(it) => it.focus()")
        page.wait_for_function(LOCKED)
        page.wait_for_function(CALM)
        page.evaluate(MENU_TOP)
        seen.append(page.evaluate(LOOK, SHOWN))
        assert page.evaluate(COLORED) == []
    assert len(seen[0]) == len(seen[1]) > 100
    assert [pair for pair in zip(*seen) if not are_alike(*pair)][:3] == []


def wait_for_fonts(route):
    """Answer with a style sheet whose fonts are used however late they come."""
    answer = route.fetch()
    body = re.sub("font-display: ?optional", "font-display:block", answer.text())
    route.fulfill(response=answer, body=body)


def send_font(route, site):
    """Answer with the site's own font: its letters' widths are rounded anew."""
    route.fulfill(path=site / route.request.url.split("/", 3)[3])


def are_alike(ours, theirs):
    """Whether an element looks the same, and stands where it stood but for 2 pixels."""
    (name, place, *looks), (other, other_place, *other_looks) = ours, theirs
    same = name == other and looks == other_looks
    return same and place == pytest.approx(other_place, abs=2)


def test_what_looks_different_or_stands_elsewhere_is_not_alike():
    element = ["<P >", [0, 0, 9, 9], "red", "", ""]
    assert are_alike(element, ["<P >", [0, 1, 9, 10], "red", "", ""])
    assert not are_alike(element, ["<P >", [0, 3, 9, 9], "red", "", ""])
    assert not are_alike(element, ["<P >", [0, 0, 9, 9], "blue", "", ""])
    assert not are_alike(element, ["<P >", [0, 0, 9, 9], "red", "", "block"])


def widths(path):
    """Widths of a font's characters at weight 400, in em."""
    font = TTFont(path)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": 400})
    em, codes = font["head"].unitsPerEm, font.getBestCmap() or {}
    return {code: font["hmtx"][name][0] / em for code, name in codes.items()}


def test_letters_of_the_fonts_that_are_sent_are_as_wide_as_in_the_whole_fonts(
    site, whole
):
    """Within half a step of 1/500 em; a line may break anew, so the test of looks takes
    the fonts that are sent."""
    for path in site.rglob("*.woff2"):
        sent, all_widths = widths(path), widths(whole / path.relative_to(site))
        own = {code: all_widths[code] for code in sent}
        assert sent == pytest.approx(own, abs=0.00101), path.name


DRAWINGS = ["xor_1000_seeds", "initialization", "predict_the_factor", "optimizer"]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_looks_the_same_when_its_coordinates_are_rounded(
    new_page, serve, site, whole, name
):
    """Of all drawings, at most 1.5 of 1000 pixels differ; 14 to 19 in the worst when
    points are rounded to integers."""
    page, seen = new_page(700, device_scale_factor=2), []
    for folder in (site, whole):
        page.goto(f"{serve(folder)}figures/{name}.svg")
        picture = Image.open(BytesIO(page.screenshot())).convert("L")
        seen.append(np.asarray(picture).astype(int))
    assert seen[1].std() > 10
    assert (abs(seen[0] - seen[1]) > 64).mean() < 0.003
