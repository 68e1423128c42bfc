"""The whole tutorial on one page, for paper: its links led to the parts."""

import posixpath
import re
from collections.abc import Collection, Sequence
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from measured.html.document import parse_fragment, replace_with_html, write_fragment

WHOLE = "<!-- whole tutorial -->"
FOR_PAGES_ALONE = "details.example, details.data, p.reading, a.headerlink, a.claim"
NAMES = {
    "id": "[id]",
    "for": "[for]",
    "aria-labelledby": "[aria-labelledby]",
    "name": '[name^="__"]',  # of a group of tabs
}


def lay_together(pages: Sequence[Any], unprinted: Collection[str]) -> None:
    """Put all pages on the one that has the marker, if any.

    pages: of MkDocs, with their content; unprinted: patterns of those to leave out.
    """
    parts = [
        (page.url.removeprefix("./"), page.title, page.content)
        for page in pages
        if not any(fnmatch(page.file.src_uri, pattern) for pattern in unprinted)
    ]
    for page in pages:
        if WHOLE in page.content:
            page.content = page.content.replace(WHOLE, join_pages(parts, page.url))


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
    for node in body.css(FOR_PAGES_ALONE):
        node.decompose()
    for tabs in body.css(".twins"):  # paper has the first
        first = tabs.css_first(".tabbed-block")
        replace_with_html(tabs, f"<div>{first.inner_html if first else ''}</div>")
    for name, selector in NAMES.items():
        for node in body.css(selector):
            words = node.attrs.sget(name).split()
            node.attrs[name] = " ".join(f"{known[address]}-{word}" for word in words)
    for name in ("href", "src"):
        for node in body.css(f"[{name}]"):
            node.attrs[name] = lead(node.attrs.sget(name), address, known, here)
    for node in body.css("h1, h2, h3, h4, h5"):
        level, html = int((node.tag or "")[1]), node.html or ""
        replace_with_html(node, f"<h{level + 1}{html[3:-2]}{level + 1}>")
    return write_fragment(body)


def lead(target: str, address: str, known: dict[str, str], here: str) -> str:
    """Where a page's link leads from the one page: to a part that has what is meant."""
    scheme, host, path, query, name = urlsplit(urljoin(f"/{address}", target))
    if scheme or host:
        return target
    if name.startswith("program-"):  # folded on its page, and left out here
        path, name = f"/downloads/{name.removeprefix('program-')}.py", ""
    if (part := known.get(path[1:])) and not query:
        return f"#{part}-{name}" if name else f"#{part}"
    place = posixpath.relpath(path, f"/{posixpath.dirname(here)}")
    return urlunsplit(("", "", place + "/" * path.endswith("/"), query, name))
