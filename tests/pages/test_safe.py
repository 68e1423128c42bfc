"""The built site under its content security policy, clicked through as by a reader."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.browser import addresses
from tests.pages.visit import DARK_TOGGLE, IS_DARK, stored

META = "meta[http-equiv=Content-Security-Policy]"
LISTEN = """addEventListener("securitypolicyviolation", (event) => console.error(
  `policy: ${event.effectiveDirective} blocks ${event.blockedURI} ${event.sample}`));"""
MENU = ".md-nav--primary a[href]"
LINKS = f"() => [...document.querySelectorAll('{MENU}')].map((a) => a.href)"
CLICK = f"""(href) => [...document.querySelectorAll('{MENU}')]
  .find((a) => a.href === href).click()"""


@pytest.fixture
def visit(new_page):
    """A page and its faults: what the console says, what the policy blocks."""
    page, faults = new_page(permissions=["clipboard-read", "clipboard-write"]), []
    page.add_init_script(LISTEN)
    page.on("console", lambda message: faults.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    return page, faults


def policies(folder):
    """page -> its policies."""
    found = {}
    for path in folder.rglob("*.html"):
        metas = LexborHTMLParser(path.read_text("utf-8")).css(META)
        found[path.relative_to(folder).as_posix()] = [m.attrs["content"] for m in metas]
    return found


def test_every_page_has_the_same_one_policy_and_it_allows_nothing_from_outside(site):
    found = policies(site)
    assert len(found) == len(addresses(site)) and "404.html" in found
    assert "labs/sigmoid-vs-relu/index.html" in found
    assert len({tuple(each) for each in found.values()}) == 1, found
    (policy,) = found["404.html"]
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    own, *hashes = re.search(r"script-src ([^;]*)", policy)[1].split()
    assert own == "'self'"
    assert all(re.fullmatch(r"'sha256-[\w+/]{43}='", source) for source in hashes)
    assert policy.startswith("default-src 'none'; ")


def test_the_policy_comes_before_anything_that_a_page_loads_or_runs(site):
    for path in site.rglob("*.html"):
        page = LexborHTMLParser(path.read_text("utf-8"))
        first, *_ = page.css(f"{META}, script, link, style, img")
        assert first.tag == "meta", path


# What a page loads or connects to; a link that a reader follows may lead out.
LOADS = """script[src], img[src], iframe[src],
link:is([rel~=stylesheet], [rel~=preload], [rel~=modulepreload], [rel~=prefetch],
[rel~=icon], [rel~=manifest], [rel~=preconnect], [rel~=dns-prefetch])"""
# Where an address begins takes no grammar.
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")


def addresses_outside(folder):
    """`file: address` of all on other machines that pages and styles name to load."""
    found = []
    for path in folder.rglob("*.html"):
        for node in LexborHTMLParser(path.read_text("utf-8")).css(LOADS):
            found.append((path, node.attrs.get("src") or node.attrs.get("href")))
    for path in folder.rglob("*.css"):
        found += [(path, address) for address in IN_STYLE.findall(path.read_text())]
    return [
        f"{path.relative_to(folder)}: {address}"
        for path, address in found
        if re.match("(https?:)?//", address or "")
    ]


def test_no_page_and_no_style_has_an_address_outside_to_load_from(site, hosted):
    """Not even to connect to, which no policy forbids and no browser tells."""
    assert addresses_outside(site) + addresses_outside(hosted) == []


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.html", '<link rel="dns-prefetch preconnect" href="https://192.0.2.1">'),
        ("a.html", '<script src="//192.0.2.1/x.js"></script>'),
        ("a.css", 'a { background: url("http://192.0.2.1/x.png") }'),
        ("a.css", "@import 'https://192.0.2.1/x.css';"),
    ],
)
def test_an_address_outside_is_found_with_its_file(tmp_path, name, text):
    link = '<a href="https://192.0.2.1">x</a><link rel="canonical" href="https://x.y">'
    (tmp_path / "clean.html").write_text(f'{link}<script src="x.js"></script>')
    assert addresses_outside(tmp_path) == []
    (tmp_path / name).write_text(text)
    (found,) = addresses_outside(tmp_path)
    assert re.match(rf"{name}: (https?:)?//192", found)


def click_through(page):
    """Follow the menu's link to each page, once its scripts run; the number of them."""
    links = page.evaluate(LINKS)
    targets = dict.fromkeys(href for href in links if "#" not in href)
    for target in targets:
        page.evaluate(CLICK, target)
        page.wait_for_url(target)
        page.wait_for_function("() => window.component$")
    return len(targets)


@pytest.mark.parametrize("start", ["", "problem/depth/"])
def test_every_page_can_be_clicked_to_without_a_violation(visit, serve, site, start):
    page, faults = visit
    page.goto(serve(site) + start, wait_until="networkidle")
    page.locator(DARK_TOGGLE).click()
    page.wait_for_function(IS_DARK)
    assert click_through(page) > 20
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert faults == []
    assert stored(page, ["/.__palette"]) == []


def test_the_page_for_what_is_not_there_leads_on_under_the_policy(visit, serve, site):
    (page, faults), base = visit, serve(site)
    page.goto(base + "no/such/page", wait_until="networkidle")
    page.locator("article a", has_text="Home").click()
    page.wait_for_url(base)
    assert [fault for fault in faults if "404" not in fault] == []


def test_search_palette_and_copying_work_under_the_policy(visit, serve, site):
    page, faults = visit
    page.goto(serve(site) + "remedies/relu/", wait_until="networkidle")
    page.locator(DARK_TOGGLE).click()
    page.wait_for_function(IS_DARK)
    page.locator(".md-code__button[data-md-type=copy]").first.click()
    page.locator(".md-dialog--active", has_text="Copied").wait_for()
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("leaky")
    page.locator(".md-search-result__link[href*='remedies/leaky-relu']").first.click()
    page.wait_for_url("**/leaky-relu/**")
    page.locator("mark[data-md-highlight]").first.wait_for(state="attached")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert faults == []


COPIED = """async (code) =>
  (await navigator.clipboard.readText()).trimEnd() === code"""


def test_the_copy_button_of_each_block_copies_its_code(visit, serve, site):
    page, faults = visit
    page.goto(serve(site) + "remedies/relu/", wait_until="networkidle")
    blocks = page.locator("div.highlight:visible").all()
    assert len(blocks) > 1
    for block in blocks:
        block.scroll_into_view_if_needed()
        code = block.locator("code").inner_text().rstrip()
        page.evaluate("navigator.clipboard.writeText('nothing yet')")
        block.locator(".md-code__button[data-md-type=copy]").click()
        page.wait_for_function(COPIED, arg=code)
    assert faults == []


@pytest.mark.parametrize(
    "store, told",
    [
        ("localStorage.a = 1", "a"),
        ("sessionStorage.b = 1", "session: ['b']"),
        ("document.cookie = 'c=1'", "cookies: c=1"),
        ("indexedDB.open('d')", "databases: 1"),
        ("caches.open('e')", "caches: 1"),
    ],
)
def test_what_is_stored_is_found(visit, serve, tmp_path, store, told):
    page, _ = visit
    icon = '<link rel="icon" href="data:,">'
    (tmp_path / "index.html").write_text(f"<!doctype html><title>x</title>{icon}")
    page.goto(serve(tmp_path))
    assert stored(page, []) == []
    page.evaluate(f"""async () => {{
      const request = await ({store});
      if (request instanceof IDBRequest)
        await new Promise((done) => (request.onsuccess = done));
    }}""")
    assert told in stored(page, [])


# The policy bites

PUT = """const put = (tag, values) =>
  document.body.append(Object.assign(document.createElement(tag), values));"""
PLANTED = {  # fault: (HTML, JavaScript that runs later, what is blocked)
    "inline handler": (
        '<button id="planted" onclick="window.ran = true">x</button>',
        "document.getElementById('planted').click()",
        "script-src-attr",
    ),
    "script put in later": (
        "",
        "put('script', {textContent: 'window.ran = true'})",
        "script-src-elem blocks inline",
    ),
    "script from outside": (
        "",
        "put('script', {src: 'http://192.0.2.1/x.js'})",
        "script-src-elem blocks http",
    ),
    "inline script": (
        "<script>window.ran = true</script>",
        "",
        "script-src-elem blocks inline",
    ),
    "image from outside": (
        '<img alt="x" src="http://192.0.2.1/x.png">',
        "",
        "img-src blocks http",
    ),
    "style from outside": (
        '<link rel="stylesheet" href="http://192.0.2.1/x.css">',
        "",
        "style-src-elem blocks http",
    ),
    "frame": ('<iframe title="x" src="/404.html"></iframe>', "", "frame-src blocks"),
    "request": (
        "",
        "fetch('http://192.0.2.1/').catch(() => {})",
        "connect-src blocks http",
    ),
    "eval": ("", "setTimeout('window.ran = true')", "script-src blocks eval"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_in_a_page_is_blocked_and_the_page_s_own_runs(
    visit, serve, site, fault
):
    page, faults = visit
    markup, action, message = PLANTED[fault]
    base = serve(site)
    page.goto(base + "summary/", wait_until="networkidle")
    assert page.evaluate("!!window.document$ && !!window.__md_scope") is True
    assert faults == []
    page.route(f"{base}summary/", lambda route: plant(route, markup))
    blocked = f"policy: {message}"
    with page.expect_console_message(lambda said: blocked in said.text):
        page.goto(base + "summary/")
        page.evaluate(f"() => {{ {PUT} {action} }}")
    assert page.evaluate("window.ran") is None


def plant(route, markup):
    """Answer with the page, and the markup at its end."""
    answer = route.fetch()
    body = answer.text().replace("</article>", f"{markup}</article>")
    route.fulfill(response=answer, body=body)
