"""What a reader opens, switches, points at and follows, in a real Chromium."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from tests.browser import read
from tests.pages.visit import CALM, COLOR_RULES, DARK_TOGGLE, IS_DARK, OPEN, barriers

SEARCH = "[data-md-component=search-query]"
MENU = "label.md-header__button[for=__drawer]"
OPENED = {  # page: what is open on it, in a window how wide
    "": (SEARCH, 1280),
    "remedies/relu/": (SEARCH, 1280),
    "404.html": (SEARCH, 1280),
    "example/sigmoid-vs-relu/": (MENU, 390),
    "labs/sigmoid-vs-relu/": (MENU, 390),
}


@pytest.mark.parametrize("path", OPENED)
@pytest.mark.parametrize("scheme, rules", [("light", None), ("dark", COLOR_RULES)])
def test_nothing_bars_the_way_with_search_menu_and_folded_blocks_open(
    opened, scheme, rules, path
):
    """In the dark nothing but colors is other."""
    thing, width = OPENED[path]
    page = opened(path, width, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(OPEN)
    read(page)
    page.locator(thing).click()
    if thing == SEARCH:
        page.keyboard.type("gradient")
        page.locator(".md-search-result__link").first.wait_for()
    page.wait_for_function(CALM)
    assert barriers(page, only=rules) == []


def test_the_palette_is_the_system_s_until_the_toggle_is_used(opened):
    def scheme(page):
        return page.evaluate("document.body.dataset.mdColorScheme")

    assert scheme(opened("", color_scheme="dark")) == "slate"
    page = opened("", color_scheme="light")
    assert scheme(page) == "default"
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator(DARK_TOGGLE).click()
    page.wait_for_function(IS_DARK)
    page.wait_for_function(CALM)
    assert page.evaluate(ground) != light


def ink(png):
    """Gray values, 0 to 255, of the paper and of what differs from it most."""
    gray = np.asarray(Image.open(BytesIO(png)).convert("L")).astype(int)
    paper = np.bincount(gray.ravel()).argmax()
    return paper, gray.ravel()[abs(gray - paper).argmax()]


def figure_in(page):
    """Paper and ink of a figure as it is shown."""
    image = page.locator("img[src*='figures/by_hand']").first
    image.scroll_into_view_if_needed()
    image.evaluate("(img) => img.decode()")
    return ink(image.screenshot())


def dark_page(opened, how):
    scheme = "dark" if how == "by system" else "light"
    page = opened("problem/by-hand/", color_scheme=scheme, reduced_motion="reduce")
    if how == "by toggle":
        page.locator(DARK_TOGGLE).click()
        page.wait_for_function(IS_DARK)
        page.wait_for_function(CALM)
    return page


def test_text_in_a_figure_is_dark_in_the_light(opened):
    paper, text = figure_in(opened("problem/by-hand/", color_scheme="light"))
    assert paper > 230 and text < 80


@pytest.mark.parametrize("how", ["by system", "by toggle"])
def test_text_in_a_figure_is_bright_in_the_dark(opened, how):
    paper, text = figure_in(dark_page(opened, how))
    assert paper < 60 and text > 180


def test_text_of_one_color_is_seen_not_to_follow_the_palette(opened):
    page = dark_page(opened, "by system")
    page.route("**/figures/by_hand.svg", paint_in_one_color)
    page.reload(wait_until="networkidle")
    paper, text = figure_in(page)
    assert not (paper < 60 and text > 180)


def paint_in_one_color(route):
    answer = route.fetch()
    body = answer.text().replace("currentColor", "#1f2328")
    route.fulfill(response=answer, body=body)


@pytest.mark.parametrize("which", [0, -1])
def test_a_term_s_meaning_shows_where_it_is_pointed_at(opened, which):
    page = opened("evidence/claims/")
    term = page.locator("article abbr").nth(which)
    meaning = term.get_attribute("title")
    term.hover()
    page.locator(".md-tooltip2--active", has_text=meaning).wait_for()


def test_the_404_page_leads_back(site):
    page = LexborHTMLParser((site / "404.html").read_text("utf-8"))
    assert "There is no such page here" in page.css_first("article").text()
    assert len(page.css("article li > a[href]")) >= 4


def shown(page):
    """Of each set of tabs the program whose code is to be seen."""
    names = "node => node.textContent.split(' ')[0]"
    files = page.locator(".twins .filename:visible").all()
    return {file.evaluate(names) for file in files}


def test_a_framework_that_is_chosen_holds_for_other_sets_and_pages(opened):
    page = opened("problem/gradient-by-layer/")
    assert shown(page) == {"gradient_by_layer_network.py"}
    page.locator(".twins label", has_text="JAX").first.click()
    page.wait_for_function("localStorage.length > 0")
    assert shown(page) == {"gradient_by_layer_network_jax.py"}
    page.goto(page.url.replace("problem/gradient-by-layer", "problem/depth"))
    assert shown(page) == {"depth_network_jax.py"}


def test_the_first_framework_is_read_and_others_chosen_without_a_script(opened):
    page = opened("problem/depth/", java_script_enabled=False)
    label = page.locator(".twins label")
    assert shown(page) == {"depth_network.py"}
    label.last.click()
    assert shown(page) == {"depth_network_jax.py"}
