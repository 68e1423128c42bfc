"""Every page of the built site in a real Chromium, at two widths, in both palettes."""

import random
import re
from collections import defaultdict

import pytest
from fontTools.ttLib import TTFont

from tests.conftest import ROOT
from tests.pages.conftest import Records
from tests.pages.visit import KINDS, visit

CHECKS = {  # what is true of every page: the check of its record
    "says nothing in the console": "console",
    "runs its scripts without an error": "scripts",
    "asks nobody outside": "outside",
    "gets all that it asks for": "status",
    "loads its images": "images",
    "describes its images": "alt text",
    "describes its drawings": "drawings",
    "has one heading of level 1 and leaves out no level": "headings",
    "has headers in its tables": "tables",
    "shows no raw TeX": "TeX",
    "has formulas that can be read without sight, in their font": "formulas",
    "bars nobody's way, in either palette": "barriers",
    "is no wider than its window": "width",
    "is no heavier than it may be": "weight",
    "does not jump": "jumps",
    "asks early for its fonts": "late fonts",
    "stores nothing but the palette": "storage",
    "shows all of its code without scrolling sideways": "code",
    "breaks no word of a table": "words",
    "has no heading that is higher for its sign": "signs",
    "keeps a formula and its punctuation together": "punctuation",
}


@pytest.mark.parametrize("promise", CHECKS)
def test_every_page(records, promise):
    assert records.faults(CHECKS[promise]) == []


def test_every_page_of_the_docs_is_visited(records):
    """None has been left out of the build."""
    sources = (ROOT / "docs").rglob("*.*")
    pages = [path for path in sources if path.suffix in {".md", ".ipynb"}]
    assert len(records.paths) == len(pages) + 1 and "404.html" in records.paths


def test_no_page_asks_outside_or_bars_the_way_with_a_repository_on_github_either(
    browser, serve, hosted, shared
):
    """What the repository adds is the same on every page: one of each kind is seen."""
    base = serve(hosted)
    records = Records(
        shared / "hosted-records",
        # The page for what is not there has its scripts at the site's own address; the
        # list of claims is long, and has no more of the repository than others.
        ["", "remedies/relu/", "labs/sigmoid-vs-relu/", "playground/"],
        lambda path, width: visit(browser, base, path, width),
    )
    checks = set(CHECKS.values()) - {"jumps", "late fonts", "weight"}
    assert [what for check in checks for what in records.faults(check, [1280])] == []


def test_nothing_jumps_in_the_widest_windows_either(browser, serve, site):
    base, faults = serve(site), {}
    for path in [*KINDS, "playground/"]:
        record = visit(browser, base, path, 1920, 1200, axe=False)
        faults[path] = record["jumps"]
    assert {path: found for path, found in faults.items() if found} == {}


PAGE = """<!doctype html><html lang="en"><title>x</title>
<link rel="icon" href="data:,"><main class="md-content"><article><h1>One</h1>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
NOISE = random.Random(0).randbytes(170_000)  # does not compress
# After two frames the text has been seen: what moves it then is a jump.
JUMP = """<p style="height:300px">text</p><script>
  const jump = () => (document.querySelector("h1").style.height = "400px");
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(jump)));
</script>"""
LATE = """<style>@font-face { font-family: Late; src: url(noise.woff2) }
p { font-family: Late }</style><p>text</p>"""
BELOW = '<div style="height:9000px"></div><img loading="lazy" {}>'
HEAVY = 'alt="x" width="9" height="9" src="noise.bin"'
NARROW = '<table><tr><th style="max-width:1em;overflow-wrap:anywhere">broken</table>'
SIGN = """<h2 style="width:2em">Aa<a class="headerlink" style="display:inline-block;
  width:2em">¶</a></h2>"""
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">x</math>'
FORMULA = f"""<p>a <span class="katex">{MATH}<annotation>x</annotation>
<span class="katex-base">x</span><br></span>, y"""
CODE = "<pre style='overflow:auto'><code>{}\ny</code></pre>"
TAB = '<div class="tabbed-block" style="display:none">{}</div>'
PALE = '<p style="color:#999;background:#fff">pale text</p>'
DARK = """<body><label class="md-header__button" for="__palette_1">dark</label><script>
  document.querySelector("label").onclick = () => {
    document.body.dataset.mdColorScheme = "slate";
    document.querySelector("p").style.color = "#999";
  };
</script><p style="background:#fff">dark text</p>"""
PLANTED = {  # fault: (check, HTML, what is told)
    "console": ("console", "<script>console.error('boom')</script>", "boom"),
    "script": ("scripts", "<script>throw new Error('boom')</script>", "boom"),
    "outside": (
        "outside",
        '<img alt="x" src="http://192.0.2.1/x.png">',
        "http://192.0.2.1/x.png",
    ),
    "missing": ("images", '<img alt="x" src="gone.svg">', "not loaded: .*gone.svg"),
    "not found": ("status", '<img alt="x" src="gone.svg">', "404 .*gone.svg"),
    "alt": ("alt text", f'<img src="{PIXEL}" alt="">', "none: data:"),
    "drawing": ("drawings", "<svg></svg>", "no name"),
    "lab's drawing": (
        "drawings",
        '<div class="jp-OutputArea"><svg aria-hidden="true"></svg></div>',
        "of a lab: no name",
    ),
    "headings": ("headings", "<h1>Two</h1>", "2 of level 1"),
    "levels": ("headings", "<h2>A</h2><h4>B</h4>", "h2 is followed by h4: B"),
    "table": ("tables", "<table><tr><td>1</td></tr></table>", "no headers: 1"),
    "tex": ("TeX", "<p>\\(x\\)</p>", r"\\\("),
    "mathml": ("formulas", '<span class="katex">x</span>', "no MathML"),
    "empty mathml": (
        "formulas",
        '<span class="katex"><math></math></span>',
        "no screen reader reads",
    ),
    "no font": ("formulas", f'<span class="katex">{MATH}</span>', "without their font"),
    "wide": ("width", '<div style="width:3000px">x</div>', "over 390 px"),
    "barrier": ("barriers", "<button></button>", "button-name: \\['button'\\]"),
    "pale": ("barriers", PALE, "color-contrast: \\['p'\\]"),
    "pale in the dark": ("barriers", DARK, "dark: color-contrast: \\['p'\\]"),
    "heavy": ("weight", f"<img {HEAVY}>", r"\d+ bytes, at most 160000: noise.bin"),
    "heavy below": (
        "weight",
        BELOW.format(HEAVY),
        r"\d+ bytes, at most 160000: noise.bin",
    ),
    "jump": ("jumps", JUMP, r"by 0\.\d+"),
    "late font": ("late fonts", LATE, "noise.woff2"),
    "stored": ("storage", "<script>localStorage.a = 1</script>", "a"),
    "cookie": ("storage", "<script>document.cookie = 'c=1'</script>", "c"),
    "wide code": ("code", CODE.format("x = 1; " * 99), "(x = 1; ){99}$"),
    "wide code in a tab": ("code", TAB.format(CODE.format("y" * 999)), "y{999}$"),
    "broken word": ("words", NARROW, "broken"),
    "higher": ("signs", SIGN, "Aa"),
    "parted": ("punctuation", FORMULA, "x"),
}


def test_each_check_has_a_planted_fault():
    assert {check for check, _, _ in PLANTED.values()} == set(CHECKS.values())


@pytest.fixture(scope="module")
def clean(browser, serve, tmp_path_factory):
    """The record of a page without a fault."""
    folder = tmp_path_factory.mktemp("clean")
    (folder / "index.html").write_text(PAGE)
    return visit(browser, serve(folder), "", 390)


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_recorded(browser, serve, tmp_path, clean, fault):
    check, html, message = PLANTED[fault]
    (tmp_path / "index.html").write_text(PAGE + html)
    (tmp_path / "noise.bin").write_bytes(NOISE)
    (tmp_path / "noise.woff2").write_bytes(NOISE[:1000])
    width = 1280 if check == "code" else 390
    found = visit(browser, serve(tmp_path), "", width)[check]
    assert any(re.match(message, what) for what in found), found
    assert clean[check] == []


def test_a_fault_is_told_with_its_page_and_width(tmp_path):
    records = Records(tmp_path, ["", "a/"], lambda path, width: {"x": [path] * width})
    assert records.faults("x", [0, 1]) == ["index at 1: ", "a/ at 1: a/"]


# Glyphs

FAMILIES = {"source-sans-3": "Source Sans 3", "ibm-plex-mono": "IBM Plex Mono"}


def face_of(path):
    """The family and style of a font's file, as a record calls it."""
    name = path.stem
    for stem, title in FAMILIES.items():
        name = name.replace(stem, title)
    family, *styles = name.split("-")
    return " ".join([family, *re.findall("bold|italic", "".join(styles).lower())])


def glyphs(folder):
    """face -> the characters that its file can draw."""
    fonts = folder.rglob("*.woff2")
    return {face_of(path): set(TTFont(path).getBestCmap() or ()) for path in fonts}


def without_glyph(shown, sent, whole):
    """face -> the characters on pages that the whole font has, and the one sent not."""
    missing = {
        face: (codes & whole[face]) - sent[face]
        for face, codes in shown.items()
        if face in whole
    }
    return {face: "".join(map(chr, codes)) for face, codes in missing.items() if codes}


def test_every_character_of_a_page_has_its_glyph_in_the_fonts_that_are_sent(
    records, site, whole
):
    shown = defaultdict(set)
    for record in records.all(1280).values():
        for face, characters in record["faces"].items():
            shown[face].update(map(ord, characters))
    text = {"Source Sans 3", "Source Sans 3 italic", "IBM Plex Mono"}
    assert text | {"KaTeX_Main", "KaTeX_Math italic"} <= set(shown)
    sent, full = glyphs(site), glyphs(whole)
    assert without_glyph(shown, sent, full) == {}
    sent["IBM Plex Mono"] -= {ord("=")}
    assert without_glyph(shown, sent, full) == {"IBM Plex Mono": "="}
