"""A built page as one tree: parsed once, finished in one visit, written once."""

from collections.abc import Iterable
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Attributes that are invalid, or that only the search's index reads.
STRAY = {
    '[tabindex=""]': "tabindex",
    "input.md-toggle[autocomplete]": "autocomplete",
    ".katex[data-search-exclude], .katex [data-search-exclude]": "data-search-exclude",
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
        nodes = self.tree.css(f'{tag}:not([src], [type*="json"])')
        return [node.text() for node in nodes]


def read_documents(folder: Path) -> list[Document]:
    """All pages below the folder."""
    return [Document(path) for path in sorted(folder.rglob("*.html"))]


def finish(documents: Iterable[Document], site_url: str | None) -> None:
    """Make each page valid and named; mark its links out; load figures when near."""
    for document in documents:
        mend(document.tree)
        mark_links_out(document.tree, site_url)
        defer_figures(document.tree)


def mend(tree: LexborHTMLParser) -> None:
    """Name what the theme leaves nameless, and drop what no reader needs."""
    for node in tree.css("[data-md-component=search][role=dialog]"):
        node.attrs["aria-label"] = "Search"
    for selector, name in STRAY.items():
        for node in tree.css(selector):
            del node.attrs[name]


def mark_links_out(tree: LexborHTMLParser, site_url: str | None) -> None:
    """Say of each link to another site that it is one."""
    for link in tree.css('a[href^="http://"], a[href^="https://"]'):
        if not (site_url and link.attrs.sget("href").startswith(site_url)):
            link.attrs["rel"] = "external noopener"
            if "target" in link.attrs:
                del link.attrs["target"]


def defer_figures(tree: LexborHTMLParser) -> None:
    """Load figures when they are near, but the first if it is on the first screens."""
    found = tree.css("h2, img[src*='figures/']")
    figures = [place for place, node in enumerate(found) if node.tag == "img"]
    for place in figures:
        if place != figures[0] or place >= 2:  # behind two headings
            found[place].attrs["loading"] = "lazy"


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


def find_texts(elements: Iterable[LexborNode]) -> list[LexborNode]:
    """The texts that stand in the elements themselves."""
    children = (node for each in elements for node in each.iter(include_text=True))
    return [node for node in children if node.is_text_node]


def is_within(node: LexborNode, tags: set[str]) -> bool:
    """Whether the node stands in an element of one of the tags."""
    parent = node.parent
    while parent and parent.tag not in tags:
        parent = parent.parent
    return parent is not None
