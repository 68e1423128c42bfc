"""The built site under its content security policy: nothing from outside, nothing stored but the palette."""

import re

import pytest

from measured.html.document import read_documents
from measured.send.policy import protect
from tests.browser import addresses

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
LISTEN = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} blocks ${event.blockedURI} ${event.sample}`));"""
STORED = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookies: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length})"""
LINKS = "() => [...document.querySelectorAll('.md-nav--primary a[href]')].map((a) => a.href)"
CLICK = "(href) => [...document.querySelectorAll('.md-nav--primary a[href]')].find((a) => a.href === href).click()"


@pytest.fixture
def visit(browser):
    """A page at 1280 px and the faults that it has had: what the console says, what the policy blocks."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=["clipboard-read"])
    page, faults = context.new_page(), []
    page.add_init_script(LISTEN)
    page.on("console", lambda message: faults.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    yield page, faults
    context.close()


def policies(folder):
    return {path.relative_to(folder).as_posix(): POLICY.findall(path.read_text()) for path in folder.rglob("*.html")}


def test_every_page_has_the_same_one_policy_and_it_allows_nothing_from_outside(site):
    found = policies(site)
    assert len(found) == len(addresses(site)) and "404.html" in found and "labs/sigmoid-vs-relu/index.html" in found
    assert len({tuple(each) for each in found.values()}) == 1 and len(found["404.html"]) == 1, found
    policy = found["404.html"][0].replace("&#x27;", "'")
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    scripts = re.search(r"script-src ([^;]*)", policy)[1].split()
    assert scripts[0] == "'self'" and all(re.fullmatch(r"'sha256-[\w+/]{43}='", source) for source in scripts[1:])
    assert policy.startswith("default-src 'none'; ")


def test_the_policy_comes_before_anything_that_a_page_loads_or_runs(site):
    for path in site.rglob("*.html"):
        head = path.read_text().partition("http-equiv")[0]
        assert not re.search(r"<(script|link|style|img)\b", head), path


def click_through(page):
    """Follow the menu's link to each page; the number of them."""
    targets = dict.fromkeys(href for href in page.evaluate(LINKS) if "#" not in href)
    for target in targets:
        page.evaluate(CLICK, target)
        page.wait_for_url(target, timeout=5_000)
        page.locator(f"link[rel=canonical][href='{target}']").wait_for(state="attached", timeout=5_000)
    return len(targets)


@pytest.mark.parametrize("start", ["", "problem/depth/"])
def test_every_page_can_be_clicked_to_without_a_violation_and_works(visit, home, start):
    page, faults = visit
    page.goto(home + start, wait_until="networkidle")
    page.evaluate("window.kept = true")
    assert click_through(page) > 20
    assert page.evaluate("window.kept") is True
    assert faults == []


def test_the_page_for_what_is_not_there_leads_on_under_the_policy(visit, home):
    page, faults = visit
    page.goto(home + "no/such/page", wait_until="networkidle")
    page.locator("article a", has_text="Home").click()
    page.wait_for_url(home)
    assert [fault for fault in faults if "404" not in fault] == []


def test_search_palette_and_copying_work_under_the_policy(visit, home):
    page, faults = visit
    page.goto(home + "remedies/relu/", wait_until="networkidle")
    page.locator("label.md-header__button[for=__palette_1]").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.locator(".md-code__button[data-md-type=copy]").first.click()
    page.locator(".md-dialog--active", has_text="Copied").wait_for()
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link", has_text="Leaky").first.click()
    page.wait_for_url("**/leaky-relu/**")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert faults == []


def test_nothing_is_stored_but_the_palette(visit, home):
    page, _ = visit
    page.goto(home, wait_until="networkidle")
    page.locator("label.md-header__button[for=__palette_1]").click()
    click_through(page)
    page.goto(home + "remedies/relu/", wait_until="networkidle")
    assert page.evaluate(STORED) == {
        "local": ["/.__palette"], "session": [], "cookies": "", "databases": 0, "caches": 0, "workers": 0,
    }  # fmt: skip
    assert page.context.cookies() == []


def test_what_is_stored_is_found(visit, serve, tmp_path):
    page, _ = visit
    (tmp_path / "index.html").write_text('<!doctype html><title>x</title><link rel="icon" href="data:,">')
    page.goto(serve(tmp_path))
    page.evaluate("localStorage.a = sessionStorage.b = document.cookie = 'c=1'; indexedDB.open('d')")
    page.wait_for_function("async () => (await indexedDB.databases()).length === 1")
    found = page.evaluate(STORED)
    assert found.pop("caches") == found.pop("workers") == 0
    assert found == {"local": ["a"], "session": ["b"], "cookies": "c=1", "databases": 1}
    assert page.context.cookies() != []


PLANTED = {
    "inline handler": ('<button onclick="x()">x</button>', "page.locator('button').click()", "script-src-attr"),
    "script put in later": ("", "put('script', {textContent: 'window.ran = true'})", "script-src-elem blocks inline"),
    "script from outside": ("", "put('script', {src: 'http://192.0.2.1/x.js'})", "script-src-elem blocks http"),
    "image from outside": ('<img alt="x" src="http://192.0.2.1/x.png">', "", "img-src blocks http"),
    "style from outside": ('<link rel="stylesheet" href="http://192.0.2.1/x.css">', "", "style-src-elem blocks http"),
    "frame": ('<iframe title="x" src="clean.html"></iframe>', "", "frame-src blocks"),
    "request": ("", "fetch('http://192.0.2.1/').catch(() => {})", "connect-src blocks http"),
    "eval": ("", "setTimeout('window.ran = true')", "script-src blocks eval"),
}
PUT = "const put = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">
<script src="own.js"></script><script>window.inline = true</script><p style="color:red">x</p>"""


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_is_blocked_and_the_page_s_own_runs(visit, serve, tmp_path, fault):
    page, faults = visit
    markup, action, message = PLANTED[fault]
    (tmp_path / "index.html").write_text(PAGE + markup)
    (tmp_path / "clean.html").write_text(PAGE)
    (tmp_path / "own.js").write_text("window.own = true")
    documents = read_documents(tmp_path)
    protect(documents)
    for document in documents:
        document.write()
    base = serve(tmp_path)
    page.goto(base + "clean.html")
    assert faults == [] and page.evaluate("window.own && window.inline") is True
    page.goto(base)
    if action.startswith("page."):
        page.locator("button").click()
    elif action:
        page.evaluate(f"() => {{ {PUT} {action} }}")
    page.wait_for_timeout(100)
    assert any(f"policy: {message}" in found for found in faults), faults
    assert page.evaluate("window.ran") is None
