"""Symbols in formulas, linked to their meaning."""

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from measured.text.figures import build
from measured.text.maths import hold, tex_of

# A row of the table on the page on notation: a line of Markdown, not yet HTML.
SYMBOL = re.compile(r'<span id="([\w-]+)" data-tex="([^"]+)"></span>[^|]*\|([^|]*)\|')
UNLINKED = {"a", "summary", "figcaption", "pre", "code", "svg", "th"}
UNLINKED |= {"h1", "h2", "h3", "h4", "h5", "h6"}


def read_symbols(notation: str) -> dict[str, tuple[str, str]]:
    """TeX -> (id, name) of every symbol that the page on notation explains."""
    meanings = {}
    for id, tex, text in SYMBOL.findall(notation):
        words = " ".join(re.sub(r"\\\(.*?\\\)", "", text).split()).strip(" ,;")
        meanings[tex] = id, re.split("[,;]", words)[0].strip()
    return meanings


def symbol_linker(
    meanings: Mapping[str, tuple[str, str]], target: str
) -> Callable[[Element], Element]:
    """What links a formula to the first symbol in it that none before it has had.

    meanings: TeX -> (id, name). target: address of the page on notation.
    """
    todo = dict(meanings)
    longest = sorted(map(re.escape, meanings), key=len, reverse=True)
    token = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(longest)})(?![A-Za-z])")

    def link(formula: Element) -> Element:
        new = next((tex for tex in token.findall(tex_of(formula)) if tex in todo), None)
        if new is None:
            return formula
        id, name = todo.pop(new)
        address = {"class": "symbol", "href": f"{target}#{id}", "title": name}
        return build("a", address, formula)

    return link


def lay_formulas(parent: Element, link: Callable[[Element], Element] | None) -> None:
    """Link the formulas in lines of text, and hold each and the mark behind it."""
    for place, child in enumerate(parent):
        if child.tag == "span" and child.get("class") == "arithmatex":
            behind, child.tail = child.tail or "", None
            linked = link(child) if link else child
            parent[place] = hold(linked, tex_of(child), behind)
        else:
            lay_formulas(child, None if child.tag in UNLINKED else link)
