"""Fonts: of each the glyphs that pages show, asked for early."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont
from selectolax.lexbor import LexborHTMLParser, LexborNode

from measured.html.document import Document
from measured.send.styles import HELD, Rules, split

ASCII = {chr(code) for code in range(0x20, 0x7F)}
EM = 500  # steps an em instead of 1000: a tenth of a phone's pixel in text
FEATURES = ["ccmp", "kern", "liga", "mark", "rvrn"]
EARLY = {  # what a page has -> the font that it then needs at once
    "em": "source-sans-3-latin-wght-italic.woff2",
    "code": "ibm-plex-mono-latin-400-normal.woff2",
}
PLAIN = "KaTeX_Main-Regular"
Typefaces = list[tuple[set[str], str]]  # (classes, the font of what has them)


def read_typefaces(rules: Rules) -> Typefaces:
    """The font that an element has by its classes, of every rule for formulas."""
    found: Typefaces = []
    for rule in rules:
        if ".katex " not in tinycss2.serialize(rule.prelude):
            continue
        style = {
            each.lower_name: tinycss2.serialize(each.value).strip()
            for each in tinycss2.parse_declaration_list(rule.content)
            if each.type == "declaration"
        }
        family = style.get("font-family", "").partition(",")[0]
        if family.startswith("KaTeX_"):
            bold = "Bold" * (style.get("font-weight") in ("700", "bold"))
            italic = "Italic" * (style.get("font-style") == "italic")
            font = f"{family}-{bold + italic or 'Regular'}"
            ends = [tinycss2.serialize(s).split()[-1] for s in split(rule.prelude, ",")]
            found += [
                ({*end.partition(">")[0].split(".")} - {""}, font) for end in ends
            ]
    return found


def read_formulas(tree: LexborHTMLParser, faces: Typefaces) -> Iterator[tuple]:
    """(font, text) of every text of the page's formulas."""
    for node in tree.css(".katex-html"):
        yield from read_texts(node, PLAIN, faces)


def read_texts(node: LexborNode, face: str, faces: Typefaces) -> Iterator[tuple]:
    for child in node.iter(include_text=True):
        if child.is_text_node:
            yield face, child.text_content or ""
        else:
            classes = set(child.attrs.sget("class").split())
            own = (font for marks, font in reversed(faces) if marks <= classes)
            yield from read_texts(child, next(own, face), faces)


def ask_early(tree: LexborHTMLParser, faces: Typefaces) -> None:
    """Ask for all of a page's fonts as early as for the text's, but those HELD."""
    fonts = [f"fonts/{font}" for tag, font in EARLY.items() if tree.css_first(tag)]
    signs = {f"{face}.woff2" for face, _ in read_formulas(tree, faces)} - HELD
    fonts += [f"katex/fonts/{font}" for font in sorted(signs)]
    if asked := tree.css_first('link[rel=preload][href*="assets/fonts/"]'):
        for font in reversed(fonts):
            link = asked.clone()
            link.attrs["href"] = asked.attrs.sget("href").rpartition("fonts/")[0] + font
            asked.insert_after(link, move=True)


def assign_characters(
    fonts: Iterable[Path],
    documents: Iterable[Document],
    scripts: Iterable[str],
    faces: Typefaces,
) -> dict[Path, set[str]]:
    """What is drawn with each font; the text's have what scripts may write, too."""
    trees = [document.tree for document in documents]
    everything = ASCII.union(*scripts, *(unescape(tree.html or "") for tree in trees))
    slanted = {*"".join(node.text() for tree in trees for node in tree.css("em"))}
    signs: dict[str, set[str]] = defaultdict(set)
    for face, text in (pair for tree in trees for pair in read_formulas(tree, faces)):
        signs[face].update(text)
    return {
        font: signs[font.stem]
        if font.stem.startswith("KaTeX")
        else slanted
        if font.stem.endswith("italic")
        else everything
        for font in fonts
    }


def subset(font: bytes, characters: list[str]) -> bytes:
    """The font with the glyphs of these characters, in the weights of the site.

    A page is 88 to 120 kB lighter for it.
    """
    face = TTFont(BytesIO(font), recalcTimestamp=False)
    subsetter = Subsetter(
        # of its names the copyright stays, 0
        Options(hinting=False, layout_features=FEATURES, name_IDs=[0])
    )
    subsetter.populate(unicodes=[ord(character) for character in characters])
    subsetter.subset(face)
    if "fvar" in face:
        weight = 400 if face["post"].italicAngle else (400, 700)  # no bold italic
        face = instantiateVariableFont(face, {"wght": weight})
    scale_upem(face, EM)
    face.flavor, written = "woff2", BytesIO()
    face.save(written)
    return written.getvalue()
