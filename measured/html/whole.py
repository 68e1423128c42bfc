"""The whole tutorial on one page, for paper: its links led to the parts."""

import posixpath
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from measured.html.document import parse_fragment, write_fragment

LEFT_OUT = "details.example, details.data, p.reading, a.headerlink, a.claim"
NAMES = {
    "id": "[id]",
    "for": "[for]",
    "aria-labelledby": "[aria-labelledby]",
    "name": '[name^="__"]',  # of a group of tabs
}


def join_pages(parts: Sequence[tuple[str, str, str]], here: str) -> str:
    """HTML of all parts with a list of contents.

    parts: (address, title, HTML) of each page; here: this page's own address;
    addresses are below the site's root.
    """
    known = {address: anchor(address) for address, *_ in parts}
    contents = "".join(
        f'<li><a href="#{known[address]}">{title}</a></li>'
        for address, title, _ in parts
    )
    bodies = (
        f'<div class="part"><span id="{known[address]}"></span>'
        f"{embed(content, address, known, here)}</div>"
        for address, _, content in parts
    )
    return f'<ol class="contents">{contents}</ol>{"".join(bodies)}'


def anchor(address: str) -> str:
    return "page-" + (re.sub(r"\W+", "-", address).strip("-") or "home")


def embed(content: str, address: str, known: dict[str, str], here: str) -> str:
    """A page's HTML with headings one level lower, names its own, links led."""
    body = parse_fragment(content)
    for node in body.css(LEFT_OUT):
        node.decompose()
    for name, selector in NAMES.items():
        for node in body.css(selector):
            words = node.attrs.sget(name).split()
            node.attrs[name] = " ".join(f"{known[address]}-{word}" for word in words)
    for name in ("href", "src"):
        for node in body.css(f"[{name}]"):
            node.attrs[name] = lead(node.attrs.sget(name), address, known, here)
    for node in body.css("h1, h2, h3, h4, h5"):
        lower(node)
    return write_fragment(body)


def lower(heading: LexborNode) -> None:
    """Put a heading of the next level in the heading's place."""
    lowered = heading.parser.create_node(f"h{int((heading.tag or '')[1]) + 1}")
    for name, value in heading.attributes.items():
        lowered.attrs[name] = value
    for child in heading.iter(include_text=True):
        lowered.insert_child(child, move=True)
    heading.replace_with(lowered, move=True)


def lead(target: str, address: str, known: dict[str, str], here: str) -> str:
    """Where a page's link leads from the one page: to a part that has what is meant."""
    scheme, host, path, query, name = urlsplit(target)
    if scheme or host:
        return target
    if name.startswith("program-"):  # folded on its page, and left out here
        up = "../" * address.count("/")
        path, name = f"{up}downloads/{name.removeprefix('program-')}.py", ""
    place = address.rstrip("/")
    if path:
        place = posixpath.normpath(posixpath.join(folder(address), path))
    page = place if place in known else "" if place in (".", "") else f"{place}/"
    if page in known and not query:
        return f"#{known[page]}-{name}" if name else f"#{known[page]}"
    end = "" if posixpath.splitext(place)[1] else "/"
    end += f"?{query}" * bool(query) + f"#{name}" * bool(name)
    return posixpath.relpath(place, folder(here) or ".") + end


def folder(address: str) -> str:
    """Of a page's address: problem/depth/ or, in a copy, problem/depth.html."""
    return address if address.endswith("/") else posixpath.dirname(address)
