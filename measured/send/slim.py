"""The built site without what no page of it uses: rules of styles, glyphs of fonts, digits of drawings."""

import json
import os
import re
import shutil
from base64 import b64decode, b64encode
from collections import defaultdict
from functools import partial
from hashlib import sha256
from html import unescape
from importlib.metadata import version
from io import BytesIO
from optparse import Values
from pathlib import Path

import numpy as np
import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image
from scour.scour import sanitizeOptions, scourString

from measured.send.bundle import trimmed

NAMED = re.compile(r'\b(?:class|id|for|dir|role|type|(?:aria|data)-[\w-]+)="([^"]*)"')
QUOTED = re.compile(r"""(["'`])((?<=`)[^`]*|[\w. -]*)\1""")  # in a script: plain words, and what a template holds
FORMULA = '<span aria-hidden="true" class="katex-html"'
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]*)">')
PRELOAD = re.compile(r'<link rel="preload" href="(?:[^"]*?/)??assets/(fonts/[^"]*)"[^>]*>')
EARLY = {  # what a page has -> the font that it then needs at once
    "<em>": "fonts/source-sans-3-latin-wght-italic.woff2",
    "<code": "fonts/ibm-plex-mono-latin-400-normal.woff2",
}
ITALIC = re.compile(r"<em>(.*?)</em>", re.S)
TAG = re.compile(r"<[^>]*>")
TYPEFACE = re.compile(r"([^{}]*\.katex [^{}]*)\{[^}]*?font-family:(KaTeX_\w+)([^}]*)\}")
WITHIN = re.compile(  # fonts of every formula
    r"url\(([^)]*/KaTeX_(?:Caligraphic-Regular|Main-Regular|Math-Italic)\.woff2)\)"
)
SCRIPTS = re.compile(r'(?:<script src="[^"]*"[^>]*></script>\s*)+(?=</body>)')
LATE = """<template id="late">\\g<0></template><script>window.shown.then(() => requestAnimationFrame(() => {
  setTimeout(() => {
    const scripts = document.getElementById("late").content.cloneNode(true);
    for (const script of scripts.children) script.async = false; // one after the other
    document.body.append(scripts);
  });
}))</script>"""
PLAIN = re.compile(r'<span class="(?:n|o|p|w|sa)">([^<]*)</span>')  # of programs, in the color of the rest
BLANK = re.compile(r"(<pre\b.*?</pre>)|\n\s+", re.S)
NODE = re.compile(r'<span(?: class="([^"]*)")?[^>]*>|(</span>)|<[^>]*>|([^<]+)')
TABLE = re.compile(r"<table>.*?</table>", re.S)
BOX = r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>'  # as Material makes it
ASCII = {chr(code) for code in range(0x20, 0x7F)}
WEIGHTS = {"normal": (400, 700), "italic": 400}  # of text
DRAWING = {  # four digits are a tenth of a point
    "digits": 4,
    "strip_xml_prolog": True,
    "remove_metadata": True,
    "strip_comments": True,
    "strip_ids": True,
    "shorten_ids": True,
    "indent_type": "none",
    "newlines": False,
}
LETTER = re.compile(r'(<path id="[^"]*" d=")([^"]*)" transform="scale\(0\.015625\)"')
LINE = re.compile(r'(<path (?:id="[^"]*" )?d=")([^"]*)"(?! transform)')
PLACED = re.compile(r'(<use [^>]*?)x="([\d.-]+)" y="([\d.-]+)"')
DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # what browsers have not needed since 2018
ADVANCE = re.compile(r'<use transform="translate\(([\d.-]+)\)"')  # of a letter in its line, in hundredths of an em
PICTURE = re.compile(r"data:image/png;base64,([\w+/=\s]+)")
EM = 500  # steps an em of a letter in a font, instead of 1000: a tenth of a phone's pixel in text
FEATURES = ["ccmp", "kern", "liga", "mark", "rvrn"]
# What decides how files are made smaller: these and this file.
HOW = [*map(version, ("fonttools", "brotli", "scour", "pillow")), sha256(Path(__file__).read_bytes()).hexdigest()]
# What names in Material's script begin with that no page here has.
UNUSED = ("md-annotation", "md-source", "md-status", "md-tag", "md-version", "mermaid", "rtl")


def slim(folder, cache):
    """Rewrite styles, scripts, fonts and figures below the folder. cache: for what is slow to make, once made."""
    folder = folder.resolve()
    without_strays(folder)
    faces = list(typefaces("".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.css")))))
    together(folder, faces)
    pages = [path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))]
    trimmed(folder)
    scripts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.js"))]
    used = {name for page in [*pages, *scripts] for value in NAMED.findall(page) for name in value.split()}
    words = {word for script in scripts for text in QUOTED.findall(script) for word in re.findall(r"[\w-]+", text[1])}
    used.update(word for word in words if not word.startswith(UNUSED))
    styles = {path: purged(path.read_text("utf-8"), used) for path in sorted(folder.rglob("*.css"))}
    everything = "".join([*styles.values(), *pages, *scripts])
    for path, text in styles.items():
        path.write_text(without_unused_properties(text, everything), "utf-8")
    for path in folder.glob("figures/*.svg"):
        path.write_bytes(remembered(cache, smaller, path.read_bytes()))
    ours = [path.read_text("utf-8") for path in folder.glob("assets/**/*.*js") if "javascripts" not in path.parts]
    for path, characters in shown(sorted(folder.rglob("*.woff2")), pages, ours, faces).items():
        weight = next((weights for style, weights in WEIGHTS.items() if path.stem.endswith(style)), None)
        path.write_bytes(remembered(cache, subset, path.read_bytes(), sorted(characters), weight))
    for path in styles:
        path.write_text(WITHIN.sub(partial(within, path.parent), path.read_text("utf-8")), "utf-8")


def without_strays(folder):
    """Remove what Material adds and no page asks for: its icon, maps, words of languages not searched."""
    for path in [*folder.rglob("*.map"), *folder.glob("assets/images/favicon.png")]:
        path.unlink()
    index = folder / "search/search_index.json"
    if index.exists() and json.loads(index.read_text("utf-8"))["config"]["lang"] == ["en"]:
        shutil.rmtree(folder / "assets/javascripts/lunr")


def shown(fonts, pages, scripts, faces):
    """{font: characters that are drawn with it}: the text's fonts have what scripts may write, too."""
    signs = defaultdict(set)
    for page in pages:
        for face, text in formulas(page, faces):
            signs[face].update(text)
    everything = ASCII.union(*map(unescape, pages), *scripts)
    slanted = set().union(*(unescape(TAG.sub("", text)) for page in pages for text in ITALIC.findall(page)))
    texts = {font: slanted if font.stem.endswith("italic") else everything for font in fonts}
    return {font: signs[font.stem] if font.stem.startswith("KaTeX") else texts[font] for font in fonts}


def within(folder, address):
    """A font for a style sheet to hold: on a slow line it is there when a line with a formula is first drawn."""
    return f"url(data:font/woff2;base64,{b64encode((folder / address[1]).read_bytes()).decode()})"


def together(folder, faces):
    """Put the style sheets that every page links into one file: each one more costs a phone a round trip."""
    pages = {path: text for path in folder.rglob("*.html") if STYLE.search(text := path.read_text("utf-8"))}
    linked = {path: [target(folder, path, href) for href in STYLE.findall(page)] for path, page in pages.items()}
    common = [style for style in next(iter(linked.values())) if all(style in each for each in linked.values())]
    whole = common[0].with_name("all.css")
    whole.write_text("".join(moved(style, whole.parent) for style in common), "utf-8")
    for path, page in pages.items():
        for number, (href, style) in enumerate(zip(STYLE.findall(page), linked[path])):
            if style in common:
                one = f'<link rel="stylesheet" href="{href.rpartition("/")[0]}/{whole.name}">' if number == 0 else ""
                page = page.replace(f'<link rel="stylesheet" href="{href}">', one)
        path.write_text(late(boxed(early(terse(page), faces))), "utf-8")
    for style in common:
        style.unlink()


def terse(page):
    """The page without indents between its tags and without spans that color nothing."""
    return BLANK.sub(lambda m: m[1] or "\n", PLAIN.sub(r"\1", page))


def boxed(page):
    """The page with each table in the boxes that let it scroll."""
    return TABLE.sub(BOX, page)


def early(page, faces):
    """The page, asking for all of its fonts as early as for the text's, but those that are within the style."""
    signs = {f"katex/fonts/{face}.woff2" for face, _ in formulas(page, faces)}
    fonts = [font for mark, font in EARLY.items() if mark in page]
    fonts += sorted(font for font in signs if not WITHIN.search(f"url({font})"))
    return PRELOAD.sub(lambda m: m[0] + "".join(m[0].replace(m[1], font) for font in fonts), page)


def late(page):
    """The page, asking for its scripts once it is drawn: on a slow line they would hold up fonts and styles."""
    return SCRIPTS.sub(LATE, page)


def target(folder, page, href):
    """The file below the folder that a page's link means; the 404 page's links start at the site's root."""
    if not href.startswith("/"):
        return (page.parent / href).resolve()
    return next(path for path in folder.resolve().rglob("*.css") if href.endswith(path.relative_to(folder).as_posix()))


def moved(style, place):
    """The style sheet's text with its relative addresses as from another folder."""
    up = Path(os.path.relpath(style.parent, place)).as_posix()
    return re.sub(r"url\((['\"]?)(?!['\"]?(?:data:|#|/))", rf"url(\1{up}/", style.read_text("utf-8"))


def purged(style, used):
    """A style sheet without the rules that select a class or an attribute's value that no page or script has."""
    rules = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    return "".join(rule for rule in (kept(rule, used) for rule in rules))


def kept(rule, used):
    """The rule's text, or "" if nothing of it is used."""
    if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        body = "".join(kept(each, used) for each in inner)
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{body}}}" if body else ""
    if rule.type != "qualified-rule":
        return rule.serialize()
    selectors = [tinycss2.serialize(selector).strip() for selector in split(rule.prelude) if names(selector) <= used]
    return f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}" if selectors else ""


def split(prelude):
    """The selectors that a prelude lists."""
    selectors = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def names(selector):
    """Classes, ids and values that an element must have for the selector to match; those in :not(...) need not."""
    found = set()
    for before, token in zip([None, *selector], selector):
        if token.type == "ident" and before == ".":
            found.add(token.value)
        elif token.type == "hash":
            found.add(token.value)
        elif token.type == "[] block" and "=" in token.content:
            found.add(token.content[-1].value)
    return found


def without_unused_properties(style, everything):
    """The style sheet without custom properties, such as icons, that nothing refers to."""
    return re.sub(
        r"(?<=[{;])(--[\w-]+):(?:url\((?:[^)\"']|\"[^\"]*\"|'[^']*')*\)|[^;{}()]|\([^()]*\))*?(?:;|(?=\}))",
        lambda m: m[0] if f"var({m[1]}" in everything or everything.count(m[1]) > 1 else "",
        style,
    )


def typefaces(style):
    """(classes, name of the font that an element with all of them has) of every rule for formulas."""
    for selectors, family, rest in TYPEFACE.findall(style):
        face = f"{family}-{'Bold' * ('weight:700' in rest)}{'Italic' * ('style:italic' in rest)}"
        for selector in selectors.split(","):
            classes = selector.split()[-1].partition(">")[0].split(".")
            yield frozenset(filter(None, classes)), face if face[-1] != "-" else f"{face}Regular"


def formulas(page, faces):
    """(name of the font, text) of every text of the page's formulas."""
    start = page.find(FORMULA)
    while start >= 0:
        open_spans = []  # the font within each
        for node in NODE.finditer(page, start):
            classes, closing, text = node.groups()
            if text:
                yield open_spans[-1], unescape(text)
            elif closing:
                open_spans.pop()
            elif node[0].startswith("<span"):
                mine, around = set((classes or "").split()), open_spans[-1] if open_spans else "KaTeX_Main-Regular"
                open_spans.append(next((face for marks, face in reversed(faces) if marks <= mine), around))
            if not open_spans:
                break
        start = page.find(FORMULA, node.end())


def remembered(cache, action, *arguments):
    """What the action makes of the arguments, kept in the cache under a digest of them: it takes seconds."""
    kept = cache / sha256(repr((HOW, action.__name__, arguments)).encode()).hexdigest()[:24]
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{kept.name}.{os.getpid()}")
        part.write_bytes(action(*arguments))
        part.rename(kept)
    return kept.read_bytes()


def subset(font, characters, weight):
    """The font with the glyphs of these characters. weight: that or those of a variable font to keep."""
    face = TTFont(BytesIO(font), recalcTimestamp=False)
    subsetter = Subsetter(Options(hinting=False, layout_features=FEATURES, name_IDs=[0]))  # 0: the copyright
    subsetter.populate(unicodes=[ord(character) for character in characters])
    subsetter.subset(face)
    if "fvar" in face:
        face = instantiateVariableFont(face, {"wght": weight})
    scale_upem(face, EM)
    face.flavor, written = "woff2", BytesIO()
    face.save(written)
    return written.getvalue()


def smaller(svg):
    """The drawing with coordinates of a tenth of a point, and short names."""
    drawing = LINE.sub(rounded, LETTER.sub(coarse, svg.decode()))
    drawing = PLACED.sub(lambda m: f'{m[1]}x="{float(m[2]):.1f}" y="{float(m[3]):.1f}"', drawing)
    drawing = PICTURE.sub(indexed, drawing)
    drawing = scourString(DOCTYPE.sub("", drawing), sanitizeOptions(Values(DRAWING)))
    drawing = drawing.replace("xlink:href", "href").replace(XLINK, "")
    return ADVANCE.sub(lambda m: f'<use x="{float(m[1]):.0f}"', drawing).encode()


def coarse(letter):
    """A letter's outline in tenths of a point, instead of Matplotlib's 6400 steps an em."""
    return letter[1] + re.sub(r"-?[\d.]+", lambda m: str(round(float(m[0]) / 64)), letter[2]) + '"'


def rounded(line):
    """A line with coordinates of a tenth of a point: the steps from one to the next are then as short to write."""
    return line[1] + re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}", line[2]) + '"'


def indexed(picture):
    """A picture inside a drawing, each pixel the number of its colour, where that is shorter: none is changed."""
    pixels = np.asarray(Image.open(BytesIO(b64decode(picture[1]))).convert("RGBA"))
    colours, numbers = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > 256:
        return picture[0]
    image = Image.fromarray(numbers.reshape(pixels.shape[:2]).astype(np.uint8)).convert("P")
    image.putpalette(colours.tobytes(), "RGBA")
    written = BytesIO()
    image.save(written, "png", optimize=True)
    return min(picture[0], f"data:image/png;base64,{b64encode(written.getvalue()).decode()}", key=len)
