"""What each page of the built site weighs on the wire, in a real browser, and that nothing on it jumps."""

from tests.browser import addresses

PAGE, LAB = 150_000, 250_000  # bytes of all bodies as they come, compressed by gzip
LARGE = {"evidence/claims/": LAB}  # it lists every claim of the site
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true}); }"""


def limit(path):
    return LAB if path.startswith(("labs/", "playground")) else LARGE.get(path, PAGE)


def weigh(browser, base, path):
    """(bytes by address that the page loads when read to its end, all bytes before it is scrolled, shifts)."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page, loaded = context.new_page(), {}
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    requests = {}
    tools.on("Network.requestWillBeSent", lambda event: requests.update({event["requestId"]: event["request"]["url"]}))

    def finished(event):
        url = requests.get(event["requestId"], "")
        if url.startswith(base):
            loaded[url.removeprefix(base)] = event["encodedDataLength"]

    tools.on("Network.loadingFinished", finished)
    page.add_init_script(f"({SHIFTS})()")
    page.goto(base + path, wait_until="networkidle")
    first = sum(loaded.values())
    page.evaluate(READ)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    context.close()
    return loaded, first, shifts


# Scrolls to the end as a reader does, screen by screen.
READ = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise((done) => setTimeout(done, 30));
  }
  await Promise.all([...document.images].map((img) => img.decode().catch(() => {})));
}"""


def too_heavy(browser, base, paths):
    faults = []
    for path in paths:
        loaded, _, shifts = weigh(browser, base, path)
        if sum(loaded.values()) > limit(path):
            heaviest = ", ".join(f"{name} {size}" for name, size in sorted(loaded.items(), key=lambda i: -i[1])[:6])
            faults.append(f"{path or 'index'}: {sum(loaded.values())} bytes, at most {limit(path)}: {heaviest}")
        if shifts > 0.01:
            faults.append(f"{path or 'index'}: the layout shifts by {shifts:.3f}")
    return faults


def test_no_page_is_heavier_than_it_may_be_and_none_jumps(browser, serve, site):
    assert too_heavy(browser, serve(site), addresses(site)) == []
