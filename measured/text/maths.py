"""Maths typeset by KaTeX at build time: HTML and MathML, no JavaScript on the page.

Symbols in it are linked to their meaning.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import quickjs

from measured import SiteError

KATEX = Path(__file__).parent / "katex"
MARKS = ".,;:?!)"  # of punctuation, behind a formula
SHORT = 24  # characters of TeX: such a formula and its mark fit a phone's line
# A row of the table on the page on notation: a line of Markdown, not yet HTML.
SYMBOL = re.compile(r'<span id="([\w-]+)" data-tex="([^"]+)"></span>[^|]*\|([^|]*)\|')
UNLINKED = {"a", "summary", "figcaption", "pre", "code", "svg", "th"} | {
    *("h1", "h2", "h3", "h4", "h5", "h6")
}


@cache
def katex() -> Callable[[str, str], str]:
    """KaTeX's renderToString; options are JSON."""
    context = quickjs.Context()
    context.eval((KATEX / "katex.min.js").read_text())
    # normalize() makes the string flat: quickjs cannot hand over a rope of non-ASCII
    render = "katex.renderToString(tex, JSON.parse(options)).normalize()"
    return context.eval(f"(tex, options) => {render}")


@cache
def typeset(tex: str, display: bool = False) -> str:
    """TeX as HTML with MathML inside. Raises SiteError with KaTeX's reason."""
    options = {"displayMode": display, "strict": "error", "throwOnError": True}
    try:
        return katex()(tex, json.dumps(options | {"output": "htmlAndMathml"}))
    except quickjs.JSException as error:
        reason = str(error).splitlines()[0]
        raise SiteError(f"bad TeX: {reason}\n  in: {tex.strip()}") from None


def formula(tex: str, display: bool = False) -> Element:
    """TeX as an element of which search reads the TeX alone; bad TeX as it stands.

    Material's search forgets to skip at the first end tag of the skipped name, so
    every element that has text is marked, not the few that hold them all.
    """
    try:
        root = fromstring(typeset(tex, display))
    except SiteError:  # a check has reported it
        root = Element("code")
        root.text = tex
        return root
    for element in root.iter():
        namespace, _, element.tag = element.tag.rpartition("}")
        if element.tag in ("math", "svg"):
            element.set("xmlns", namespace.removeprefix("{"))
        if element.text and element.tag != "annotation":
            element.set("data-search-exclude", "true")
    return root


def tex_of(found: Element) -> str:
    """The TeX of what arithmatex has found, which it wraps in two signs a side."""
    return (found.text or "")[2:-2]


def typeset_formulas(root: Element) -> None:
    """Typeset all that arithmatex has found."""
    for parent in list(root.iter()):
        for place, child in enumerate(parent):
            if child.get("class") == "arithmatex":
                parent[place] = formula(tex_of(child), child.tag == "div")
                parent[place].tail = child.tail


def hold(element: Element, tex: str, behind: str) -> Element:
    """What shows a formula, and the text behind it, which may begin with a mark.

    Browsers would put the mark of a short formula on a line of its own.
    """
    element.tail = behind
    if not behind.startswith(tuple(MARKS)) or len(tex) > SHORT:
        return element
    held = Element("span", {"class": "unbroken"})
    held.append(element)
    element.tail, held.tail = behind[0], behind[1:]
    return held


def read_symbols(notation: str) -> dict[str, tuple[str, str]]:
    """TeX -> (id, name) of every symbol that the page on notation explains."""
    meanings = {}
    for id, tex, text in SYMBOL.findall(notation):
        words = " ".join(re.sub(r"\\\(.*?\\\)", "", text).split()).strip(" ,;")
        meanings[tex] = id, re.split("[,;]", words)[0].strip()
    return meanings


def symbol_linker(notation: str, target: str) -> Callable[[Element], Element]:
    """What links a formula to the first symbol in it that none before it has had.

    notation: the page's text. target: its address.
    """
    todo = read_symbols(notation)
    longest = sorted(map(re.escape, todo), key=len, reverse=True)
    token = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(longest)})(?![A-Za-z])")

    def link(formula: Element) -> Element:
        new = next((tex for tex in token.findall(tex_of(formula)) if tex in todo), None)
        if new is None:
            return formula
        id, name = todo.pop(new)
        href = f"{target}#{id}"
        linked = Element("a", {"class": "symbol", "href": href, "title": name})
        linked.append(formula)
        return linked

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
