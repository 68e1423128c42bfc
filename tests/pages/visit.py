"""One visit to a page: all that is wrong with it, by name of the check."""

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import READ, SHOW
from tests.server import sent

DARK_TOGGLE = "label.md-header__button[for=__palette_1]"
# Pages of each kind, where one stands for all.
KINDS = [
    "",
    "remedies/relu/",
    "example/sigmoid-vs-relu/",
    "labs/sigmoid-vs-relu/",
    "evidence/claims/",
    "404.html",
]
# All pages in one, for paper: as heavy as they together. Its colors are measured on
# the pages themselves: here that alone takes minutes.
REPEATS = "reference/whole-tutorial/"
# Labs, and the list of a thousand claims, which is looked up and not read through.
LONG = ("labs/", "playground", "evidence/claims/")
PAGE, LAB = 160_000, 250_000  # bytes on the wire, by gzip, of a page read to its end
SHIFT = 0.05  # half of what counts as good; at most 0.033 seen, of the playground
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOR_RULES = ["color-contrast", "link-in-text-block"]
# A thousand rows that differ in their words: the first of each table stand for all.
ROWS = {"evidence/claims/": ["article tbody tr:nth-child(n+4)"]}
STORED = """async () => ({
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  cookies: document.cookie,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"session": [], "cookies": "", "databases": 0, "caches": 0, "workers": 0}
OPEN = "document.querySelectorAll('details').forEach((fold) => (fold.open = true))"
WIDE = "() => document.documentElement.scrollWidth > innerWidth"
# The palette has changed, and transitions are allowed again.
IS_DARK = """() => document.body.dataset.mdColorScheme === "slate"
  && !document.body.hasAttribute("data-md-color-switching")"""
# Nothing is on its way to where it will rest.
CALM = """() => document.getAnimations().every((animation) =>
  animation.playState !== "running"
  || animation.effect.getTiming().iterations === Infinity)"""

# The page waits for its fonts however slow the machine is: then it gives up no more.
PATIENT = """() => {
  const later = window.setTimeout;
  window.setTimeout = (act, wait, ...more) =>
    later(act, wait === 200 ? 60_000 : wait, ...more);
}"""
# window.shifts() is how far the layout has shifted by now.
SHIFTS = """() => {
  let sum = 0;
  const add = (entries) => {
    for (const entry of entries) if (!entry.hadRecentInput) sum += entry.value;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  window.shifts = () => (add(observer.takeRecords()), sum);
}"""
# Fonts that were loaded and not asked for in the head.
UNASKED = """() => {
  const asked = [...document.querySelectorAll("link[rel=preload]")];
  const addresses = asked.map((link) => link.href);
  return performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => name.endsWith("woff2") && !addresses.includes(name))
    .map((name) => name.split("/").at(-1));
}"""

# What is wrong with the page, by check. Firefox and the copy in a folder take it too.
FAULTS = r"""async () => {
  await document.fonts.ready;
  const found = { images: [], "alt text": [], headings: [], TeX: [], formulas: [],
    tables: [], drawings: [] };
  for (const img of document.images) {
    if (!img.naturalWidth) found.images.push(`not loaded: ${img.src}`);
    if (!img.alt.trim()) found["alt text"].push(`none: ${img.src}`);
  }
  for (const svg of document.querySelectorAll(".jp-OutputArea svg"))
    if (!svg.closest("[role=img][aria-label]"))
      found.drawings.push("of a lab: no name");
  const content = document.querySelector(".md-content") ?? document.body;
  const drawings = "svg:not(.twemoji svg, a svg, button svg)";
  for (const svg of content.querySelectorAll(drawings))
    if (!svg.closest(`[role=img]:is([aria-label], [aria-labelledby]),
        [aria-hidden=true]`)) found.drawings.push("no name");
  const tops = document.querySelectorAll("article h1, .md-content h1").length;
  if (tops !== 1) found.headings.push(`${tops} of level 1`);
  let before = 0;
  for (const head of content.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const level = +head.tagName[1];
    if (level > before + 1)
      found.headings.push(`h${before} is followed by h${level}: ${head.textContent}`);
    before = level;
  }
  for (const table of content.querySelectorAll("table"))
    if (!table.querySelector("th"))
      found.tables.push(`no headers: ${table.textContent.slice(0, 60)}`);
  const text = content.cloneNode(true);
  text.querySelectorAll("pre, code, annotation").forEach((node) => node.remove());
  const raw = text.textContent.match(/\\\(|\\\[|\\frac|\\sigma|\$\$/);
  if (raw) found.TeX.push(raw[0]);
  const formulas = [...document.querySelectorAll(".katex")];
  for (const formula of formulas)
    if (!formula.querySelector("math")) found.formulas.push("no MathML");
  for (const math of document.querySelectorAll(".katex math"))
    if (!math.textContent.trim()
        || math.namespaceURI !== "http://www.w3.org/1998/Math/MathML")
      found.formulas.push(`no screen reader reads ${math.outerHTML.slice(0, 80)}`);
  const loaded = [...document.fonts].some((font) =>
    font.family.includes("KaTeX") && font.status === "loaded");
  if (!loaded && formulas.some((formula) => formula.checkVisibility()))
    found.formulas.push("without their font");
  return found;
}"""

# Words of tables that are broken within, at a place that is not marked for it.
BROKEN = r"""() => {
  const broken = [], range = new Range();
  for (const cell of document.querySelectorAll("article :is(td, th)")) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());)
      for (const word of node.data.matchAll(/[\w.]+/g)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
        if (new Set(tops).size > 1) broken.push(word[0]);
      }
  }
  return [...new Set(broken)];
}"""
# The longest lines of the boxes of code that have to be scrolled sideways, also where
# they stand in tabs that are not chosen.
SCROLLED = r"""() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".tabbed-block { display: block !important }");
  document.adoptedStyleSheets.push(sheet);
  const longest = (a, b) => (b.length > a.length ? b : a);
  return [...document.querySelectorAll("pre, pre > code")]
    .filter((box) => box.scrollWidth > box.clientWidth && box.clientWidth)
    .map((box) => box.textContent.split("\n").reduce(longest));
}"""
# Headings that are higher for the sign that links to them, seen only under a pointer.
HIGHER = """() => {
  const linked = "article :is(h1, h2, h3, h4):has(.headerlink)";
  return [...document.querySelectorAll(linked)].filter((heading) => {
    const sign = heading.querySelector(".headerlink"), height = heading.offsetHeight;
    sign.style.display = "none";
    const without = heading.offsetHeight;
    sign.style.display = "";
    return height > without;
  }).map((heading) => heading.textContent);
}"""
# Short formulas whose mark of punctuation stands on the next line.
PARTED = """() => {
  const range = new Range();
  const tex = (formula) => formula.querySelector("annotation")?.textContent ?? "";
  return [...document.querySelectorAll("article .katex")].filter((formula) => {
    let last = formula;
    while (!last.nextSibling && !last.matches("article, p, li, td, dd"))
      last = last.parentElement;
    const next = last.nextSibling;
    const long = tex(formula).trim().length > 24;
    if (long || formula.closest(".katex-display")) return false;
    if (!/^[.,;:?!)]/.test(next?.data ?? "")) return false;
    range.setStart(next, 0);
    range.setEnd(next, 1);
    const end = [...formula.querySelectorAll(".katex-base")].at(-1);
    const { left } = end.getBoundingClientRect();
    return range.getBoundingClientRect().left < left;
  }).map(tex);
}"""
# The characters that each face of a font has to draw.
FACES = """() => {
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style, template, title, desc, .katex-mathml")) continue;
    const { fontFamily, fontStyle, fontWeight } = getComputedStyle(parent);
    const family = fontFamily.split(",")[0].replaceAll('"', "");
    const bold = family.startsWith("KaTeX") && fontWeight > 500 && "bold";
    const italic = fontStyle === "italic" && "italic";
    const face = [family, bold, italic].filter(Boolean).join(" ");
    found[face] = [...new Set((found[face] ?? "") + walker.currentNode.data)].join("");
  }
  return found;
}"""


def barriers(page, contrast=True, only=None, without=()):
    """What axe-core finds on the page as it stands: `rule: element: cause`.

    It goes by WCAG 2.2 AA and its own best practices. only: a few rules by name.
    without: selectors of what is left out.
    """
    page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": only or AXE_TAGS,
        "rules": {"color-contrast": {"enabled": contrast}},
        "resultTypes": ["violations"],
    }
    parts = {"exclude": [[selector] for selector in without]}
    run = "([parts, options]) => axe.run(parts, options)"
    found = page.evaluate(run, [parts, options])
    return [
        f"{rule['id']}: {node['target']}: {' '.join(node['failureSummary'].split())}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def limit(path):
    return LAB if path.startswith(LONG) else PAGE


def too_heavy(loaded, path):
    """What is said of a page that loads too much. loaded: bytes by address."""
    weight = sum(loaded.values())
    if weight <= limit(path):
        return []
    most = sorted(loaded.items(), key=lambda item: -item[1])[:6]
    heaviest = ", ".join(f"{name} {size}" for name, size in most)
    return [f"{weight} bytes, at most {limit(path)}: {heaviest}"]


def visit(browser, base, path, width=1280, height=900, axe=True):
    """Read the page once, in both palettes. Gives faults by check, and its faces.

    Contrast takes axe-core most of its time, and hardly depends on the width: it is
    measured in the light in wide windows, in the dark in narrow ones, and in all on a
    page of each kind.
    """
    window = {"width": width, "height": height}
    context = browser.new_context(viewport=window, color_scheme="light")
    context.set_default_timeout(60_000)
    page, start = context.new_page(), len(sent)
    record = {check: [] for check in ("console", "scripts", "outside", "status")}

    def listen(event, check, tell):
        note = record[check].append
        page.on(event, lambda about: (what := tell(about)) and note(what))

    own = (base, "data:", "blob:")
    listen("console", "console", lambda message: message.text)
    listen("pageerror", "scripts", str)
    listen("request", "outside", lambda r: r.url if not r.url.startswith(own) else "")
    listen("response", "status", lambda r: f"{r.status} {r.url}" * (r.status >= 400))
    page.add_init_script(f"({PATIENT})(); ({SHIFTS})()")
    page.goto(base + path, wait_until="networkidle")
    page.evaluate(READ)
    shifts = page.evaluate("window.shifts()")
    loaded = {name: size for port, name, size in sent[start:] if f":{port}/" in base}
    for_paper = path == REPEATS
    record |= {
        "weight": [] if for_paper else too_heavy(loaded, path),
        "jumps": [f"by {shifts:.3f}"] * (shifts > SHIFT and not for_paper),
        "late fonts": [] if for_paper else page.evaluate(UNASKED),
    }
    page.evaluate(SHOW)
    record |= page.evaluate(FAULTS)
    record["width"] = [f"over {width} px"] * page.evaluate(WIDE)
    record["faces"] = page.evaluate(FACES)
    rows, of_a_kind, is_narrow = ROWS.get(path, ()), path in KINDS, width < 600
    light = not for_paper and (of_a_kind or not is_narrow)
    record["barriers"] = barriers(page, light, without=rows) if axe else []
    if page.locator(DARK_TOGGLE).count():
        page.locator(DARK_TOGGLE).click()
        page.wait_for_function(IS_DARK)
        measured = axe and not for_paper and (of_a_kind or is_narrow)
        dark = barriers(page, only=COLOR_RULES, without=rows) if measured else []
        record["barriers"] += [f"dark: {what}" for what in dark]
    record["storage"] = stored(page, ["/.__palette"])
    page.evaluate(OPEN)
    record["code"] = page.evaluate(SCROLLED) if width >= 1280 else []
    record["words"] = page.evaluate(BROKEN) if width < 600 else []
    record["signs"] = page.evaluate(HIGHER)
    record["punctuation"] = page.evaluate(PARTED) if width < 600 else []
    context.close()
    return record


def stored(page, allowed):
    """What the page keeps in the browser beyond the names that are allowed."""
    found = page.evaluate(STORED)
    cookies = [cookie["name"] for cookie in page.context.cookies()]
    names = [name for name in found.pop("local") if name not in allowed]
    more = [f"{kind}: {what}" for kind, what in found.items() if what != NOTHING[kind]]
    return names + cookies + more
