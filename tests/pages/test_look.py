"""Pages as people meet them: lines for long reading, by keyboard, at 200 %, in calm, in
contrast, and on paper."""

import re
from collections import Counter
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser import launch, read
from tests.pages.visit import KINDS, OPEN, WIDE, barriers

PAGES = [*KINDS, "summary/"]


def test_lines_hold_60_to_75_characters(opened):
    """The median over full lines of long paragraphs: a line's length in characters,
    counted in the browser."""
    for path in ("remedies/relu/", "problem/depth/", "example/sigmoid-vs-relu/"):
        counts = opened(path).evaluate(LINES)
        assert len(counts) > 10 and 60 <= sorted(counts)[len(counts) // 2] <= 75, (
            path,
            counts,
        )


# Characters of each line but the last of every paragraph without formulas.
LINES = """() => {
const paragraphs = [...document.querySelectorAll(".md-content__inner > p")];
return paragraphs.flatMap((p) => {
  if (p.querySelector(".katex, code")) return [];
  const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  const lines = new Map(), range = new Range();
  for (let node; (node = walker.nextNode());)
    for (let i = 0; i < node.length; i++) {
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const key = Math.round(range.getBoundingClientRect().bottom / 12);
      lines.set(key, (lines.get(key) || 0) + 1);
    }
  return [...lines.values()].slice(0, -1);
}); }"""


FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const before = window.before;
  window.before = node;
  const shown = node.matches("input.md-option") ? node.nextElementSibling
    : node.matches(".twins > input") ? node.labels[0] : node;
  const box = [...shown.getClientRects()].find((rect) => rect.width && rect.height);
  const style = getComputedStyle(shown);
  return {
    what: node.outerHTML.slice(0, 120),
    seen: !!box && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    follows: !before || !!(before.compareDocumentPosition(node)
      & Node.DOCUMENT_POSITION_FOLLOWING),
    last: [...document.querySelectorAll(".md-footer a, .md-content a")].at(-1) === node,
  };
}"""


def walk(page, limit=400):
    """Press Tab through a page; faults of what gets the focus, and how many did."""
    faults, steps = [], 0
    for steps in range(1, limit):  # noqa: B007  how many is told at the end
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None:
            break
        faults += [
            f"{fault}: {at['what']}"
            for fault in ("seen", "marked", "follows")
            if not at[fault]
        ]
        if at["last"]:
            break
    return faults, steps


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path",
    ["", "remedies/relu/", "labs/sigmoid-vs-relu/", "reference/notation/", "404.html"],
)
def test_the_focus_is_always_visible_and_in_order(opened, path, width):
    faults, steps = walk(opened(path, width, reduced_motion="reduce"))
    assert faults == [] and steps > 10


def test_a_hidden_focus_and_one_out_of_order_are_reported(opened):
    page = opened("summary/")
    page.evaluate(
        "document.querySelectorAll('.md-content p a')[5]"
        ".style.setProperty('outline', 'none', 'important')"
    )
    page.evaluate("document.querySelectorAll('.md-content a')[3].tabIndex = 1")
    faults, _ = walk(page)
    assert any(fault.startswith("marked") for fault in faults) and any(
        fault.startswith("follows") for fault in faults
    )


def test_the_first_tab_stop_leads_past_the_menus(opened):
    page = opened("remedies/relu/")
    page.keyboard.press("Tab")
    assert (
        page.evaluate("document.activeElement.textContent.trim()") == "Skip to content"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/#relu")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.closest('.md-content')")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_of_a_narrow_window_opens_by_keys(opened, key):
    page = opened("summary/", 390, reduced_motion="reduce")
    page.locator(".md-header__button[for=__drawer]").focus()
    page.keyboard.press(key)
    page.locator(".md-nav--primary a", has_text="Home").first.wait_for(state="visible")
    assert page.locator("#__drawer").is_checked()


def test_the_list_of_headings_in_the_menu_opens_at_the_readers_own(opened):
    page = opened("evidence/claims/", 390, reduced_motion="reduce")
    page.evaluate(
        "scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})"
    )
    last = page.locator(".md-nav--primary [data-md-component=toc] > li:last-child > a")
    expect(last).to_have_class(re.compile("--active"))
    page.locator(".md-header__button[for=__drawer]").click()
    page.locator(".md-nav--primary label.md-nav__link[for=__toc]").click()
    expect(last).to_be_in_viewport()


CLIPPED = """() => {
  const places = ".md-content *, .md-footer *, .md-nav__link";
  return [...document.querySelectorAll(places)].filter((node) => {
    const style = getComputedStyle(node);
    const hides = ["hidden", "clip"].includes(style.overflowX);
    const text = [...node.childNodes].some((child) =>
      child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    const seen = style.position !== "absolute" && node.clientWidth;
    return hides && text && seen && node.scrollWidth > node.clientWidth + 1;
  }).map((node) => node.outerHTML.slice(0, 100));
}"""


def test_text_at_200_percent_loses_nothing(browser, serve, site):
    """In a browser whose reader has set twice the usual size of text."""
    large = launch(
        browser_maker(browser),
        "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26",
    )
    page, base, faults = (
        large.new_page(viewport={"width": 1280, "height": 900}),
        serve(site),
        [],
    )
    for path in PAGES:
        page.goto(base + path, wait_until="networkidle")
        size = page.evaluate(
            "parseFloat("
            "getComputedStyle(document.querySelector('.md-typeset')).fontSize)"
        )
        assert size > 30, size
        read(page)
        faults += [f"{path}: wide"] * page.evaluate(WIDE) + [
            f"{path}: cut: {x}" for x in page.evaluate(CLIPPED)
        ]
    large.close()
    assert faults == []


def browser_maker(browser):
    """What launch() needs of Playwright, which runs once."""
    return SimpleNamespace(chromium=browser.browser_type)


@pytest.mark.parametrize(
    "path, what",
    [
        ("remedies/relu/", "pre > code"),
        ("remedies/relu/", ".md-typeset__scrollwrap"),
        ("problem/depth/", ".katex-display"),
    ],
)
def test_what_is_wider_than_a_phone_scrolls_by_keys(opened, path, what):
    page = opened(path, width=320)
    page.evaluate(OPEN)
    read(page)
    found = page.evaluate(
        """(what) => {
          const wide = [...document.querySelectorAll(what)]
            .filter((node) => node.scrollWidth > node.clientWidth + 1);
          window.box = wide[0];
          wide[0]?.focus();
          return { wide: wide.length, keys: wide.every((node) => node.tabIndex === 0) };
        }""",
        what,
    )
    assert found["wide"] > 0 and found["keys"]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => window.box.scrollLeft > 0")


# Of each bar of the drawing: when its motion, begun anew, has ended (ms), and how
# bright the bar is half-way, over what was measured.
REPLAYED = """[...document.querySelectorAll(".hero .light")].flatMap((bar) => {
  bar.style.animation = "none";
  bar.getAnimations();
  bar.style.animation = "";
  return bar.getAnimations().map((motion) => {
    const { delay, duration, endTime } = motion.effect.getComputedTiming();
    motion.pause();
    motion.currentTime = delay + duration / 2;
    const style = getComputedStyle(bar);
    return [endTime, style.opacity / style.getPropertyValue("--l")];
  });
})"""


def test_the_drawing_at_home_moves_once_and_shows_no_other_values_meanwhile(opened):
    bars = opened("").evaluate(REPLAYED)
    assert bars and max(end for end, _ in bars) <= 5000
    assert {bright for _, bright in bars} == {1}


def test_the_drawing_at_home_stands_still_for_who_wants_no_motion(opened):
    assert opened("", reduced_motion="reduce").evaluate(REPLAYED) == []


def test_the_drawing_at_home_is_as_bright_as_what_was_measured(opened):
    """The last layer is lit in both lanes, the first only in the lane of relu; at rest,
    as under reduced motion."""
    page = opened("", reduced_motion="reduce")
    light = page.eval_on_selector_all(
        ".hero .light", "(bars) => bars.map((bar) => +getComputedStyle(bar).opacity)"
    )
    relu, sigmoid = light[: len(light) // 2], light[len(light) // 2 :]
    assert (
        relu[-1] == sigmoid[-1] == 1
        and min(relu) > 0.8
        and sigmoid[0] < 0.4
        and sigmoid == sorted(sigmoid)
    )
    assert re.search(
        r"relu: [\d.]+; sigmoid: [\d.]+×10⁻",
        page.get_attribute(".hero svg", "aria-label"),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_wants_more_contrast_gets_it(opened, scheme):
    """Text at 14 to 1 and more; axe finds nothing."""
    page = opened("remedies/relu/", color_scheme=scheme, contrast="more")
    colors = page.evaluate(
        "[getComputedStyle(document.querySelector('p')).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert set(colors) == {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
    read(page)
    assert barriers(page) == []


def test_where_the_system_sets_the_colors_focus_and_drawing_stay_visible(opened):
    page = opened("", forced_colors="active", reduced_motion="reduce")
    fills = page.evaluate(
        "[...document.querySelectorAll('.hero .light')]"
        ".map((bar) => getComputedStyle(bar).fill)"
    )
    highlight = page.evaluate(
        "document.body.style.color = 'Highlight', getComputedStyle(document.body).color"
    )
    assert set(fills) == {highlight}
    faults, _ = walk(page)
    assert faults == []


def test_a_part_of_a_program_says_which_and_leads_to_the_whole(opened):
    page = opened("remedies/relu/")
    label = page.locator(".filename", has_text="relu.py · measure")
    fold = page.locator("details.example", has=page.locator("#program-relu"))
    assert fold.get_attribute("open") is None
    label.locator("a").click()
    fold.locator("pre").wait_for(state="visible")
    assert fold.get_attribute("open") is not None and fold.evaluate(
        "(f) => f.getBoundingClientRect().top < innerHeight"
    )


def test_the_data_behind_a_figure_open_by_keys_and_the_file_is_there(opened):
    page = opened("remedies/relu/")
    fold = page.locator("details.data").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    fold.locator("table").first.wait_for(state="visible")
    assert fold.locator("th[scope=row]").count() > 5
    address = fold.locator("a[download]").evaluate("(link) => link.href")
    assert page.request.get(address).text().startswith("panel,series,x,y,low,high\n")


WAITING = """[...document.querySelectorAll(
  ".md-content__inner > p > .katex, .md-content__inner .md-typeset__table")]
  .filter((part) => !part.checkVisibility({contentVisibilityAuto: true})).length"""


@pytest.mark.parametrize("path", ["remedies/relu/", "evidence/claims/"])
def test_what_is_far_down_waits_and_a_link_to_it_leads_there(opened, path):
    page = opened(path, 390, reduced_motion="reduce")
    assert page.evaluate(WAITING) > 5
    for place in (-1, 1, -2):
        link = page.locator(".md-content h2 .headerlink").nth(place)
        name = link.get_attribute("href").rpartition("#")[2]
        page.evaluate(FOLLOW, name)
        page.wait_for_function(ARRIVED, arg=name)
        # Material is not done after so few frames: the next jump comes into it.
        page.evaluate(FRAMES, 9)
        assert page.evaluate(ARRIVED, name), name


# Ends when the page has drawn some frames.
FRAMES = """async (count = 60) => {
  for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
}"""
# A click on a link at the page's start.
FOLLOW = """(name) => {
  const link = Object.assign(document.createElement("a"), { href: `#${name}` });
  document.querySelector(".md-content h1").append(link);
  link.click();
}"""
# The heading stands below the head of the page, or as near to it as the page's end
# allows.
ARRIVED = """(name) => {
  const { top } = document.getElementById(name).getBoundingClientRect();
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  return top >= 0 && top < (end ? innerHeight : 120);
}"""


def visible(page, selector):
    return [at.is_visible() for at in page.locator(selector).all()]


def test_paper_has_the_text_and_no_menus(opened):
    page = opened("remedies/relu/")
    page.emulate_media(media="print")
    for gone in (
        ".md-header",
        ".md-footer",
        ".md-sidebar",
        "details.data",
        ".headerlink",
    ):
        assert not any(visible(page, gone)), gone
    page.evaluate(
        "dispatchEvent(new Event('beforeprint'))"
    )  # when Material opens folds
    assert all(visible(page, "details.question > p")) and visible(
        page, "details.question > p"
    )
    assert not any(visible(page, "details.example > .highlight"))
    download = page.locator("details.example a[download]").first
    assert "downloads/relu_network.py" in download.evaluate(
        "(link) => getComputedStyle(link, '::after').content"
    )


def test_the_whole_tutorial_prints_as_one(opened):
    page = opened("reference/whole-tutorial/")
    parts = page.locator(".part").count()
    assert parts > 18 and page.locator(".katex").count() > 100
    broken = page.evaluate(
        "[...document.querySelectorAll('.md-content a[href^=\"#\"]')]"
        ".map((a) => a.hash.slice(1))"
        ".filter((name) => name && !document.getElementById(decodeURIComponent(name)))"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert (
        broken == []
        and [name for name, times in Counter(ids).items() if times > 1] == []
    )
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert 2 * parts < sheets < 8 * parts  # seven a page, with figures and programs
