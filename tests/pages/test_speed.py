"""What a page draws before scripts and fonts are there, and what loads when asked."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.browser import addresses
from tests.pages.visit import SHIFT, SHIFTS


def tree(folder, path):
    """The page at an address below the folder."""
    file = folder / path if path.endswith(".html") else folder / path / "index.html"
    return LexborHTMLParser(file.read_text("utf-8"))


def test_no_page_has_a_script_to_load_but_after_all_else(site):
    for path in addresses(site):
        page = tree(site, path)
        late = page.css_first("template#late").html
        assert "bundle" in late and "site.js" in late, path
        page.css_first("template#late").decompose()
        assert page.css("script[src]") == [], path


def test_every_page_asks_for_its_preloads_before_the_fonts_of_formulas(site):
    """Else Chromium asks for a text's fonts as urgently as for the style: half a second
    on Lighthouse's phone."""
    for path in addresses(site):
        parts = tree(site, path).css("link[rel=preload], script")
        fonts = [
            i for i, part in enumerate(parts) if "document.fonts.load" in part.html
        ]
        last = max(i for i, part in enumerate(parts) if part.tag == "link")
        assert last < fonts[0], path


def test_every_page_waits_with_its_first_picture_for_its_palette(site):
    """Else each link flashes white in the dark, on a slow machine."""
    for path in addresses(site):
        page = tree(site, path)
        wait = page.css_first("link[rel=expect][blocking=render]").attrs["href"]
        parts = [part.html for part in page.css(f"script, {wait}")]
        palette = max(i for i, part in enumerate(parts) if "__palette" in part)
        (end,) = (i for i, part in enumerate(parts) if part.startswith("<template"))
        assert palette < end, path


def test_text_and_formulas_are_drawn_though_no_script_ever_arrives(
    new_page, serve, site
):
    page = new_page()
    page.route("**/*.js", lambda route: None)
    page.goto(serve(site) + "problem/by-hand/", wait_until="domcontentloaded")
    fonts = ("KaTeX_Math", "KaTeX_Caligraphic")
    loaded = " && ".join(f"document.fonts.check('1em {name}')" for name in fonts)
    page.wait_for_function(f"() => {loaded}")
    page.get_by_role("heading", level=1).wait_for(state="visible")


# A browser whose fonts are decoded when letFonts() is called, and not before; what the
# page does when it has waited too long happens when giveUp() is called.
FONTS = """() => {
  const load = document.fonts.load.bind(document.fonts), later = window.setTimeout;
  const allowed = new Promise((allow) => (window.letFonts = allow));
  window.asked = [];
  document.fonts.load = (font) => {
    window.asked.push(font.split(" ").at(-1));
    return allowed.then(() => load(font));
  };
  window.setTimeout = (act, wait, ...more) => {
    if (wait !== 200 || window.giveUp) return later(act, wait, ...more);
    window.giveUp = () => { window.asked.push("gave up"); act(); };
  };
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"


@pytest.fixture
def slow(new_page, serve, site):
    """Open a page in a browser that is slow to decode fonts."""

    def go(path):
        page = new_page(390, 844)
        page.add_init_script(f"({FONTS})(); ({SHIFTS})()")
        page.goto(serve(site) + path, wait_until="networkidle")
        return page

    return go


def test_the_first_picture_waits_for_the_fonts_within_the_style(slow, site):
    """These are the fonts of formulas that no address leads to."""
    page = slow("problem/by-hand/")
    heading = page.get_by_role("heading", level=1)
    assert not heading.is_visible() and page.evaluate(PAINTED) == 0
    page.evaluate("window.letFonts()")
    heading.wait_for(state="visible")
    page.wait_for_function(PAINTED)
    assert page.evaluate("window.shifts()") <= SHIFT
    within = page.evaluate(WITHIN)
    assert sorted(set(page.evaluate("window.asked"))) == within != []


# Families of formulas whose font stands in the style sheet itself.
WITHIN = """() => [...new Set([...document.styleSheets].flatMap((sheet) =>
  [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule
    && rule.style.fontFamily.includes("KaTeX")
    && rule.style.getPropertyValue("src").includes("data:"))
  .map((rule) => rule.style.fontFamily.replaceAll('"', ""))))].sort()"""


def test_a_page_is_shown_at_its_fragment_though_its_fonts_never_come(slow):
    page = slow("problem/by-hand/#backward")
    page.evaluate("window.giveUp()")
    page.get_by_role("heading", level=1).wait_for(state="visible")
    top = "(heading) => heading.getBoundingClientRect().top"
    assert 0 <= page.locator("#backward").evaluate(top) < 200


def test_nothing_is_built_for_languages_that_the_search_has_not(site):
    assert not (site / "assets/javascripts/lunr").exists()
    assert not (site / "assets/images/favicon.png").exists()


def test_the_search_index_and_its_worker_come_when_the_search_is_opened(
    new_page, serve, site
):
    page, asked = new_page(), []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(serve(site) + "summary/", wait_until="networkidle")
    assert not [url for url in asked if "search" in url] and page.workers == []
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link", has_text="Leaky").first.wait_for()
    assert [url for url in asked if url.endswith("search_index.json")]
