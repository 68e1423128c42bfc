"""A built page as one tree: parsed once, finished in one visit, written once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

LINK_OUT = 'a:is([href^="http://"], [href^="https://"]):not([href^="{}"])'
FIGURE_IMAGE = 'img[src*="figures/"]'
# Attributes that are invalid, that only the search's index reads, or that open tabs.
STRAY_ATTRIBUTES = {
    '[tabindex=""]': "tabindex",
    "input.md-toggle[autocomplete]": "autocomplete",
    ".katex[data-search-exclude], .katex [data-search-exclude]": "data-search-exclude",
    'a[rel="external noopener"][target]': "target",
}


class Document:
    """A page of the built site. path: its file; tree: its HTML."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = LexborHTMLParser(path.read_text("utf-8"))

    def write(self) -> None:
        """Put the tree in the file's place."""
        keep_line_breaks(self.tree.css("pre, textarea"))
        self.path.write_text(self.tree.html or "", "utf-8")

    def inline(self, tag: str) -> list[str]:
        """The texts of scripts or styles that stand in the page and run there."""
        found = self.tree.css(f'{tag}:not([src], [type*="json"])')
        return [node.text() for node in found]


def read_documents(folder: Path) -> list[Document]:
    """All pages below the folder."""
    return [Document(path) for path in sorted(folder.rglob("*.html"))]


def finish(documents: Iterable[Document], site_url: str | None) -> None:
    """Make each page valid and named; mark its links out; load figures when near."""
    out = LINK_OUT.format(site_url or "")
    for tree in (document.tree for document in documents):
        for node in tree.css("[data-md-component=search][role=dialog]"):
            node.attrs["aria-label"] = "Search"
        for link in tree.css(out):
            link.attrs["rel"] = "external noopener"
        for selector, name in STRAY_ATTRIBUTES.items():
            for node in tree.css(selector):
                del node.attrs[name]
        first_screens = [node.tag for node in tree.css(f"h2, {FIGURE_IMAGE}")[:2]]
        for figure in tree.css(FIGURE_IMAGE)[1 if "img" in first_screens else 0 :]:
            figure.attrs["loading"] = "lazy"


def parse_fragment(html: str) -> LexborNode:
    """Part of a page, as the body of one."""
    return LexborHTMLParser(f"<body>{html}").css("body")[0]


def write_fragment(body: LexborNode) -> str:
    """What parse_fragment read, as HTML."""
    keep_line_breaks(body.css("pre, textarea"))
    return body.inner_html or ""


def replace_with_html(node: LexborNode, html: str) -> None:
    """Put what the HTML says in the node's place. A <template> would come empty."""
    for child in parse_fragment(html).iter(include_text=True):
        node.insert_before(child)
    node.decompose()


def keep_line_breaks(blocks: list[LexborNode]) -> None:
    """Double the line break that a block starts with: parsers drop the first one."""
    for block in blocks:
        if block.first_child and (block.first_child.text_content or "")[:1] == "\n":
            block.first_child.insert_before("\n")


def find_texts(root: LexborNode, besides: set[str]) -> Iterator[LexborNode]:
    """All texts below an element, but those in elements of some tags."""
    for node in root.iter(include_text=True):
        if node.is_text_node:
            yield node
        elif node.tag not in besides:
            yield from find_texts(node, besides)
