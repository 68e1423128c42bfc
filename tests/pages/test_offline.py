"""The copy that `make offline` zips, opened from a folder in a real Chromium."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.browser import read
from tests.pages.visit import FAULTS, OPEN


@pytest.fixture
def visit(new_page):
    """A page, and what it said or asked for outside of its folder."""
    page, faults = new_page(), []

    def note(what):
        faults.append(f"{page.url}: {what}")

    def note_failure(request):
        if "ABORTED" not in request.failure:  # left behind, with its page
            note(f"not there: {request.url}")

    def note_request(request):
        if not request.url.startswith(("file:", "data:")):
            note(f"asks for {request.url}")

    page.on("console", lambda message: note(f"console: {message.text}"))
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("requestfailed", note_failure)
    page.on("request", note_request)
    return page, faults


def pages(folder):
    found = sorted(folder.rglob("*.html"))
    return [path for path in found if path.parent.name != "offline"]


def tree(path):
    return LexborHTMLParser(path.read_text("utf-8"))


def inspect(visit, paths):
    page, faults = visit
    for path in paths:
        page.goto(path.as_uri(), wait_until="load")
        read(page)
        for check, found in page.evaluate(FAULTS).items():
            faults += [f"{path.name}: {check}: {what}" for what in found]
    return faults


def test_every_page_is_whole_from_a_folder(visit, offline):
    assert len(pages(offline)) > 20
    assert inspect(visit, pages(offline)) == []


def test_the_search_finds_a_page_and_leads_to_it_from_a_folder(visit, offline):
    page, faults = visit
    page.goto((offline / "summary.html").as_uri())
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link[href*='remedies/leaky-relu']").first.click()
    page.wait_for_url("**/leaky-relu.html*")
    page.locator("h1", has_text="Leaky").wait_for()
    page.locator("mark", has_text="eaky").first.wait_for()
    assert faults == []


def test_code_can_be_copied_and_wide_tables_scroll_by_keys_from_a_folder(
    visit, offline
):
    page, faults = visit
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((offline / "remedies" / "relu.html").as_uri())
    page.evaluate(OPEN)
    read(page)
    page.locator(".md-code__button").first.wait_for(state="attached")
    page.locator(".md-typeset__scrollwrap[tabindex='0']").first.wait_for()
    assert faults == []


def test_every_link_of_the_menu_opens_a_file_of_the_folder(visit, offline):
    page, _ = visit
    page.goto((offline / "index.html").as_uri())
    links = page.evaluate(
        "[...document.querySelectorAll('nav a[href], footer nav a')]"
        ".map((a) => a.href.split('#')[0])"
    )
    local = {link for link in links if link.startswith("file:")}
    assert local == {path.as_uri() for path in pages(offline)}


def test_the_zip_opens_into_one_folder(offline):
    assert [path.name for path in offline.parent.iterdir()] == [offline.name]


def test_the_folder_tells_how_to_serve_it_and_claims_no_address_of_its_own(offline):
    assert "python3 -m http.server" in (offline / "README.txt").read_text()
    own = "link[rel=canonical], meta[property='og:url']"
    for path in pages(offline):
        assert tree(path).css(own) == [], path


def test_the_policy_lets_nothing_in_from_outside_here_either(offline):
    meta = tree(offline / "index.html").css_first(
        "meta[http-equiv=Content-Security-Policy]"
    )
    policy = meta.attrs["content"]
    assert "http" not in policy and "script-src 'self' file: 'sha256-" in policy


PLANTED = {
    "missing": ('<img alt="x" src="gone.svg">', "not there"),
    "outside": (
        '<img alt="x" src="http://192.0.2.1/x.png">',
        "asks for http://192.0.2.1/x.png",
    ),
    "module": ('<script type="module" src="own.js"></script>', "console"),
    "raw TeX": ("<p>\\(x\\)</p>", "TeX: "),
}
PAGE = """<!doctype html><html lang="en"><title>x</title>
<main class="md-content"><h1>One</h1>"""


@pytest.mark.parametrize("fault", PLANTED)
def test_what_does_not_work_from_a_folder_is_found(visit, tmp_path, fault):
    markup, message = PLANTED[fault]
    (tmp_path / "own.js").write_text("")
    (tmp_path / "clean.html").write_text(PAGE)
    assert inspect(visit, [tmp_path / "clean.html"]) == []
    (tmp_path / "index.html").write_text(PAGE + markup)
    found = inspect(visit, [tmp_path / "index.html"])
    assert any(message in what for what in found), found
