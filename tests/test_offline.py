"""The copy that `make offline` builds, opened from a folder in a real Chromium: every page whole, search included."""

import re

import pytest

from tests.browser import read
from tests.conftest import ROOT, build_site
from tests.test_browser import FAULTS, RAW_TEX


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """In a path with a blank, as folders on a desktop have."""
    return build_site(tmp_path_factory.mktemp("offline") / "a copy", OFFLINE="true")


@pytest.fixture
def visit(browser):
    """A page, and what it said or asked for outside of its folder."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(f"{page.url}: console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: script: {error}"))
    page.on("requestfailed", lambda r: "ABORTED" in r.failure or faults.append(f"{page.url}: not there: {r.url}"))
    page.on("request", lambda r: r.url.startswith(("file:", "data:")) or faults.append(f"{page.url}: asks for {r.url}"))
    yield page, faults
    context.close()


def pages(folder):
    return [path for path in sorted(folder.rglob("*.html")) if path.parent.name != "offline"]


def inspect(visit, paths):
    page, faults = visit
    for path in paths:
        page.goto(path.as_uri(), wait_until="load")
        read(page)
        faults += [f"{path.name}: {fault}" for fault in page.evaluate(FAULTS, RAW_TEX)]
    return faults


def test_every_page_is_whole_from_a_folder(visit, folder):
    assert len(pages(folder)) > 20
    assert inspect(visit, pages(folder)) == []


def test_the_search_finds_a_page_and_leads_to_it_from_a_folder(visit, folder):
    page, faults = visit
    page.goto((folder / "summary.html").as_uri())
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link", has_text="Leaky").first.click()
    page.wait_for_url("**/leaky-relu.html*")
    page.locator("h1", has_text="Leaky").wait_for()
    page.locator("mark", has_text="eaky").first.wait_for()
    assert faults == []


def test_code_can_be_copied_and_wide_tables_scroll_by_keys_from_a_folder(visit, folder):
    page, faults = visit
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((folder / "remedies" / "relu.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    read(page)
    page.locator(".md-code__button").first.wait_for(state="attached")
    page.locator(".md-typeset__scrollwrap[tabindex='0']").first.wait_for()
    assert faults == []


def test_every_link_of_the_menu_opens_a_file_of_the_folder(visit, folder):
    page, _ = visit
    page.goto((folder / "index.html").as_uri())
    links = page.evaluate(
        "[...document.querySelectorAll('nav a[href], footer nav a')].map((a) => a.href.split('#')[0])"
    )
    local = {link for link in links if link.startswith("file:")}
    assert local == {path.as_uri() for path in pages(folder)}


def test_the_folder_tells_how_to_serve_it_and_claims_no_address_of_its_own(folder):
    assert "python3 -m http.server" in (folder / "README.txt").read_text()
    for path in pages(folder):
        assert not re.search(r'rel="canonical"|og:url', path.read_text()), path


def test_the_policy_lets_nothing_in_from_outside_here_either(folder):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', (folder / "index.html").read_text())[1]
    assert "http" not in policy and "script-src &#x27;self&#x27; file: &#x27;sha256-" in policy


def test_make_offline_zips_a_folder_of_one_name():
    recipe = (ROOT / "Makefile").read_text().partition("\noffline:")[2].partition("\n\n")[0]
    assert "OFFLINE=true" in recipe and "--strict" in recipe and "zipfile -c vanishing-gradient.zip" in recipe


PLANTED = {
    "missing": ('<img alt="x" src="gone.svg">', "not there"),
    "outside": ('<img alt="x" src="http://192.0.2.1/x.png">', "asks for http://192.0.2.1/x.png"),
    "module": ('<script type="module" src="own.js"></script>', "console"),
}
PAGE = '<!doctype html><html lang="en"><title>x</title><main class="md-content"><h1>One</h1>'


@pytest.mark.parametrize("fault", PLANTED)
def test_what_does_not_work_from_a_folder_is_found(visit, tmp_path, fault):
    markup, message = PLANTED[fault]
    (tmp_path / "own.js").write_text("")
    (tmp_path / "clean.html").write_text(PAGE)
    assert inspect(visit, [tmp_path / "clean.html"]) == []
    (tmp_path / "index.html").write_text(PAGE + markup)
    assert any(message in found for found in inspect(visit, [tmp_path / "index.html"]))
