"""Every page of the built site in a real Chromium: quiet, whole, in both palettes, and asking nobody outside."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import addresses, read

DARK_TOGGLE = "label.md-header__button[for=__palette_1]"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What stands there stands on its own page too, where its colors are measured: here that alone takes minutes.
REPEATS = "reference/whole-tutorial/"
RAW_TEX = r"\\\(|\\\[|\\frac|\\sigma|\$\$"


def inspect(browser, base, paths, scheme="light", width=1280):
    """Open each page once and return every fault as `page: what`."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page, faults, at = context.new_page(), [], ""

    def note(what):
        faults.append(f"{at or 'index'}: {what}")

    page.on("console", lambda message: note(f"console: {message.text}"))
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("request", lambda r: r.url.startswith((base, "data:", "blob:")) or note(f"asks outside: {r.url}"))
    page.on("response", lambda r: r.status < 400 or note(f"status {r.status}: {r.url}"))
    for at in paths:  # noqa: B007  the handlers read it
        page.goto(base + at, wait_until="networkidle")
        read(page)
        for what in page.evaluate(FAULTS, RAW_TEX) + barriers(page, contrast=at != REPEATS):
            note(what)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            note(f"wider than {width} px")
    context.close()
    return faults


def barriers(page, contrast=True):
    """What axe-core finds on the page as it stands, WCAG 2.2 AA and its own best practices: `rule: element: cause`."""
    page.evaluate(AXE_SCRIPT)
    rules = {"color-contrast": {"enabled": contrast}}
    found = page.evaluate(
        "([tags, rules]) => axe.run(document, {runOnly: tags, rules, resultTypes: ['violations']})", [AXE_TAGS, rules]
    )
    nodes = [(violation["id"], node) for violation in found["violations"] for node in violation["nodes"]]
    return [f"{rule}: {node['target']}: {' '.join(node['failureSummary'].split())}" for rule, node in nodes]


# Runs in the page; returns what is wrong with it.
FAULTS = """async (rawTex) => {
  const faults = [];
  await document.fonts.ready;
  for (const img of document.images) {
    if (!img.naturalWidth) faults.push(`image not loaded: ${img.src}`);
    if (!img.alt.trim()) faults.push(`image without alt text: ${img.src}`);
  }
  for (const svg of document.querySelectorAll(".jp-OutputArea svg"))
    if (!svg.closest("[role=img][aria-label]")) faults.push("drawing without a description");
  const heads = document.querySelectorAll("article h1, .md-content h1").length;
  if (heads !== 1) faults.push(`${heads} headings of level 1`);
  const content = document.querySelector(".md-content").cloneNode(true);
  content.querySelectorAll("pre, code, annotation").forEach((node) => node.remove());
  const raw = content.textContent.match(new RegExp(rawTex));
  if (raw) faults.push(`raw TeX: ${raw[0]}`);
  const formulas = document.querySelectorAll(".katex");
  for (const formula of formulas)
    if (!formula.querySelector("math")) faults.push("formula without MathML");
  const shown = [...formulas].some((formula) => formula.checkVisibility());
  if (shown && ![...document.fonts].some((f) => f.family.includes("KaTeX") && f.status === "loaded"))
    faults.push("formulas without their font");
  return faults;
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_whole_and_quiet(browser, serve, site, scheme, width):
    assert inspect(browser, serve(site), addresses(site), scheme, width) == []


KINDS = ["", "remedies/relu/", "example/sigmoid-vs-relu/", "labs/sigmoid-vs-relu/", "evidence/claims/", "404.html"]
OPENED = {
    "search": ("[data-md-component=search-query]", 1280),
    "menu": ("label.md-header__button[for=__drawer]", 390),
}


@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way_with_search_menu_and_folded_blocks_open(browser, serve, site, opened, scheme):
    selector, width = OPENED[opened]
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page, base, faults = context.new_page(), serve(site), []
    for path in KINDS:
        page.goto(base + path, wait_until="networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((block) => (block.open = true))")
        read(page)
        page.locator(selector).click()
        if opened == "search":
            page.keyboard.type("gradient")
            page.locator(".md-search-result__link").first.wait_for()
        page.wait_for_timeout(500)
        faults += [f"{path}: {what}" for what in barriers(page)]
    context.close()
    assert faults == []


def test_no_page_asks_outside_with_a_repository_on_github_either(browser, serve, github_site):
    assert inspect(browser, serve(github_site), addresses(github_site)) == []


def test_the_palette_follows_the_system_and_the_toggle_and_figures_with_it(browser, serve, site):
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(serve(site), wait_until="networkidle")
    figure = page.locator("img[src*=figures]").first

    def look():
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return background, figure.screenshot()

    light = look()
    page.locator(DARK_TOGGLE).click()
    page.wait_for_timeout(400)
    dark = look()
    assert light[0] != dark[0] and light[1] != dark[1]
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    context.close()


def test_text_in_a_figure_follows_the_palette(browser, site):
    """The same drawing on the same ground differs between the palettes: its text is not one fixed color."""
    figure = next((site / "figures").glob("by_hand.svg")).read_text()
    assert "currentColor" in figure and "prefers-color-scheme:dark" in figure and "#010203" not in figure


def test_search_finds_a_page_by_its_words(browser, serve, site):
    page = browser.new_page()
    page.goto(serve(site), wait_until="networkidle")
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link", has_text="Leaky").first.wait_for(timeout=10_000)
    page.close()


def test_a_link_in_the_menu_changes_the_page_without_loading_it_anew(browser, home):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(home, wait_until="networkidle")
    page.evaluate("window.kept = true")
    page.locator("nav.md-nav--primary a", has_text="Leaky ReLU").first.click()
    page.wait_for_url("**/remedies/leaky-relu/")
    page.locator("h1", has_text="Leaky ReLU").wait_for()
    assert page.evaluate("window.kept") is True
    assert page.locator(".katex").count() > 0
    page.close()


def test_code_can_be_copied(browser, serve, site):
    page = browser.new_page()
    page.goto(serve(site) + "remedies/relu/", wait_until="networkidle")
    read(page)
    blocks = page.locator("div.language-python.highlight:visible")
    blocks.first.hover()
    assert blocks.count() > 0
    assert page.locator("[data-clipboard-target], .md-code__button, .md-clipboard").count() >= blocks.count()
    page.close()


@pytest.mark.parametrize("which", [0, -1])
def test_a_term_s_meaning_shows_where_it_is_pointed_at(browser, serve, site, which):
    page = browser.new_page()
    page.goto(serve(site) + "evidence/claims/", wait_until="networkidle")
    term = page.locator("article abbr").nth(which)
    term.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    meaning = term.get_attribute("title")
    term.hover()
    page.locator(".md-tooltip2--active", has_text=meaning).wait_for()
    page.close()


def test_the_404_page_leads_back(browser, serve, site):
    text = (site / "404.html").read_text()
    assert "There is no such page here" in text and text.count("<li><a href") >= 4


PLANTED = {
    "console": ("<script>console.error('boom')</script>", "console: boom"),
    "script": ("<script>throw new Error('boom')</script>", "script: boom"),
    "outside": ('<img alt="x" src="http://192.0.2.1/x.png">', "asks outside: http://192.0.2.1/x.png"),
    "missing": ('<img alt="x" src="gone.svg">', "image not loaded"),
    "alt": ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">', "image without alt text"),
    "tex": ("<p>\\(x\\)</p>", "raw TeX"),
    "mathml": ('<span class="katex">x</span>', "formula without MathML"),
    "headings": ("<h1>Two</h1>", "2 headings of level 1"),
    "wide": ('<div style="width:3000px">x</div>', "wider than 1280 px"),
    "barrier": ("<button></button>", "button-name: ['button']"),
    "pale": ('<p style="color:#999;background:#fff">pale text</p>', "color-contrast: ['p']"),
}
PAGE = """<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,">
<main class="md-content"><h1>One</h1>"""


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_reported(browser, serve, tmp_path, fault):
    html, message = PLANTED[fault]
    (tmp_path / "index.html").write_text(PAGE + html)
    (tmp_path / "clean.html").write_text(PAGE)
    base = serve(tmp_path)
    found = inspect(browser, base, [""])
    assert any(message in fault for fault in found), found
    assert inspect(browser, base, ["clean.html"]) == []
